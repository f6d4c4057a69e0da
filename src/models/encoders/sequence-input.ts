import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { summarize } from '../network/features';
import type { ForwardContext, InputShape, Layer } from '../network/network';
import { embeddingLayer } from './embedding';

/** What a sequence encoder works on. */
export interface SequenceInput {
  /** The embedding layer for token ids, nothing for vectors. */
  readonly layers: readonly Layer[];
  readonly length: number;
  readonly width: number;
}

/**
 * Reads token ids through an embedding layer, and sequences of vectors (sound frames, another encoder's output) as they are.
 * @throws TypeError for inputs that are neither `[length]` ids nor `[length, width]` numbers
 */
export function sequenceInput(who: string, input: InputShape, scope: string, embedding: number): SequenceInput {
  const { shape, vocabulary } = input;
  if (vocabulary !== undefined && shape.length === 1) {
    return { layers: [embeddingLayer(`${scope}/embedding`, { shape, vocabulary }, embedding)], length: shape[0]!, width: embedding };
  }
  if (vocabulary !== undefined || shape.length !== 2) {
    throw new TypeError(`${who}: inputs must be token ids [length] or vectors [length, width]; got shape [${shape.join(', ')}]`);
  }
  return { layers: [], length: shape[0]!, width: shape[1]! };
}

/** Multiplies positions of padding by 0: `[stack, batch, length, width]`. */
export function blankPadding(h: Tensor, { mask }: ForwardContext): Tensor {
  return mask ? tf.mul(h, tf.expandDims(mask, 3)) : h;
}

/** Mean over the positions that hold a token: `[stack, batch, length, width] -> [stack, batch, width]`. */
export function meanPosition(h: Tensor, context: ForwardContext): Tensor {
  const [stack, batch, length, width] = h.shape as [number, number, number, number];
  return summarize({ shape: [length, width], sequence: true }, tf.reshape(h, [stack, batch, length * width]), context);
}
