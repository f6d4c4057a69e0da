import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Share of the mean squared singular value that is added to each: the norm's corner at rank-deficient matrices is rounded by its root, 0.1 %. */
const SMOOTHING = 1e-6;
/** Newton-Schulz steps: the smallest eigenvalue, 1e-6 / rows of the trace, grows by 9/4 a step before convergence is quadratic. */
const ITERATIONS = 24;

/**
 * Sum of the singular values of each matrix, smoothed: sum_i sqrt(s_i^2 + d) with d = 1e-6 of the mean squared singular value. Its
 * gradient is (M M^T + d I)^(-1/2) M; d counts as a constant in it.
 *
 * TensorFlow.js has no singular value decomposition. For few rows the inverse root of the small Gramian comes from Newton and Schulz's
 * iteration (Higham 2008, "Functions of Matrices", 6.7), products only, so that it can be part of a recorded step.
 * @param matrices `[stack, rows, columns]` with few rows
 * @returns `[stack]`
 */
export function nuclearNorm(matrices: Tensor3D): Tensor {
  const operation = tf.customGrad((m: Tensor | tf.GradSaveFunc, save: tf.GradSaveFunc | Tensor) => {
    const x = m as Tensor3D;
    const [stack, rows] = x.shape;
    const identity = tf.expandDims(tf.eye(rows), 0) as Tensor3D;
    const gramian = tf.matMul(x, x, false, true) as Tensor3D;
    const trace = tf.maximum(tf.sum(tf.mul(gramian, identity), [1, 2], true), 1e-30);
    const scale = tf.mul(trace, 1 + SMOOTHING);
    const a = tf.div(tf.add(gramian, tf.mul(identity, tf.mul(trace, SMOOTHING / rows))), scale) as Tensor3D;
    let root = a;
    let inverse = tf.add(tf.zerosLike(a), identity) as Tensor3D;
    for (let k = 0; k < ITERATIONS; k++) {
      const step = tf.mul(tf.sub(tf.mul(identity, 3), tf.matMul(inverse, root)), 0.5) as Tensor3D;
      root = tf.matMul(root, step) as Tensor3D;
      inverse = tf.matMul(step, inverse) as Tensor3D;
    }
    const length = tf.sqrt(scale);
    const gradient = tf.matMul(tf.div(inverse, length) as Tensor3D, x);
    const value = tf.mul(tf.sum(tf.mul(root, identity), [1, 2]), tf.reshape(length, [stack]));
    (save as tf.GradSaveFunc)([gradient]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => [tf.mul(saved[0]!, tf.reshape(dy, [stack, 1, 1]))],
    };
  });
  return operation(matrices);
}
