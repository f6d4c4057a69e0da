import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { gatherRows } from '../../backend/ops';
import { requiredNumberOption, WIDTH } from '../../options/spec';
import { defineEncoder, type EncoderFactory } from '../define-encoder';
import { scaledWidth } from '../network/features';
import { uniformWithin } from '../network/initial';
import type { InputShape, Layer } from '../network/network';

/** @throws TypeError where the inputs are not rows of ids */
export function checkIds(who: string, input: InputShape): asserts input is InputShape & { readonly vocabulary: number } {
  if (input.vocabulary === undefined || input.shape.length !== 1) {
    throw new TypeError(
      `${who}: inputs must be ids, [length] with a vocabulary; got ${input.vocabulary === undefined ? 'numbers' : 'ids'} of shape [${input.shape.join(', ')}]`,
    );
  }
}

/**
 * The table rows of ids, `[stack, batch, length] -> [stack, batch, length, size]`. Ids are numbers below the table's length; that is
 * checked where data are read, as a network cannot look at values.
 * @param table `[stack, vocabulary, size]`
 */
export function lookUp(table: Tensor, ids: Tensor): Tensor {
  const [stack, vocabulary, size] = table.shape as [number, number, number];
  const first = tf.reshape(tf.mul(tf.range(0, stack, 1, 'int32'), tf.scalar(vocabulary, 'int32')), [stack, 1, 1]);
  return gatherRows(tf.reshape(table, [stack * vocabulary, size]), tf.add(tf.cast(ids, 'int32'), first));
}

/** A layer that looks ids up; positions of padding become 0. */
export function embeddingLayer(scope: string, input: InputShape & { readonly vocabulary: number }, size: number): Layer {
  const shape = [input.vocabulary, size];
  return {
    parameters: [{ name: `${scope}/table`, shape, role: 'shared', decay: false, initial: uniformWithin(Math.sqrt(3 / size), shape) }],
    outputShape: [input.shape[0]!, size],
    sequence: true,
    apply(values, x, { mask }) {
      const found = lookUp(values[`${scope}/table`]!, x);
      return mask ? tf.mul(found, tf.expandDims(mask, 3)) : found;
    },
  };
}

/**
 * Token embeddings as encoder: a vector per position, 0 where there is padding (id 0). Tagging tasks' heads read every position, others
 * the mean over the tokens: alone, it is a bag of embeddings.
 *
 * Parameters: `table` `[vocabulary, size]`, uniform with variance 1 / size.
 * @param size length of a token's vector
 * @throws RangeError for a size that is not a positive integer; when built, TypeError for inputs that are not ids
 * @example
 * const trunk = sequential(embedding(32), mlp([64]));
 */
export const embedding: EncoderFactory<[size: number]> = defineEncoder<[size: number], { readonly size: number }>({
  name: 'embedding',
  title: 'Token embeddings',
  first: 'size',
  options: { size: requiredNumberOption("length of a token's vector", WIDTH) },
  read: (size) => ({ size }),
  scaled: ({ size }, factor, multiple) => ({ size: scaledWidth(size, factor, multiple) }),
  build(input, scope, { size }) {
    checkIds('embedding', input);
    return [embeddingLayer(scope, input, size)];
  },
});
