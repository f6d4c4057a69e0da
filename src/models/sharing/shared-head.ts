import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Task } from '../../tasks/task';
import { ownedBy } from '../network/copies';
import type { Features } from '../network/features';
import { heads } from '../network/heads';
import type { ForwardContext, Parameter, Values } from '../network/network';

/** One output layer for all tasks. */
export interface SharedHead {
  readonly parameters: readonly Parameter[];
  /** Each task's features `[stack * tasks, batch, size]` to all outputs `[stack, batch, outputs]`; `context` is that of the tasks' networks. */
  readonly apply: (values: Values, z: Tensor, context: ForwardContext) => Tensor;
}

/**
 * A linear output layer that all tasks share, `heads/weights` `[width, outputs]`, with a bias of each task's own, since tasks differ in their
 * base rates: `heads/bias` `[1, tasks * outputs]` (`head/shared/weights` and `bias`, `[1, tasks * classes]`, at every position of a sequence).
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
  const [weights, bias] = one.parameters as [Parameter, Parameter];
  const T = tasks.length;
  const width = bias.shape[1]!;
  const biases: Parameter = {
    ...ownedBy(bias, 'shared'),
    shape: [1, T * width],
    role: 'task',
    columnTasks: tasks.flatMap((_, t) => new Array<number>(width).fill(t)),
    initial: (_, constants) =>
      Float32Array.from({ length: T * width }, (__, i) => constants?.[Math.floor(i / width) * first.outputs + (i % width)] ?? 0),
  };
  return {
    parameters: [ownedBy(weights, 'shared'), biases],
    apply(values, z, context) {
      const pooled = one.pool(z, context);
      const [models, batch, size] = pooled.shape as [number, number, number];
      const stack = models / T;
      // The tasks lie side by side on the batch axis: they share the weights.
      const plain = { ...values, [bias.name]: tf.zeros([1, 1, width]) };
      const scores = one.apply(plain, tf.reshape(pooled, [stack, T * batch, size]));
      const own = tf.reshape(values[bias.name]!, [stack, T, 1, width]);
      const outputs = tf.add(tf.reshape(scores, [stack, T, -1, width]), own);
      const apart = tf.reshape(outputs, [stack, T, batch, first.outputs]);
      return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [stack, batch, T * first.outputs]);
    },
  };
}
