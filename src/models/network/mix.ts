import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from './features';

/**
 * Linear combinations of a model's copies.
 * @param weights `[stack, out, in]`
 * @param x `[stack * in, ...rest]`
 * @returns `[stack * out, ...rest]`
 */
export function mixCopies(weights: Tensor, x: Tensor): Tensor {
  const [stack, out, copies] = weights.shape as [number, number, number];
  const rest = x.shape.slice(1);
  const flat = tf.reshape(x, [stack, copies, sizeOf(rest)]) as Tensor3D;
  return tf.reshape(tf.matMul(weights as Tensor3D, flat), [stack * out, ...rest]);
}

/**
 * Linear combinations of a model's copies, other ones in every channel (the last axis).
 * @param weights `[stack, channels, out, in]`
 * @param x `[stack * in, ...rest, channels]`
 * @returns `[stack * out, ...rest, channels]`
 */
export function mixChannels(weights: Tensor, x: Tensor): Tensor {
  const [stack, channels, out, copies] = weights.shape as [number, number, number, number];
  const rest = x.shape.slice(1);
  const byChannel = tf.transpose(tf.reshape(x, [stack, copies, -1, channels]), [0, 3, 1, 2]);
  const inner = byChannel.shape[3]!;
  const mixed = tf.matMul(
    tf.reshape(weights, [stack * channels, out, copies]) as Tensor3D,
    tf.reshape(byChannel, [stack * channels, copies, inner]) as Tensor3D,
  );
  return tf.reshape(tf.transpose(tf.reshape(mixed, [stack, channels, out, inner]), [0, 2, 3, 1]), [stack * out, ...rest]);
}

/**
 * Sums of experts by weights that differ from row to row.
 * @param gates `[stack, groups, experts, batch or 1]`
 * @param experts `[stack, groups or 1, experts, batch, width]`
 * @returns `[stack * groups, batch, width]`
 */
export function mixExperts(gates: Tensor, experts: Tensor): Tensor {
  const [stack, groups] = gates.shape as [number, number];
  return tf.reshape(tf.sum(tf.mul(tf.expandDims(gates, 4), experts), 2), [stack * groups, experts.shape[3]!, experts.shape[4]!]);
}
