import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayOps, ArrayShape } from '../../balancing/array-ops';
import type { TensorRule } from '../../balancing/balancing';
import { uniformDraws } from '../../models/forward-context';
import { countParameters } from '../../models/network/network';
import { weighOwn } from './heads';
import type { DirectStep, StateArray, WeightedGradients } from './kind';
import type { StackPlan } from './plan';
import { gradientsThroughRepresentation } from './representation';
import { inOrder, matchMeanLength, timesEach } from './shared-update';
import type { Batch, Resident } from './stack-shape';
import { type TaskGradients, taskGradients } from './task-gradients';

/** Numbers that a rule on the gradients by the parameters takes as `parameters`. */
function sharedSize({ shape: { network } }: StackPlan): number {
  return countParameters(network.parameters.filter(({ role }) => role === 'shared'));
}

function dimensions(plan: StackPlan, spec: ArrayShape, size = sharedSize(plan)): [number, number] {
  return [spec.rows === 'tasks' ? plan.shape.tasks.length : 1, spec.columns === 'parameters' ? Math.max(1, size) : 1];
}

/** A rule's state arrays, `[stack, tasks or 1, parameters or 1]`. */
function ruleState(plan: StackPlan, { state }: TensorRule): StateArray[] {
  return state.map((spec) => ({ shape: [plan.shape.stack, ...dimensions(plan, spec)], fill: spec.fill }));
}

// Streams of a model's layers count up from 0; the rule's start here.
const RULE_STREAM = 1 << 20;

/**
 * The random arrays of one step of a rule, from the models' own seeds.
 * @param size numbers that the rule takes as `parameters`; those of the shared parameters unless given
 */
function ruleDraws(plan: StackPlan, rule: TensorRule, seeds: Tensor, size?: number): Tensor[] {
  return rule.draws.map((spec, i) => {
    const shape = dimensions(plan, spec, size);
    if (spec.kind === 'uniform') return uniformDraws(seeds, RULE_STREAM + 2 * i, shape);
    // Box and Muller's transform.
    const radius = tf.sqrt(tf.mul(-2, tf.log(tf.sub(1, uniformDraws(seeds, RULE_STREAM + 2 * i, shape)))));
    return tf.mul(radius, tf.cos(tf.mul(2 * Math.PI, uniformDraws(seeds, RULE_STREAM + 2 * i + 1, shape))));
  });
}

/** A rule's array operations on a stack: arrays are `[stack, tasks or 1, parameters or 1]`. */
const tensorOps: ArrayOps<Tensor> = {
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
export function ruleGradients(
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
    return { losses: task.losses, ...gradientsByParameters(plan, rule, task, state, ruleDraws(plan, rule, batch.seeds), present) };
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
function gradientsByParameters(
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

/** The update is a coordinate-wise rule on the tasks' gradients by the parameters, or by the shared representation. */
export const ruleStep: DirectStep = {
  looks: false,
  state: (plan) => (plan.step.kind === 'rule' ? ruleState(plan, plan.step.rule) : []),
  step: (plan, { parameters, data, batch, weights, state }) => ruleGradients(plan, parameters, data, batch, state, weights),
};
