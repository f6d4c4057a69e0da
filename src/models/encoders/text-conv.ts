import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { relu } from '../../backend/ops';
import { flagOption, listOption, numberOption, WIDTH } from '../../options/spec';
import { defineEncoder, type EncoderFactory } from '../define-encoder';
import { dense, onLastAxis } from '../network/dense';
import { scaledWidth } from '../network/features';
import { blankPadding, sequenceInput } from './sequence-input';

/** Options of `textConv`. */
export interface TextConvOptions {
  /** Length of a token's vector. @default 32 */
  readonly embedding?: number;
  /** Positions that a filter sees. @default [3, 4, 5] */
  readonly windows?: readonly number[];
  /** Filters per window. @default 32 */
  readonly filters?: number;
  /** A vector per position, for tagging, instead of each filter's largest value. @default false */
  readonly perToken?: boolean;
  /** Share of the outputs that is dropped while training, in [0, 1). @default 0 */
  readonly dropout?: number;
}

/** Each position with its neighbors, `window` in all, side by side; 0 beyond the ends. `[n, length, width] -> [n, length, window * width]` */
function neighbors(x: Tensor, window: number): Tensor {
  if (window === 1) return x;
  const [n, length, width] = x.shape as [number, number, number];
  const before = Math.floor((window - 1) / 2);
  const padded = tf.pad(x, [
    [0, 0],
    [before, window - 1 - before],
    [0, 0],
  ]) as tf.Tensor3D;
  return tf.concat(
    Array.from({ length: window }, (_, i) => tf.slice(padded, [0, i, 0], [n, length, width])),
    2,
  );
}

/**
 * Convolutions over a sequence as encoder: filters of several windows with a rectifier, then each filter's largest value over the
 * positions that hold a token (Kim 2014, 1408.5882).
 *
 * Inputs are token ids `[length]` (0 is padding), or vectors `[length, width]`. Windows are centered and reach over the ends, where the
 * paper's stay within. Parameters: `embedding/table` for ids; per window `window<n>/weights` `[n * width, filters]` and bias. Output:
 * `[windows * filters]`, per token `[length, windows * filters]`.
 * @throws RangeError for options out of range; when built, TypeError for other inputs
 */
export const textConv: EncoderFactory<[options?: TextConvOptions]> = defineEncoder<[options?: TextConvOptions], TextConvOptions>({
  name: 'textConv',
  title: 'Convolutions over a sequence',
  paper: { authors: 'Kim', year: 2014, title: 'Convolutional Neural Networks for Sentence Classification', arxiv: '1408.5882' },
  options: {
    embedding: numberOption(32, "length of a token's vector", WIDTH),
    windows: listOption([3, 4, 5], 'positions that a filter sees', { integer: true, min: 1 }),
    filters: numberOption(32, 'filters per window', WIDTH),
    perToken: flagOption(false, "a vector per position, for tagging, instead of each filter's largest value"),
    dropout: numberOption(0, 'share of the outputs that is dropped while training', { min: 0, below: 1 }),
  },
  read: (options = {}) => options,
  scaled: ({ embedding, filters, ...rest }, factor, multiple) => ({
    ...rest,
    embedding: scaledWidth(embedding, factor, multiple),
    filters: scaledWidth(filters, factor, multiple),
  }),
  build(input, scope, { embedding, windows, filters, perToken, dropout }) {
    const { layers, length, width } = sequenceInput('textConv', input, scope, embedding);
    const parts = windows.map((window) => dense(`${scope}/window${window}`, window * width, filters, 'shared', 'he'));
    const outputs = windows.length * filters;
    return [
      ...layers,
      {
        parameters: parts.flatMap((part) => part.parameters),
        outputShape: perToken ? [length, outputs] : [outputs],
        sequence: perToken,
        apply(values, x, context) {
          const [stack, batch] = x.shape as [number, number];
          const flat = tf.reshape(x, [stack * batch, length, width]);
          const seen = windows.map((window, i) => {
            const laid = tf.reshape(neighbors(flat, window), [stack, batch, length, window * width]);
            return relu(onLastAxis(parts[i]!, filters)(values, laid));
          });
          // A rectifier's outputs are at least 0, so 0 at padding leaves the maximum as it is.
          const h = blankPadding(seen.length === 1 ? seen[0]! : tf.concat(seen as Tensor4D[], 3), context);
          return context.dropout(perToken ? h : tf.max(h, 2), dropout);
        },
      },
    ];
  },
});
