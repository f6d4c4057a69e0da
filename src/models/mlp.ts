import * as tf from '@tensorflow/tfjs-core';
import { checkInteger, checkNumber, withDefaults } from '../options/check';
import { ofThisPackage } from '../provenance';
import { activationOf } from './activation';
import { dense } from './dense';
import { flattenRows, scaledWidth, sizeOf } from './features';
import type { Encoder } from './network';

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
  const activate = activationOf('mlp', activation);
  return ofThisPackage({
    name: 'mlp',
    options: { sizes: [...sizes], activation, dropout },
    flattens: true,
    scaled: (factor, multiple) =>
      mlp(
        sizes.map((size) => scaledWidth(size, factor, multiple)),
        { activation, dropout },
      ),
    build(input, scope) {
      const features = sizeOf(input.shape);
      return sizes.map((size, i) => {
        const linear = dense(`${scope}/${i}`, i === 0 ? features : sizes[i - 1]!, size, 'shared', activate.start);
        return {
          parameters: linear.parameters,
          outputShape: [size],
          apply(values, x, context) {
            return context.dropout(activate.apply(linear.apply(values, flattenRows(x))), dropout);
          },
          trace(values, x, context) {
            const flat = flattenRows(x);
            const active = activate.apply(linear.apply(values, flat));
            // What dropout does to ones is what it multiplies the outputs by.
            const kept = dropout > 0 && context.training ? context.dropout(tf.onesLike(active), dropout) : undefined;
            return {
              output: kept ? tf.mul(active, kept) : active,
              backward(signals, wantsInput) {
                const [stack, count, batch] = signals.shape as [number, number, number];
                const shape = [stack, 1, batch, size];
                const passed = kept ? tf.mul(signals, tf.reshape(kept, shape)) : signals;
                const through = activate.backward(passed, tf.reshape(active, shape));
                const result = linear.backward(values, flat, through, wantsInput);
                if (!result.input) return result;
                return { ...result, input: tf.reshape(result.input, [stack, count, ...x.shape.slice(1)]) };
              },
            };
          },
        };
      });
    },
  });
}
