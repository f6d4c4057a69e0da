import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Losses that are not below 0 but for rounding, which takes those of predictions that could not be better there. What is no number stays so (a
 * maximum of NaN and 0 is either), as divergence is told by it.
 */
export function notBelowZero(losses: Tensor): Tensor {
  return tf.add(losses, tf.relu(tf.neg(losses)));
}
