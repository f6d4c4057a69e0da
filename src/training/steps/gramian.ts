import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { countParameters } from '../../models/network/network';
import { canWeighAtRepresentation } from './chain';
import { headWeightsOf, weighOwn } from './heads';
import { type Held, type LookingStep, NOTHING_HELD } from './kind';
import { batchLosses } from './losses';
import type { StackPlan } from './plan';
import { gradientsAtRepresentation } from './representation';
import { inOrder, matchMeanLength, presentShareOf } from './shared-update';
import { type Batch, layerCount, type Resident, type StackShape } from './stack-shape';
import { productsOf, type TaskGradients, taskGradients } from './task-gradients';
import { weightedGradients } from './weighted';

/** Products of the tasks' gradients on two batches of their own, and on the first of them; each as `TaskGradients.gramian`. */
export function crossGramian(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  left: Batch,
  right: Batch,
): { readonly cross: Tensor; readonly gramian: Tensor } {
  // Two passes, which run side by side in a graph.
  const [first, second] = [left, right].map((batch) => taskGradients(shape, parameters, data, batch)) as [TaskGradients, TaskGradients];
  const cross = productsOf(shape, first.jacobian, second.jacobian);
  const { gramian } = first;
  return { cross, gramian };
}

/** Per shared parameter, the sum of the tasks' gradients with the weights of its layer; `weights` `[stack, layers * tasks]`. */
export function combine(shape: StackShape, jacobian: readonly Tensor[], weights: Tensor): Tensor[] {
  const { stack, layers } = shape;
  const tasks = shape.tasks.length;
  const each = layers ? tf.split(weights as tf.Tensor2D, layerCount(shape), 1) : [weights];
  const rows = each.map((own) => tf.reshape(own, [stack, 1, tasks]) as tf.Tensor3D);
  return jacobian.map((j, i) => {
    const [, , ...rest] = j.shape as number[];
    return tf.reshape(tf.matMul(rows[layers?.[i] ?? 0]!, tf.reshape(j, [stack, tasks, -1]) as tf.Tensor3D), [stack, ...rest]);
  });
}

/**
 * A gradient per parameter from the tasks' gradients and their weights `[stack, layers * tasks]`; `scalars` `[stack, STEP_SCALARS]`, `heads`
 * `[stack, tasks]` see `StepFeed`.
 */
export function balancedGradients(plan: StackPlan, task: Held<Tensor>, weights: Tensor, scalars: Tensor, heads?: Tensor): Tensor[] {
  const update = combine(plan.shape, task.jacobian, weights);
  const own = weighOwn(plan.shape.network, task.own, headWeightsOf(plan, weights, heads));
  const matches = plan.scale === 'matchMean';
  return inOrder(plan, matches ? matchMeanLength(update, task.jacobian, presentShareOf(scalars)) : update, own, task.penalty);
}

/**
 * Whether the weighted gradient of a step with a Gramian is computed anew once the weights are known, rather than from the tasks' gradients:
 * where these would take much memory, and where the Gramian is of other batches.
 */
export function recomputesGradient(plan: StackPlan): boolean {
  const { shape, step, scale, heads, keptGradients } = plan;
  if (step.kind !== 'gramian' || scale === 'matchMean' || shape.layers) return false;
  if (heads !== 'shared' && !canWeighAtRepresentation(shape.network)) return false;
  const shared = shape.network.parameters.filter(({ role }) => role === 'shared');
  return step.cross || shape.stack * shape.tasks.length * countParameters(shared) > keptGradients;
}

/** Task weights depend on products of the tasks' gradients by the shared parameters. */
export const gramianStep: LookingStep = {
  looks: true,
  held(plan) {
    if (recomputesGradient(plan)) return NOTHING_HELD;
    const { network, stack, tasks } = plan.shape;
    const of = (wanted: 'shared' | 'task'): (readonly number[])[] =>
      network.parameters.flatMap(({ role, shape }) => (role === wanted ? [shape] : []));
    return {
      jacobian: of('shared').map((shape) => [stack, tasks.length, ...shape]),
      own: of('task').map((shape) => [stack, ...shape]),
      penalty: network.penalty ? network.parameters.map(({ shape }) => [stack, ...shape]) : [],
    };
  },
  look(plan, { parameters, data, batch, others }) {
    const { shape, step } = plan;
    const [left, right] = [others?.left, others?.right].map((rows) => rows && { ...batch, rows });
    const products = left && right && crossGramian(shape, parameters, data, left, right);
    const anew = recomputesGradient(plan);
    if (products && anew) return { seen: { losses: batchLosses(shape, parameters, data, batch), ...products }, held: NOTHING_HELD };
    const lastLayer = step.kind === 'gramian' && step.lastLayer;
    const { losses, gramian, jacobian, own, penalty } = taskGradients(shape, parameters, data, batch, lastLayer);
    return {
      seen: { losses, gramian, ...(products && { cross: products.cross }) },
      held: anew ? NOTHING_HELD : { jacobian, own, penalty },
    };
  },
  gradients(plan, inputs) {
    const { parameters, data, batch, weights, scalars, heads, held } = inputs;
    if (!recomputesGradient(plan)) return balancedGradients(plan, held, weights, scalars, heads);
    if (plan.heads !== 'shared') return gradientsAtRepresentation(plan, inputs);
    return weightedGradients(plan.shape, parameters, data, batch, weights).gradients;
  },
};
