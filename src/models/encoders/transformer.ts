import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { relu } from '../../backend/ops';
import { flagOption, nullableNumberOption, numberOption, requiredNumberOption, WIDTH } from '../../options/spec';
import { defineEncoder, type EncoderFactory, withFirst } from '../define-encoder';
import { dense, onLastAxis } from '../network/dense';
import { scaledWidth } from '../network/features';
import { uniformWithin } from '../network/initial';
import { layerNorm } from '../network/layer-norm';
import type { ForwardContext, Layer, Parameter, Values } from '../network/network';
import { meanPosition, sequenceInput } from './sequence-input';

/** Options of `transformer`. */
export interface TransformerOptions {
  /** Number of blocks. @default 2 */
  readonly blocks?: number;
  /** Attention heads; they divide the size. @default 2 */
  readonly heads?: number;
  /** Width of the blocks' inner layer; null: 4 times the size. @default null */
  readonly inner?: number | null;
  /** Longest sequence that the position table holds; null: that of the inputs. @default null */
  readonly positions?: number | null;
  /** A vector per position, for tagging, instead of their mean. @default false */
  readonly perToken?: boolean;
  /** Share of each block's outputs that is dropped while training, in [0, 1). @default 0 */
  readonly dropout?: number;
}

/** Self-attention over the positions that hold a token, `[stack, batch, length, size] -> the same`. */
function attention(scope: string, size: number, heads: number): { parameters: readonly Parameter[]; apply: Layer['apply'] } {
  const project = dense(`${scope}/project`, size, 3 * size, 'shared', 'glorot');
  const merge = dense(`${scope}/merge`, size, size, 'shared', 'glorot');
  const width = size / heads;
  return {
    parameters: [...project.parameters, ...merge.parameters],
    apply(values, x, { mask }) {
      const [stack, batch, length] = x.shape as [number, number, number];
      const projected = tf.reshape(onLastAxis(project, 3 * size)(values, x), [stack * batch, length, 3 * heads, width]);
      const parts = tf.split(tf.transpose(projected, [0, 2, 1, 3]), 3, 1);
      const [query, key, value] = parts.map((part) => tf.reshape(part, [stack * batch * heads, length, width])) as [
        Tensor3D,
        Tensor3D,
        Tensor3D,
      ];
      let scores = tf.mul(tf.matMul(query, key, false, true), 1 / Math.sqrt(width));
      if (mask) {
        // -1e9 where there is padding: nothing is left of it after the softmax.
        const shut = tf.mul(tf.sub(mask, 1), 1e9);
        const wide = tf.add(tf.reshape(shut, [stack * batch, 1, 1, length]), tf.zeros([1, heads, 1, 1]));
        scores = tf.add(scores, tf.reshape(wide, [stack * batch * heads, 1, length]));
      }
      const read = tf.reshape(tf.matMul(tf.softmax(scores) as Tensor3D, value), [stack * batch, heads, length, width]);
      return onLastAxis(merge, size)(values, tf.reshape(tf.transpose(read, [0, 2, 1, 3]), [stack, batch, length, size]));
    },
  };
}

type Filled = Required<TransformerOptions> & { readonly size: number };

/** One block: attention and two dense layers, each normalized before and added to its input. */
function block({ size, heads, inner: given, dropout }: Filled, scope: string, length: number): Layer {
  const inner = given ?? 4 * size;
  const attend = attention(`${scope}/attention`, size, heads);
  const [norm1, norm2] = [layerNorm(`${scope}/norm1`, size), layerNorm(`${scope}/norm2`, size)];
  const widen = dense(`${scope}/inner`, size, inner, 'shared', 'he');
  const narrow = dense(`${scope}/outer`, inner, size, 'shared', 'glorot');
  return {
    parameters: [attend, norm1, norm2, widen, narrow].flatMap((part) => part.parameters),
    outputShape: [length, size],
    sequence: true,
    apply(values, x, context) {
      const attended = tf.add(x, context.dropout(attend.apply(values, norm1.apply(values, x), context), dropout));
      const worked = onLastAxis(narrow, size)(values, relu(onLastAxis(widen, inner)(values, norm2.apply(values, attended))));
      return tf.add(attended, context.dropout(worked, dropout));
    },
  };
}

/** A layer with something before or after it, as one layer: tasks exchange features between blocks, not inside. */
const around = (
  layer: Layer,
  more: readonly Parameter[],
  apply: Layer['apply'],
  output?: Pick<Layer, 'outputShape' | 'sequence'>,
): Layer => ({
  parameters: [...layer.parameters, ...more],
  outputShape: layer.outputShape,
  sequence: true,
  ...output,
  apply,
});

/**
 * A small transformer as encoder: embeddings plus learned positions, blocks of self-attention and two dense layers with a rectifier, each
 * normalized before and added to its input (Vaswani et al. 2017, 1706.03762, with normalization inside the branch, Xiong et al. 2020,
 * 2002.04745), a last normalization, and the mean over the positions that hold a token.
 *
 * Inputs are token ids `[length]` (0 is padding), or vectors `[length, width]`, which a dense layer `input` brings to the size.
 * Parameters: `embedding/table` `[vocabulary, size]`, `positions` `[positions, size]`, per block `block<b>/attention/project` `[size, 3 *
 * size]`, `merge`, `norm1`, `inner`, `outer`, `norm2`, and `norm`. Output: `[size]`, per token `[length, size]`.
 * @param size length of the vectors
 * @throws RangeError for options out of range, heads that do not divide the size; when built, RangeError for sequences longer than
 *   `positions`, TypeError for
 *   inputs that are no sequences
 */
export const transformer: EncoderFactory<[size: number, options?: TransformerOptions]> = defineEncoder<
  [size: number, options?: TransformerOptions],
  TransformerOptions & { readonly size: number }
>({
  name: 'transformer',
  title: 'Transformer',
  paper: { authors: 'Vaswani et al.', year: 2017, title: 'Attention Is All You Need', arxiv: '1706.03762' },
  first: 'size',
  options: {
    size: requiredNumberOption('length of the vectors', WIDTH),
    blocks: numberOption(2, 'number of blocks', { integer: true, min: 1 }),
    heads: numberOption(2, 'attention heads; they divide the size', { integer: true, min: 1 }),
    inner: nullableNumberOption(null, "width of the blocks' inner layer; null: 4 times the size", WIDTH),
    positions: nullableNumberOption(null, 'longest sequence that the position table holds; null: that of the inputs', {
      integer: true,
      min: 1,
    }),
    perToken: flagOption(false, 'a vector per position, for tagging, instead of their mean'),
    dropout: numberOption(0, "share of each block's outputs that is dropped while training", { min: 0, below: 1 }),
  },
  check({ size, heads }) {
    if (size % heads !== 0) throw new RangeError(`transformer: heads must divide the size ${size}, got ${heads}`);
  },
  read: (size, options) => withFirst('transformer', 'size', size, options),
  scaled: ({ size, heads, inner, ...rest }, factor, multiple) => ({
    ...rest,
    heads,
    size: scaledWidth(size, factor, heads * (multiple ?? 1)),
    inner: inner === null ? null : scaledWidth(inner, factor),
  }),
  build(input, scope, options) {
    const { size, blocks, perToken } = options;
    const { layers: embedded, length, width } = sequenceInput('transformer', input, scope, size);
    const room = options.positions ?? length;
    if (length > room) {
      throw new RangeError(
        `transformer: inputs have ${length} positions, the position table holds ${room}; raise positions or shorten the inputs`,
      );
    }
    const fit = embedded.length === 0 && width !== size ? dense(`${scope}/input`, width, size, 'shared', 'glorot') : undefined;
    const shape = [room, size];
    const positions: Parameter = {
      name: `${scope}/positions`,
      shape,
      role: 'shared',
      decay: false,
      initial: uniformWithin(Math.sqrt(3 / size), shape),
    };
    const place = (values: Values, x: Tensor): Tensor => {
      const table = tf.slice(values[positions.name]! as Tensor3D, [0, 0, 0], [-1, length, -1]);
      return tf.add(fit ? onLastAxis(fit, size)(values, x) : x, tf.expandDims(table, 1));
    };
    const last = layerNorm(`${scope}/norm`, size);
    const finish = (values: Values, h: Tensor, context: ForwardContext): Tensor => {
      const normal = last.apply(values, h);
      return perToken ? normal : meanPosition(normal, context);
    };
    const made = Array.from({ length: blocks }, (_, b) => block(options, `${scope}/block${b}`, length));
    const first = made[0]!;
    made[0] = around(first, [positions, ...(fit?.parameters ?? [])], (values, x, context) =>
      first.apply(values, place(values, x), context),
    );
    const end = made[blocks - 1]!;
    made[blocks - 1] = around(end, last.parameters, (values, x, context) => finish(values, end.apply(values, x, context), context), {
      outputShape: perToken ? [length, size] : [size],
      sequence: perToken,
    });
    return [...embedded, ...made];
  },
});
