import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Part } from './dense';
import { constant } from './initial';

/**
 * Layer normalization over the last axis with gain and bias (Ba, Kiros, Hinton 2016, 1607.06450): no statistics outlive the step, so models
 * stay pure functions.
 *
 * Parameters: `gain` and `bias`, `[1, width]`.
 */
export function layerNorm(scope: string, width: number): Part {
  const own = { shape: [1, width], role: 'shared', decay: false } as const;
  return {
    parameters: [
      { name: `${scope}/gain`, ...own, initial: constant(1, [1, width]) },
      { name: `${scope}/bias`, ...own, initial: constant(0, [1, width]) },
    ],
    apply(values, x) {
      const centered = tf.sub(x, tf.mean(x, -1, true));
      const normal = tf.mul(centered, tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), 1e-5)));
      // Gain and bias of each model meet its rows: [stack, 1, ..., width].
      const meet = (p: Tensor): Tensor => tf.reshape(p, [x.shape[0]!, ...x.shape.slice(1, -1).map(() => 1), width]);
      return tf.add(tf.mul(normal, meet(values[`${scope}/gain`]!)), meet(values[`${scope}/bias`]!));
    },
  };
}
