import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { TensorRule } from '../balancing/balancing';
import type { StackPlan } from './executor';
import { uniformDraws } from './step';

function dimensions(plan: StackPlan, spec: { readonly rows: 'tasks' | 'one'; readonly columns: 'parameters' | 'one' }): [number, number] {
  const shared = plan.shape.network.parameters.filter(({ role }) => role === 'shared');
  const size = shared.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return [spec.rows === 'tasks' ? plan.shape.tasks.length : 1, spec.columns === 'parameters' ? size : 1];
}

/** Shapes of a rule's state arrays, `[stack, tasks or 1, parameters or 1]`. */
export function ruleStateShapes(plan: StackPlan, rule: TensorRule): [number, number, number][] {
  return rule.state.map((spec) => [plan.shape.stack, ...dimensions(plan, spec)]);
}

/** A rule's state before the first step. */
export function ruleState(plan: StackPlan, rule: TensorRule): Tensor[] {
  return ruleStateShapes(plan, rule).map((shape, i) => tf.fill(shape, rule.state[i]!.fill));
}

// Streams of a model's layers count up from 0; the rule's start here.
const RULE_STREAM = 1 << 20;

/** The random arrays of one step of a rule, from the models' own seeds. */
export function ruleDraws(plan: StackPlan, rule: TensorRule, seeds: Tensor): Tensor[] {
  return rule.draws.map((spec, i) => {
    const shape = dimensions(plan, spec);
    if (spec.kind === 'uniform') return uniformDraws(seeds, RULE_STREAM + 2 * i, shape);
    // Box and Muller's transform.
    const radius = tf.sqrt(tf.mul(-2, tf.log(tf.sub(1, uniformDraws(seeds, RULE_STREAM + 2 * i, shape)))));
    return tf.mul(radius, tf.cos(tf.mul(2 * Math.PI, uniformDraws(seeds, RULE_STREAM + 2 * i + 1, shape))));
  });
}
