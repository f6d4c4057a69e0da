import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { StackPlan } from './plan';

/** The share of each model's tasks that have a label, `[stack]`. */
export function presentShareOf(scalars: Tensor): Tensor {
  return tf.reshape(tf.slice(scalars as tf.Tensor2D, [0, 4], [-1, 1]), [-1]);
}

/** Multiplies by a number of each model, `[stack]`. */
export function timesEach(tensors: readonly Tensor[], factor: Tensor): Tensor[] {
  return tensors.map((t) => tf.mul(t, tf.reshape(factor, [t.shape[0]!, ...t.shape.slice(1).map(() => 1)])));
}

/** Rescales each model's shared update to the length of the mean gradient of its present tasks; `presentShare` `[stack]`. */
export function matchMeanLength(update: readonly Tensor[], jacobian: readonly Tensor[], presentShare: Tensor): Tensor[] {
  if (update.length === 0) return [];
  const stack = update[0]!.shape[0]!;
  const length = (tensors: readonly Tensor[]): Tensor => {
    const squares = tensors.map((t) => tf.sum(tf.reshape(tf.square(t), [stack, -1]), 1));
    return tf.sqrt(squares.length === 1 ? squares[0]! : tf.addN(squares));
  };
  const mean = tf.div(length(jacobian.map((j) => tf.mean(j, 1))), presentShare);
  return timesEach(update, tf.div(mean, tf.maximum(length(update), 1e-12)));
}

/** Puts shared updates and task parameters' gradients back into the order of the parameters. */
export function inOrder(plan: StackPlan, shared: readonly Tensor[], own: readonly Tensor[], penalty: readonly Tensor[]): Tensor[] {
  let [s, o] = [0, 0];
  return plan.shape.network.parameters.map(({ role }, i) => {
    const update = role === 'task' ? own[o++]! : shared[s++]!;
    const pull = penalty[i];
    return pull ? tf.add(update, pull) : update;
  });
}
