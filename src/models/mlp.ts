import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { checkInteger, checkNumber, didYouMean, withDefaults } from '../options';
import { dense } from './dense';
import type { Encoder } from './network';

const ACTIVATIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  relu: tf.relu,
  tanh: tf.tanh,
  sigmoid: tf.sigmoid,
  elu: tf.elu,
  softplus: tf.softplus,
  linear: (x) => x,
};

/** Options of `mlp`. */
export interface MlpOptions {
  /** `relu`, `tanh`, `sigmoid`, `elu`, `softplus` or `linear`. @default 'relu' */
  readonly activation?: string;
  /** Share of each layer's outputs that is dropped while training, in [0, 1). @default 0 */
  readonly dropout?: number;
}

/**
 * A multi-layer perceptron as encoder: dense layers with an activation after each.
 *
 * Weights start uniform after He et al. (2015) before `relu` and `elu`, after Glorot & Bengio (2010) else; biases at 0. Inputs of more than
 * one axis are flattened.
 * @param sizes outputs of each layer, for instance `[128, 64]`
 * @throws RangeError for sizes that are not positive integers, a dropout outside [0, 1) or an unknown activation
 * @example
 * const trunk = mlp([128, 64], { dropout: 0.1 });
 */
export function mlp(sizes: readonly number[], options?: MlpOptions): Encoder {
  if (!Array.isArray(sizes) || sizes.length === 0)
    throw new TypeError(`mlp: sizes must be a non-empty array, got ${JSON.stringify(sizes)}`);
  for (const [i, size] of sizes.entries()) checkInteger('mlp', `sizes[${i}]`, size, 1);
  const { activation, dropout } = withDefaults('mlp', options, { activation: 'relu', dropout: 0 });
  checkNumber('mlp', 'dropout', dropout, 0, 1, true);
  const activate = ACTIVATIONS[activation];
  if (!activate) {
    throw new RangeError(
      `mlp: unknown activation "${activation}"${didYouMean(activation, Object.keys(ACTIVATIONS))}; one of ${Object.keys(ACTIVATIONS).join(', ')}`,
    );
  }
  const start = activation === 'relu' || activation === 'elu' ? 'he' : 'glorot';
  return {
    name: 'mlp',
    options: { sizes: [...sizes], activation, dropout },
    build(input, scope) {
      const features = input.shape.reduce((a, b) => a * b, 1);
      return sizes.map((size, i) => {
        const linear = dense(`${scope}/${i}`, i === 0 ? features : sizes[i - 1]!, size, 'shared', start);
        return {
          parameters: linear.parameters,
          outputShape: [size],
          apply(values, x, context) {
            const flat = x.rank === 3 ? x : tf.reshape(x, [x.shape[0]!, x.shape[1]!, -1]);
            return context.dropout(activate(linear.apply(values, flat)), dropout);
          },
        };
      });
    },
  };
}
