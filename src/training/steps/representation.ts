import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { chainOf, forwardChain } from './chain';
import { headWeightsOf, weighOwn } from './heads';
import type { WeightedGradients } from './kind';
import { type LookingStep, NOTHING_HELD, type StepInputs, type Weighing } from './kind';
import type { StackPlan } from './plan';
import { presentShareOf } from './shared-update';
import { type Batch, byName, type Resident, type StackShape } from './stack-shape';
import { gramianOf } from './task-gradients';

/** Losses `[stack, tasks]` and products `[stack, tasks, tasks]` of the tasks' gradients by the shared representation of the batch. */
export function representationProducts(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  batch: Batch,
): { readonly losses: Tensor; readonly gramian: Tensor } {
  const chain = chainOf(shape.network);
  const values = byName(shape.network.parameters, parameters);
  const { losses, top } = forwardChain(shape, chain, values, data, batch, undefined);
  const signals = top(true).input;
  return { losses, gramian: gramianOf([signals], [signals], shape.stack, shape.tasks.length) };
}

/**
 * Gradients where the tasks' gradients are combined at the representation and then taken through the trunk once (MGDA-UB, Sener & Koltun
 * 2018, 1810.04650).
 * @param weights `[stack, tasks]`
 * @param use see `AtRepresentation`
 */
export function representationGradients(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  batch: Batch,
  weights: Tensor,
  use: Omit<AtRepresentation, 'factorsOf'>,
): WeightedGradients {
  const factorsOf = (): Tensor => tf.reshape(weights, [...weights.shape, 1, 1]);
  return gradientsThroughRepresentation(shape, parameters, data, batch, { ...use, factorsOf });
}

/** How the tasks' gradients by the representation become one, and what heads follow. */
export interface AtRepresentation {
  /**
   * What the tasks' gradients are multiplied by before they are summed, `[stack, tasks, 1, width or 1]`.
   * @param signals the tasks' gradients, `[stack, tasks, batch, width]`
   * @param representation `[stack, batch, width]`
   */
  readonly factorsOf: (signals: Tensor, representation: Tensor) => Tensor;
  /** `[stack, tasks]`, weights of the losses that heads follow; without, they follow the losses themselves. */
  readonly heads?: Tensor | undefined;
  /** `[stack]`: rescale the combined gradient to the length of the mean one of the present tasks, of which this is the share. */
  readonly presentShare?: Tensor | undefined;
  /** `[stack]`: multiply the combined gradient. */
  readonly factor?: Tensor | undefined;
}

/** The common part of `representationGradients` and of rules at the representation. */
export function gradientsThroughRepresentation(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  batch: Batch,
  { factorsOf, heads, presentShare, factor }: AtRepresentation,
): WeightedGradients {
  const chain = chainOf(shape.network);
  const values = byName(shape.network.parameters, parameters);
  const { losses, representation, top, backward } = forwardChain(shape, chain, values, data, batch, undefined);
  const { parameters: own, input: signals } = top(true);
  let combined = tf.sum(tf.mul(signals, factorsOf(signals, representation)), 1, true);
  if (presentShare) {
    const length = (t: Tensor): Tensor => tf.sqrt(tf.sum(tf.square(t), [1, 2, 3], true));
    const mean = tf.div(length(tf.mean(signals, 1, true)), tf.reshape(presentShare, [-1, 1, 1, 1]));
    combined = tf.mul(combined, tf.div(mean, tf.maximum(length(combined), 1e-12)));
  }
  if (factor) combined = tf.mul(combined, tf.reshape(factor, [-1, 1, 1, 1]));
  const trunk = backward(combined).map((g) => tf.squeeze(g, [1]));
  return { losses, gradients: [...trunk, ...weighOwn(shape.network, own, heads)] };
}

/** Gradients combined at the representation as a plan has them: how long the shared update is, and what heads follow. */
export function gradientsAtRepresentation(
  plan: StackPlan,
  { parameters, data, batch, weights, scalars, heads }: StepInputs & Weighing,
): readonly Tensor[] {
  const use = {
    heads: headWeightsOf(plan, weights, heads),
    presentShare: plan.scale === 'matchMean' ? presentShareOf(scalars) : undefined,
  };
  return representationGradients(plan.shape, parameters, data, batch, weights, use).gradients;
}

/** Task weights depend on products of the tasks' gradients by the representation that all tasks share. */
export const representationStep: LookingStep = {
  looks: true,
  held: () => NOTHING_HELD,
  look: ({ shape }, { parameters, data, batch }) => ({ seen: representationProducts(shape, parameters, data, batch), held: NOTHING_HELD }),
  gradients: gradientsAtRepresentation,
};
