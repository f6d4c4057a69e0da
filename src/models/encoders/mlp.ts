import * as tf from '@tensorflow/tfjs-core';
import { choiceOption, listOption, numberOption, WIDTH } from '../../options/spec';
import { defineEncoder, type EncoderFactory, withFirst } from '../define-encoder';
import { type ActivationName, activationNames, activationOf } from '../network/activation';
import { dense } from '../network/dense';
import { flattenRows, scaledWidth, sizeOf } from '../network/features';

/** Options of `mlp`. */
export interface MlpOptions {
  /** `relu`, `tanh`, `sigmoid`, `elu`, `softplus` or `linear`. @default 'relu' */
  readonly activation?: ActivationName;
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
export const mlp: EncoderFactory<[sizes: readonly number[], options?: MlpOptions]> = defineEncoder<
  [sizes: readonly number[], options?: MlpOptions],
  MlpOptions & { readonly sizes: readonly number[] }
>({
  name: 'mlp',
  title: 'Multi-layer perceptron',
  first: 'sizes',
  options: {
    sizes: listOption(undefined, 'outputs of each layer', WIDTH),
    activation: choiceOption('relu', activationNames, 'after each layer'),
    dropout: numberOption(0, "share of each layer's outputs that is dropped while training", { min: 0, below: 1 }),
  },
  read: (sizes, options) => withFirst('mlp', 'sizes', sizes, options),
  flattens: () => true,
  scaled: ({ sizes, ...rest }, factor, multiple) => ({ ...rest, sizes: sizes.map((size) => scaledWidth(size, factor, multiple)) }),
  build(input, scope, { sizes, activation, dropout }) {
    const activate = activationOf(activation);
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
