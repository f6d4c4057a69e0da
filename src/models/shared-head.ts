import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Task } from '../tasks/task';
import { ownedBy, unfold } from './copies';
import type { Features } from './features';
import { heads } from './heads';
import type { ForwardContext, Parameter, Values } from './network';

/** One output layer for all tasks. */
export interface SharedHead {
  readonly parameters: readonly Parameter[];
  /** Each task's features `[stack * tasks, batch, size]` to all outputs `[stack, batch, outputs]`; `context` is that of the tasks' networks. */
  readonly apply: (values: Values, z: Tensor, context: ForwardContext) => Tensor;
}

/**
 * A linear output layer that all tasks share, `heads/weights` `[width, outputs]` and `heads/bias` `[1, outputs]`.
 * @throws RangeError when tasks have other numbers of outputs, TypeError when they are of other kinds
 */
export function sharedHead(who: string, features: Features, tasks: readonly Task[]): SharedHead {
  const first = tasks[0]!;
  for (const task of tasks) {
    if (task.kind !== first.kind) {
      throw new TypeError(
        `${who}: tasks that share an output layer must be of one kind; "${first.name}" is ${first.kind}, "${task.name}" ${task.kind}`,
      );
    }
    if (task.outputs !== first.outputs) {
      throw new RangeError(
        `${who}: tasks that share an output layer must have as many outputs each; "${first.name}" has ${first.outputs}, "${task.name}" ${task.outputs}`,
      );
    }
  }
  const one = heads(features, [{ ...first, name: 'shared' }]);
  return {
    parameters: one.parameters.map((parameter) => ownedBy(parameter, 'shared')),
    apply(values, z, context) {
      const pooled = one.pool(z, context);
      const [models, batch, width] = pooled.shape as [number, number, number];
      const stack = models / tasks.length;
      // The tasks lie side by side on the batch axis: they share the values.
      const outputs = one.apply(values, tf.reshape(pooled, [stack, tasks.length * batch, width]));
      const apart = unfold(tf.reshape(outputs, [models, batch, first.outputs]), tasks.length);
      return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [stack, batch, tasks.length * first.outputs]);
    },
  };
}
