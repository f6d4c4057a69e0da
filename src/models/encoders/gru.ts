import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { flagOption, numberOption, requiredNumberOption, WIDTH } from '../../options/spec';
import { defineEncoder, type EncoderFactory, withFirst } from '../define-encoder';
import { dense, onLastAxis } from '../network/dense';
import { entries, scaledWidth } from '../network/features';
import type { ForwardContext, Parameter, Values } from '../network/network';
import { sequenceInput } from './sequence-input';

/** Options of `gru`. */
export interface GruOptions {
  /** Length of a token's vector. @default 32 */
  readonly embedding?: number;
  /** Whether a second one runs from the end to the start. @default false */
  readonly bidirectional?: boolean;
  /** The state at every position, for tagging, instead of the last state. @default false */
  readonly perToken?: boolean;
  /** Share of the outputs that is dropped while training, in [0, 1). @default 0 */
  readonly dropout?: number;
}

/** A recurrent layer in one direction: all states `[stack, batch, size]`, in the order of the positions. */
interface Direction {
  readonly parameters: readonly Parameter[];
  readonly run: (values: Values, x: Tensor, context: ForwardContext) => Tensor[];
}

function direction(scope: string, length: number, width: number, size: number, reverse: boolean): Direction {
  const read = dense(`${scope}/input`, width, 3 * size, 'shared', 'glorot');
  const recur = dense(`${scope}/state`, size, 3 * size, 'shared', 'glorot');
  return {
    parameters: [...read.parameters, ...recur.parameters],
    run(values, x, { mask }) {
      const [stack, batch] = x.shape as [number, number];
      const inputs = entries(onLastAxis(read, 3 * size)(values, x), 2);
      const masks = mask && entries(tf.expandDims(mask, 3), 2);
      let h: Tensor = tf.zeros([stack, batch, size]);
      const states = new Array<Tensor>(length);
      for (let step = 0; step < length; step++) {
        const t = reverse ? length - 1 - step : step;
        const [ir, iz, candidate] = tf.split(inputs[t]!, 3, 2) as [Tensor, Tensor, Tensor];
        const [hr, hz, hn] = tf.split(recur.apply(values, h), 3, 2) as [Tensor, Tensor, Tensor];
        const reset = tf.sigmoid(tf.add(ir, hr));
        const keep = tf.sigmoid(tf.add(iz, hz));
        const fresh = tf.tanh(tf.add(candidate, tf.mul(reset, hn)));
        const change = tf.mul(tf.sub(1, keep), tf.sub(fresh, h));
        // Padding leaves the state as it is.
        h = tf.add(h, masks ? tf.mul(change, masks[t]!) : change);
        states[t] = h;
      }
      return states;
    },
  };
}

/**
 * A gated recurrent unit over a sequence as encoder (Cho et al. 2014, 1406.1078, in the form that cuDNN and PyTorch compute, with the
 * reset gate after the product): r, z = sigmoid(...), n = tanh(W x + b + r (U h + c)), h' = (1 - z) n + z h. It is unrolled: cost and
 * graph grow with the length.
 *
 * Inputs are token ids `[length]` (0 is padding, which leaves the state as it is), or vectors `[length, width]`. Parameters:
 * `embedding/table` for ids; per direction `forward` and `backward` `input/weights` `[width, 3 * size]`, `state/weights` `[size, 3 *
 * size]` with biases, in the order reset, keep, candidate. Output: the last state `[size]` (both directions: `[2 * size]`), per token
 * `[length, size]`.
 * @param size length of the state
 * @throws RangeError for options out of range; when built, TypeError for other inputs
 */
export const gru: EncoderFactory<[size: number, options?: GruOptions]> = defineEncoder<
  [size: number, options?: GruOptions],
  GruOptions & { readonly size: number }
>({
  name: 'gru',
  title: 'Gated recurrent unit',
  paper: {
    authors: 'Cho et al.',
    year: 2014,
    title: 'Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation',
    arxiv: '1406.1078',
  },
  first: 'size',
  options: {
    size: requiredNumberOption('length of the state', WIDTH),
    embedding: numberOption(32, "length of a token's vector", WIDTH),
    bidirectional: flagOption(false, 'whether a second one runs from the end to the start'),
    perToken: flagOption(false, 'the state at every position, for tagging, instead of the last state'),
    dropout: numberOption(0, 'share of the outputs that is dropped while training', { min: 0, below: 1 }),
  },
  read: (size, options) => withFirst('gru', 'size', size, options),
  scaled: ({ size, embedding, ...rest }, factor, multiple) => ({
    ...rest,
    size: scaledWidth(size, factor, multiple),
    embedding: scaledWidth(embedding, factor, multiple),
  }),
  build(input, scope, { size, embedding, bidirectional, perToken, dropout }) {
    const { layers, length, width } = sequenceInput('gru', input, scope, embedding);
    const ways = [direction(`${scope}/forward`, length, width, size, false)];
    if (bidirectional) ways.push(direction(`${scope}/backward`, length, width, size, true));
    const outputs = ways.length * size;
    return [
      ...layers,
      {
        parameters: ways.flatMap((way) => way.parameters),
        outputShape: perToken ? [length, outputs] : [outputs],
        sequence: perToken,
        apply(values, x, context) {
          const states = ways.map((way) => way.run(values, x, context));
          const parts = states.map((all, i) => (perToken ? tf.stack(all, 2) : all[i === 0 ? length - 1 : 0]!));
          return context.dropout(parts.length === 1 ? parts[0]! : tf.concat(parts, -1), dropout);
        },
      },
    ];
  },
});
