import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayOps } from '../balancing/array-ops';
import type { TensorRule } from '../balancing/balancing';
import type { StackPlan } from './executor';
import { ruleDraws } from './rule-state';
import {
  type AtRepresentation,
  type Batch,
  clipByGlobalNorm,
  combine,
  gradientsThroughRepresentation,
  type Resident,
  type TaskGradients,
  taskGradients,
  type WeightedGradients,
  weighOwn,
} from './step';

/** Gradients as the optimizer takes them: with the L2 penalty, clipped. */
export function preparedGradients(plan: StackPlan, parameters: readonly Tensor[], gradients: readonly Tensor[]): Tensor[] {
  const { optimizer, clipNorm, shape } = plan;
  const decayed = gradients.map((g, i) =>
    optimizer.l2 > 0 && shape.network.parameters[i]!.decay ? tf.add(g, tf.mul(parameters[i]!, optimizer.l2)) : g,
  );
  return clipNorm === undefined ? decayed : clipByGlobalNorm(decayed, clipNorm);
}

/** New parameters and slots of every model; a model whose `active` is 0 stays as it is. `scalars` `[stack, STEP_SCALARS]`, see `StepFeed`. */
export function optimizerUpdate(
  plan: StackPlan,
  parameters: readonly Tensor[],
  slots: readonly (readonly Tensor[])[],
  gradients: readonly Tensor[],
  scalars: Tensor,
): { readonly parameters: Tensor[]; readonly slots: Tensor[][] } {
  const { optimizer, shape, perModel } = plan;
  const columns = tf.unstack(scalars, 1);
  const next: Tensor[] = [];
  const nextSlots: Tensor[][] = [];
  for (const [i, value] of parameters.entries()) {
    const broadcast = (column: Tensor): Tensor => tf.reshape(column, [shape.stack, ...value.shape.slice(1).map(() => 1)]);
    const [rate, epsilon, keep, active] = columns.slice(0, 4).map(broadcast) as [Tensor, Tensor, Tensor, Tensor];
    const decays = optimizer.decoupledDecay > 0 && shape.network.parameters[i]!.decay;
    const updated = optimizer.update(value, gradients[i]!, slots[i]!, { rate, epsilon, keep: decays ? keep : tf.onesLike(keep) });
    const settle = (before: Tensor, after: Tensor): Tensor => (perModel ? tf.where(tf.greater(active, 0), after, before) : after);
    next.push(settle(value, updated.value));
    nextSlots.push(updated.slots.map((slot, k) => settle(slots[i]![k]!, slot)));
  }
  return { parameters: next, slots: nextSlots };
}

/** The share of each model's tasks that have a label, `[stack]`. */
function presentShareOf(scalars: Tensor): Tensor {
  return tf.reshape(tf.slice(scalars as tf.Tensor2D, [0, 4], [-1, 1]), [-1]);
}

/** Multiplies by a number of each model, `[stack]`. */
function timesEach(tensors: readonly Tensor[], factor: Tensor): Tensor[] {
  return tensors.map((t) => tf.mul(t, tf.reshape(factor, [t.shape[0]!, ...t.shape.slice(1).map(() => 1)])));
}

/** Rescales each model's shared update to the length of the mean gradient of its present tasks; `presentShare` `[stack]`. */
function matchMeanLength(update: readonly Tensor[], jacobian: readonly Tensor[], presentShare: Tensor): Tensor[] {
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
function inOrder(plan: StackPlan, shared: readonly Tensor[], own: readonly Tensor[], penalty: readonly Tensor[]): Tensor[] {
  let [s, o] = [0, 0];
  return plan.shape.network.parameters.map(({ role }, i) => {
    const update = role === 'task' ? own[o++]! : shared[s++]!;
    const pull = penalty[i];
    return pull ? tf.add(update, pull) : update;
  });
}

/** Weights `[stack, tasks]` of the losses that the tasks' own parameters follow; undefined: they follow the losses themselves. */
export function headWeightsOf(plan: StackPlan, weights: Tensor, heads: Tensor | undefined): Tensor | undefined {
  if (plan.heads === 'plain') return undefined;
  return plan.heads === 'apart' ? heads : weights;
}

/** How the tasks' gradients by the representation are used; see {@link balancedGradients}. */
export function representationUse(
  plan: StackPlan,
  weights: Tensor,
  scalars: Tensor,
  heads: Tensor | undefined,
): Omit<AtRepresentation, 'factorsOf'> {
  return { heads: headWeightsOf(plan, weights, heads), presentShare: plan.scale === 'matchMean' ? presentShareOf(scalars) : undefined };
}

/**
 * A gradient per parameter from the tasks' gradients and their weights `[stack, layers * tasks]`; `scalars` `[stack, STEP_SCALARS]`, `heads`
 * `[stack, tasks]` see `StepFeed`.
 */
export function balancedGradients(
  plan: StackPlan,
  task: Pick<TaskGradients, 'jacobian' | 'own' | 'penalty'>,
  weights: Tensor,
  scalars: Tensor,
  heads?: Tensor,
): Tensor[] {
  const update = combine(plan.shape, task.jacobian, weights);
  const own = weighOwn(plan.shape.network, task.own, headWeightsOf(plan, weights, heads));
  const matches = plan.scale === 'matchMean';
  return inOrder(plan, matches ? matchMeanLength(update, task.jacobian, presentShareOf(scalars)) : update, own, task.penalty);
}

/** A rule's array operations on a stack: arrays are `[stack, tasks or 1, parameters or 1]`. */
export const tensorOps: ArrayOps<Tensor> = {
  constant: (value) => tf.tensor3d([value], [1, 1, 1]),
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  sqrt: tf.sqrt,
  square: tf.square,
  abs: tf.abs,
  exp: tf.exp,
  log: tf.log,
  greater: (a, b) => tf.cast(tf.greater(a, b), 'float32'),
  sumParameters: (a) => tf.sum(a, 2, true),
  sumTasks: (a) => tf.sum(a, 1, true),
  maxTasks: (a) => tf.max(a, 1, true),
};

/** A step of a coordinate-wise rule: losses, gradients per parameter and its new state; `present` `[stack, tasks]` see `StepFeed.weights`. */
export function ruleStep(
  plan: StackPlan,
  parameters: readonly Tensor[],
  data: Resident,
  batch: Batch,
  state: readonly Tensor[],
  present: Tensor,
): WeightedGradients & { readonly state: readonly Tensor[] } {
  const { shape, step, scale } = plan;
  if (step.kind !== 'rule') throw new Error(`a step of kind ${step.kind} has no rule`);
  const { rule } = step;
  if (!step.representation) {
    const task = taskGradients(shape, parameters, data, batch);
    return { losses: task.losses, ...ruleGradients(plan, rule, task, state, ruleDraws(plan, rule, batch.seeds), present) };
  }
  const factorsOf = (signals: Tensor, representation: Tensor): Tensor => {
    const pure = tf.sum(tf.mul(signals, tf.expandDims(tf.sign(representation), 1)), 2);
    const draws = ruleDraws(plan, rule, batch.seeds, pure.shape[2]!);
    return tf.expandDims(rule.factors!(tensorOps, pure, Object.fromEntries(rule.draws.map(({ name }, i) => [name, draws[i]!]))), 2);
  };
  const presentShare = scale === 'matchMean' ? tf.mean(present, 1) : undefined;
  const factor = scale === 'sum' ? tf.sum(present, 1) : undefined;
  return { ...gradientsThroughRepresentation(shape, parameters, data, batch, { factorsOf, presentShare, factor }), state };
}

/** A coordinate-wise rule's gradients per parameter and its new state; `present` `[stack, tasks]`, 1 where a task has a label, else 0. */
function ruleGradients(
  plan: StackPlan,
  rule: TensorRule,
  task: TaskGradients,
  state: readonly Tensor[],
  draws: readonly Tensor[],
  present: Tensor,
): { readonly gradients: Tensor[]; readonly state: Tensor[] } {
  const [stack, tasks] = task.losses.shape as [number, number];
  const flat = task.jacobian.map((j) => tf.reshape(j, [stack, tasks, -1]));
  // Where no parameter is shared the rule still has the heads to weigh.
  const jacobian = flat.length === 0 ? tf.zeros([stack, tasks, 1]) : flat.length === 1 ? flat[0]! : tf.concat(flat, 2);
  const result = rule.apply(
    tensorOps,
    jacobian,
    tf.reshape(task.losses, [stack, tasks, 1]),
    Object.fromEntries(rule.state.map(({ name }, i) => [name, state[i]!])),
    Object.fromEntries(rule.draws.map(({ name }, i) => [name, draws[i]!])),
    plan.absences ? tf.reshape(present, [stack, tasks, 1]) : undefined,
  );
  const sizes = flat.map((j) => j.shape[2]!);
  const parts = sizes.length === 0 ? [] : sizes.length === 1 ? [result.update] : tf.split(result.update, sizes, 2);
  let update = parts.map((part, i) => tf.reshape(part, [stack, ...task.jacobian[i]!.shape.slice(2)]));
  if (plan.scale === 'matchMean') update = matchMeanLength(update, task.jacobian, tf.mean(present, 1));
  if (plan.scale === 'sum') update = timesEach(update, tf.sum(present, 1));
  const headWeights = plan.heads === 'plain' ? undefined : (result.heads ?? result.weights!);
  const own = weighOwn(plan.shape.network, task.own, headWeights && tf.reshape(headWeights, [stack, tasks]));
  return {
    gradients: inOrder(plan, update, own, task.penalty),
    state: rule.state.map(({ name, rows }, i) => {
      const next = result.state[name]!;
      if (!plan.absences) return next;
      // What belongs to a task waits for its next label, what belongs to all for the model's next step.
      const here = tf.reshape(rows === 'tasks' ? present : tf.max(present, 1, true), [stack, rows === 'tasks' ? tasks : 1, 1]);
      return tf.where(tf.greater(here, 0), next, state[i]!);
    }),
  };
}
