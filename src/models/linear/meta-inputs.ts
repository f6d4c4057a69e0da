import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LinearLoss } from '../../linear';
import type { Task } from '../../tasks/task';
import { lossOf } from './linear-tasks';

/** What predictions of targets are as inputs: probabilities of binary tasks, standardized values of regressions. `[..., tasks] -> [..., tasks]` */
export function metaInputs(tasks: readonly Task[], scores: Tensor): Tensor {
  const binary = tasks.map((task) => (lossOf(task) === 'logistic' ? 1 : 0));
  if (binary.every((flag) => flag === 0)) return scores;
  const chosen = tf.tensor1d(binary);
  return tf.add(tf.mul(tf.sigmoid(scores), chosen), tf.mul(scores, tf.sub(1, chosen)));
}

/** The same of one number. */
export function metaValue(loss: LinearLoss, score: number): number {
  return loss === 'squared' ? score : 1 / (1 + Math.exp(-score));
}
