import type { Tensor } from '@tensorflow/tfjs-core';
import { checkVersion } from '../provenance';
import type { Random } from '../random/random';
import { sizeOf } from './network/features';
import { constant, glorotUniform } from './network/initial';
import type { Encoder, ForwardContext, InputShape, Values } from './network/network';

/** One parameter of an encoder of one's own. */
export interface OwnParameter {
  /** Shape in one model; the values of a stack are `[stack, ...shape]`. */
  readonly shape: readonly number[];
  /** Whether weight decay applies. @default true for shapes of more than one row */
  readonly decay?: boolean;
  /** Initial values, row-major. @default uniform after Glorot & Bengio (2010) over the last two axes; 0 for a single row */
  readonly initial?: (random: Random) => Float32Array;
}

/** The pair of functions that an encoder of one's own is. */
export interface EncoderFunctions {
  /**
   * Names the code of the two functions: change it with the code, or with what they close over. A study's `directory` keeps runs of an
   * encoder of one's own only with a version, and `load` refuses a model of another one. @default none
   */
  readonly version?: string | number;
  /** Parameters by name, and the shape of one row that comes out, for inputs of this shape. */
  readonly init: (input: InputShape) => {
    readonly parameters: Readonly<Record<string, OwnParameter>>;
    readonly outputShape: readonly number[];
    /** See `Layer.sequence`. @default false */
    readonly sequence?: boolean;
  };
  /** `[stack, batch, ...input] -> [stack, batch, ...outputShape]`, with the values `[stack, ...shape]` under the names that `init` gave. */
  readonly apply: (values: Values, x: Tensor, context: ForwardContext) => Tensor;
}

/**
 * An encoder of one's own from a pair of functions.
 *
 * `apply` computes many models at once on the leading axis and may become part of a recorded step: it must be made of TensorFlow.js
 * operations, without reading values, deciding by them or drawing random numbers other than through `context`; `matMul` takes equal
 * leading axes on both sides.
 * @param name for tables and saved models; loading a model with it needs the method again
 * @throws TypeError for an empty name, a part that is no function or a version that is neither text nor number
 * @example
 * // A layer of products of two linear maps.
 * const gated = encoder('gated', {
 *   init: ({ shape: [features] }) => ({ parameters: { left: { shape: [features, 16] }, right: { shape: [features, 16] } }, outputShape: [16] }),
 *   apply: ({ left, right }, x) => tf.mul(tf.matMul(x, left), tf.sigmoid(tf.matMul(x, right))),
 * });
 * const method = hardSharing(gated);
 */
export function encoder(name: string, { version, init, apply }: EncoderFunctions): Encoder {
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`encoder(name, { init, apply }): name must be a non-empty string, got ${String(name)}`);
  for (const [part, f] of Object.entries({ init, apply })) {
    if (typeof f !== 'function') throw new TypeError(`encoder("${name}"): ${part} must be a function, got ${String(f)}`);
  }
  checkVersion(`encoder("${name}")`, version);
  return {
    name,
    ...(version === undefined ? {} : { version }),
    options: {},
    build(input, scope) {
      const { parameters, outputShape, sequence = false } = init(input);
      const names = Object.keys(parameters);
      return [
        {
          parameters: names.map((own) => {
            const { shape, decay, initial } = parameters[own]!;
            const inputs = shape.length > 1 ? shape[shape.length - 2]! : 1;
            const single = sizeOf(shape) === (shape[shape.length - 1] ?? 1);
            return {
              name: `${scope}/${own}`,
              shape,
              role: 'shared' as const,
              decay: decay ?? !single,
              initial: initial ?? (single ? constant(0, shape) : glorotUniform(inputs, shape[shape.length - 1]!, shape)),
            };
          }),
          outputShape,
          sequence,
          apply: (values, x, context) => apply(Object.fromEntries(names.map((own) => [own, values[`${scope}/${own}`]!])), x, context),
        },
      ];
    },
  };
}
