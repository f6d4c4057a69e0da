import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { canBuildGraphs, nativeOp } from './graph';

/**
 * Matrix products over leading axes that broadcast where one has length 1: `[..., n, k] x [..., k, m] -> [..., n, m]`.
 *
 * tfjs copies broadcast operands and has a wrong gradient for them; this one does neither, but has no gradient at all.
 */
export function broadcastMatMul(a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor {
  if (canBuildGraphs()) {
    return nativeOp('BatchMatMulV2', { T: { type: 'float32' }, adj_x: { bool: transposeA }, adj_y: { bool: transposeB } }, [a, b]);
  }
  const lead = a.shape.slice(0, -2).map((size, i) => Math.max(size, b.shape[i]!));
  const whole = (t: Tensor): tf.Tensor3D => {
    const [rows, columns] = t.shape.slice(-2) as [number, number];
    const repeats = lead.map((size, i) => size / t.shape[i]!);
    const tiled = repeats.every((r) => r === 1) ? t : tf.tile(t, [...repeats, 1, 1]);
    return tf.reshape(tiled, [-1, rows, columns]);
  };
  const product = tf.matMul(whole(a), whole(b), transposeA, transposeB);
  return tf.reshape(product, [...lead, ...product.shape.slice(1)]);
}

/** max(x, 0) with the gradient as one op; tfjs composes it of nine. */
export function relu(x: Tensor): Tensor {
  if (!canBuildGraphs()) return tf.relu(x);
  const withGradient = tf.customGrad((input, save) => {
    const output = tf.relu(input as Tensor);
    (save as (tensors: Tensor[]) => void)([output]);
    return { value: output, gradFunc: (dy: Tensor, saved: Tensor[]) => [reluGradient(dy, saved[0]!)] };
  });
  return withGradient(x);
}

/** `dy` where the output of a rectifier is positive, 0 elsewhere; `dy` and `output` have one shape. */
export function reluGradient(dy: Tensor, output: Tensor): Tensor {
  if (canBuildGraphs()) return nativeOp('ReluGrad', { T: { type: 'float32' } }, [dy, output]);
  return tf.mul(dy, tf.cast(tf.greater(output, 0), 'float32'));
}

/**
 * Rows of a table of parameters, `[rows, size]` at `places` (int32, any shape) `-> [...places, size]`, with a gradient on every backend.
 *
 * That of `tf.gather` is a segment sum, which the portable backend lacks; there it is a scatter, which adds what reaches one row as well.
 */
export function gatherRows(table: Tensor, places: Tensor): Tensor {
  if (canBuildGraphs()) return tf.gather(table, places);
  const [rows, size] = table.shape as [number, number];
  const withGradient = tf.customGrad((from, save) => {
    (save as (tensors: Tensor[]) => void)([places]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor =>
      tf.scatterND(tf.reshape(saved[0]!, [places.size, 1]), tf.reshape(dy, [places.size, size]), [rows, size]);
    return { value: tf.gather(from as Tensor, places), gradFunc };
  });
  return withGradient(table);
}

/**
 * Means over 2 x 2 cells; the border of odd sizes is averaged over what there is. `[images, h, w, c] -> [images, ceil(h/2), ceil(w/2), c]`
 *
 * The gradient of the portable backend's pooling divides by 4 at that border too; there the images are filled up with zeros to even sizes
 * and the means brought from 4 cells to those that there are.
 */
export function meanOfCells(x: Tensor): Tensor {
  const images = x as tf.Tensor4D;
  const [, height, width] = images.shape;
  if (canBuildGraphs() || (height % 2 === 0 && width % 2 === 0)) return tf.avgPool(images, 2, 2, 'same');
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const filled = tf.pad(images, [
    [0, 0],
    [0, 2 * rows - height],
    [0, 2 * columns - width],
    [0, 0],
  ]);
  const present = (size: number, cell: number): number => Math.min(2, size - 2 * cell);
  const factors = Array.from({ length: rows * columns }, (_, cell) => {
    return 4 / (present(height, Math.floor(cell / columns)) * present(width, cell % columns));
  });
  return tf.mul(tf.avgPool(filled, 2, 2, 'same'), tf.tensor(factors, [rows, columns, 1]));
}
