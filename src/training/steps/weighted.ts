import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { trainingContext } from '../../models/forward-context';
import type { ForwardContext } from '../../models/network/network';
import { lossSums, meanLosses } from '../loss';
import { gradientsOf } from './autodiff';
import { forwardChain, tracedChain } from './chain';
import type { DirectStep, WeightedGradients } from './kind';
import { type Batch, byName, gather, labeledRows, type Resident, type StackShape } from './stack-shape';

/** Losses and the gradients of the weighted sum of the tasks' losses; `weights` `[stack, tasks]`. */
export function weightedGradients(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  batch: Batch,
  weights: Tensor,
): WeightedGradients {
  const { network, tasks } = shape;
  const chain = tracedChain(network);
  if (chain) {
    const values = byName(network.parameters, parameters);
    const { losses, top, backward } = forwardChain(shape, chain, values, data, batch, weights);
    const { parameters: own, input } = top(false);
    const trunk = backward(input).map((g) => tf.squeeze(g, [1]));
    return { losses, gradients: [...trunk, ...own] };
  }
  const { x, y, mask } = gather(shape, data, batch.rows);
  const rows = labeledRows(mask);
  const { kept, gradients } = gradientsOf((...p) => {
    const values = byName(network.parameters, p);
    const context = (): ForwardContext => trainingContext(batch.seeds, 1, shape.totalSteps, rows);
    const outputs = network.forward(values, x, context());
    const losses = meanLosses(lossSums(tasks, outputs, y, mask, shape.weighted ? data.classWeights : undefined));
    const total = tf.sum(tf.mul(losses, weights));
    return {
      total: network.penalty ? tf.add(total, tf.sum(network.penalty(values, x, context()))) : total,
      kept: losses,
    };
  }, parameters);
  return { losses: kept, gradients };
}

/** Task weights are known before the step. */
export const weightedStep: DirectStep = {
  looks: false,
  state: () => [],
  step: ({ shape }, { parameters, data, batch, weights }) => ({ ...weightedGradients(shape, parameters, data, batch, weights), state: [] }),
};
