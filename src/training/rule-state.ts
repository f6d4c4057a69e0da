import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { ArrayShape } from '../balancing/array-ops';
import type { TensorRule } from '../balancing/balancing';
import { countParameters } from '../models/network/network';
import type { StackPlan } from './executor';
import { uniformDraws } from './step';

/** Numbers that a rule on the gradients by the parameters takes as `parameters`. */
function sharedSize({ shape: { network } }: StackPlan): number {
  return countParameters(network.parameters.filter(({ role }) => role === 'shared'));
}

function dimensions(plan: StackPlan, spec: ArrayShape, size = sharedSize(plan)): [number, number] {
  return [spec.rows === 'tasks' ? plan.shape.tasks.length : 1, spec.columns === 'parameters' ? Math.max(1, size) : 1];
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

/**
 * The random arrays of one step of a rule, from the models' own seeds.
 * @param size numbers that the rule takes as `parameters`; those of the shared parameters unless given
 */
export function ruleDraws(plan: StackPlan, rule: TensorRule, seeds: Tensor, size?: number): Tensor[] {
  return rule.draws.map((spec, i) => {
    const shape = dimensions(plan, spec, size);
    if (spec.kind === 'uniform') return uniformDraws(seeds, RULE_STREAM + 2 * i, shape);
    // Box and Muller's transform.
    const radius = tf.sqrt(tf.mul(-2, tf.log(tf.sub(1, uniformDraws(seeds, RULE_STREAM + 2 * i, shape)))));
    return tf.mul(radius, tf.cos(tf.mul(2 * Math.PI, uniformDraws(seeds, RULE_STREAM + 2 * i + 1, shape))));
  });
}
