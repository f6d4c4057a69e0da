import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { ForwardContext, Layer, Values } from './network';

/** What comes out of an encoder. */
export interface Features {
  /** Shape of one row. */
  readonly shape: readonly number[];
  /** See `Layer.sequence`. */
  readonly sequence: boolean;
}

/** Numbers in an array of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

/** A width times `factor`, rounded to a positive multiple of `multiple`. */
export function scaledWidth(width: number, factor: number, multiple = 1): number {
  return Math.max(1, Math.round((width * factor) / multiple)) * multiple;
}

/** What the last of `layers` puts out. */
export function featuresOf(layers: readonly Layer[]): Features {
  const { outputShape, sequence = false } = layers[layers.length - 1]!;
  return { shape: outputShape, sequence };
}

/** `[stack, batch, ...shape] -> [stack, batch, size]`. */
export function flattenRows(x: Tensor): Tensor {
  return x.rank === 3 ? x : tf.reshape(x, [x.shape[0]!, x.shape[1]!, -1]);
}

/** `[stack, batch, size] -> [stack, batch, ...shape]`. */
export function shapeRows(x: Tensor, shape: readonly number[]): Tensor {
  return shape.length === 1 && x.rank === 3 ? x : tf.reshape(x, [x.shape[0]!, x.shape[1]!, ...shape]);
}

/** Runs an encoder's layers and flattens what comes out to `[stack, batch, size]`. */
export function encode(layers: readonly Layer[], values: Values, x: Tensor, context: ForwardContext): Tensor {
  return flattenRows(layers.reduce((h, layer) => layer.apply(values, h, context), x));
}

/**
 * One vector a row: a sequence's mean over the positions that hold a token, other features as they are, flattened.
 * @param z `[stack, batch, size]`
 * @returns `[stack, batch, width]`
 */
export function summarize(features: Features, z: Tensor, { mask }: ForwardContext): Tensor {
  if (!features.sequence) return z;
  const positions = shapeRows(z, features.shape);
  if (!mask) return tf.mean(positions, 2);
  const counted = tf.sum(tf.mul(positions, tf.expandDims(mask, 3)), 2);
  return tf.div(counted, tf.maximum(tf.sum(mask, 2, true), 1));
}

/** Length of what `summarize` returns. */
export function summaryWidth({ shape, sequence }: Features): number {
  return sequence ? shape[shape.length - 1]! : sizeOf(shape);
}

/** Mean over the rows of a batch that are to learn from: `[stack, batch] -> [stack]`. */
export function meanRow(x: Tensor, { rows }: ForwardContext): Tensor {
  return rows ? tf.div(tf.sum(tf.mul(x, rows), 1), tf.maximum(tf.sum(rows, 1), 1)) : tf.mean(x, 1);
}

/** Entries along an axis, as `tf.unstack`, whose gradient fails where there is only one. */
export function entries(x: Tensor, axis: number): Tensor[] {
  return x.shape[axis] === 1 ? [tf.squeeze(x, [axis])] : tf.unstack(x, axis);
}
