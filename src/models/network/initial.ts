import type { Random } from '../../random/random';
import type { Parameter } from './network';

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Uniform within +-limit. */
export function uniformWithin(limit: number, shape: readonly number[]): (random: Random) => Float32Array {
  return (random) => Float32Array.from({ length: size(shape) }, () => (2 * random.uniform() - 1) * limit);
}

/** Uniform with variance 2 / fanIn (He et al. 2015, 1502.01852): for layers followed by a rectifier. */
export function heUniform(fanIn: number, shape: readonly number[]): (random: Random) => Float32Array {
  return uniformWithin(Math.sqrt(6 / fanIn), shape);
}

/** Uniform with variance 2 / (fanIn + fanOut) (Glorot & Bengio 2010). */
export function glorotUniform(fanIn: number, fanOut: number, shape: readonly number[]): (random: Random) => Float32Array {
  return uniformWithin(Math.sqrt(6 / (fanIn + fanOut)), shape);
}

/** The same value everywhere. */
export function constant(value: number, shape: readonly number[]): (random: Random) => Float32Array {
  return () => new Float32Array(size(shape)).fill(value);
}

/**
 * `copies` independent blocks of a parameter under one name, `[copies, ...shape]` (experts, networks side by side). The first block
 * starts as the parameter alone would.
 */
export function repeated(parameter: Parameter, copies: number, role: Parameter['role'] = parameter.role): Parameter {
  const one = size(parameter.shape);
  return {
    ...parameter,
    role,
    shape: [copies, ...parameter.shape],
    initial: (random, constants) => {
      const values = new Float32Array(copies * one);
      for (let copy = 0; copy < copies; copy++) values.set(parameter.initial(random, constants), copy * one);
      return values;
    },
  };
}
