import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Task } from '../tasks/task';
import { dense } from './dense';
import type { Parameter, Values } from './network';

/** A linear head per task. */
export interface Heads {
  readonly parameters: readonly Parameter[];
  /** `[stack, batch, width] -> [stack, batch, outputs]` from one representation. */
  readonly apply: (values: Values, z: Tensor) => Tensor;
  /** The same from a representation per task. */
  readonly applyEach: (values: Values, z: readonly Tensor[]) => Tensor;
}

/**
 * A linear head per task, under the names `head/<task>/weights` and `head/<task>/bias`.
 *
 * On one representation all heads are computed by a single product, so that the cost hardly grows with the number of tasks.
 */
export function heads(width: number, tasks: readonly Task[]): Heads {
  const all = tasks.map((task, i) => dense(headScope(tasks, i), width, task.outputs, i, 'glorot'));
  return {
    parameters: all.flatMap((head) => head.parameters),
    apply(values, z) {
      if (all.length === 1) return all[0]!.apply(values, z);
      const weights = tf.concat(
        tasks.map((_, i) => values[`${headScope(tasks, i)}/weights`]!),
        2,
      );
      const bias = tf.concat(
        tasks.map((_, i) => values[`${headScope(tasks, i)}/bias`]!),
        2,
      );
      return tf.add(tf.matMul(z as tf.Tensor3D, weights as tf.Tensor3D), bias);
    },
    applyEach(values, z) {
      const outputs = all.map((head, i) => head.apply(values, z[i]!));
      return outputs.length === 1 ? outputs[0]! : tf.concat(outputs, 2);
    },
  };
}

function headScope(tasks: readonly Task[], index: number): string {
  return `head/${tasks[index]!.name}`;
}
