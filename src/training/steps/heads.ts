import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Network } from '../../models/network/network';
import type { StackPlan } from './plan';

/** Weights `[stack, tasks]` of the losses that the tasks' own parameters follow; undefined: they follow the losses themselves. */
export function headWeightsOf(plan: StackPlan, weights: Tensor, heads: Tensor | undefined): Tensor | undefined {
  if (plan.heads === 'plain') return undefined;
  return plan.heads === 'apart' ? heads : weights;
}

/** Gradients of the tasks' own parameters, each times the weight of its task's loss; `weights` `[stack, tasks]`, undefined: as they are. */
export function weighOwn(network: Network, own: readonly Tensor[], weights: Tensor | undefined): readonly Tensor[] {
  if (!weights) return own;
  const columns = tf.unstack(weights, 1);
  const ownParameters = network.parameters.filter(({ role }) => role === 'task');
  return own.map((g, i) => {
    const { task: index, columnTasks, taskBlocks, shape } = ownParameters[i]!;
    const blocks = taskBlocks ?? (columnTasks && { axis: shape.length - 1, tasks: columnTasks });
    if (blocks) {
      const each = tf.gather(weights, [...blocks.tasks], 1);
      return tf.mul(g, tf.reshape(each, [g.shape[0]!, ...shape.map((size, axis) => (axis === blocks.axis ? size : 1))]));
    }
    return index === undefined ? g : tf.mul(g, tf.reshape(columns[index]!, [g.shape[0]!, ...g.shape.slice(1).map(() => 1)]));
  });
}
