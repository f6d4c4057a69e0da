import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { meanOfCells } from '../../backend/ops';
import { dense, type Part } from './dense';

/**
 * The window of `kernel x kernel` cells around each cell of images, side by side in the last axis, 0 beyond the border.
 * @param x `[images, height, width, channels]`
 * @returns `[images, height, width, kernel * kernel * channels]`
 */
function windows(x: Tensor, kernel: number): Tensor {
  if (kernel === 1) return x;
  const [images, height, width, channels] = x.shape as [number, number, number, number];
  const before = Math.floor((kernel - 1) / 2);
  const after = kernel - 1 - before;
  const padded = tf.pad(x, [
    [0, 0],
    [before, after],
    [before, after],
    [0, 0],
  ]) as tf.Tensor4D;
  const shifts: Tensor[] = [];
  for (let i = 0; i < kernel; i++) {
    for (let j = 0; j < kernel; j++) shifts.push(tf.slice(padded, [0, i, j, 0], [images, height, width, channels]));
  }
  return tf.concat(shifts, 3);
}

/**
 * A convolution with stride 1 that keeps the size, of a stack of models. TensorFlow's own knows one set of filters a call; here the
 * windows are laid out once and all models' filters are one batched product.
 *
 * Parameters as of a dense layer: `weights` `[kernel * kernel * inputs, outputs]`, window cells in row-major order, and `bias` `[1,
 * outputs]`.
 */
export function convolution(
  scope: string,
  kernel: number,
  inputs: number,
  outputs: number,
  owner: 'shared' | number,
  start: 'he' | 'glorot',
): Part {
  const linear = dense(scope, kernel * kernel * inputs, outputs, owner, start);
  return {
    parameters: linear.parameters,
    apply(values, x) {
      const [stack, batch, height, width, channels] = x.shape as [number, number, number, number, number];
      const laid = windows(tf.reshape(x, [stack * batch, height, width, channels]), kernel);
      const flat = tf.reshape(laid, [stack, batch * height * width, kernel * kernel * channels]) as Tensor3D;
      return tf.reshape(linear.apply(values, flat), [stack, batch, height, width, outputs]);
    },
  };
}

/** Means over 2 x 2 cells; the border of odd sizes is averaged over what there is. `[stack, batch, h, w, c] -> [stack, batch, h/2, w/2, c]` */
export function halve(x: Tensor): Tensor {
  const [stack, batch, height, width, channels] = x.shape as [number, number, number, number, number];
  const pooled = meanOfCells(tf.reshape(x, [stack * batch, height, width, channels]));
  return tf.reshape(pooled, [stack, batch, pooled.shape[1]!, pooled.shape[2]!, channels]);
}
