import type { Tensor } from '@tensorflow/tfjs-core';
import { trainingContext } from '../../models/forward-context';
import { lossSums, meanLosses } from '../loss';
import { type LookingStep, NOTHING_HELD } from './kind';
import { type Batch, byName, gather, labeledRows, type Resident, type StackShape } from './stack-shape';
import { weightedGradients } from './weighted';

/** The tasks' losses on a batch, `[stack, tasks]`, with the draws that a training step on it makes. */
export function batchLosses(shape: StackShape, parameters: readonly Tensor[], data: Resident, batch: Batch): Tensor {
  const { x, y, mask } = gather(shape, data, batch.rows);
  const context = trainingContext(batch.seeds, 1, shape.totalSteps, labeledRows(mask));
  const outputs = shape.network.forward(byName(shape.network.parameters, parameters), x, context);
  return meanLosses(lossSums(shape.tasks, outputs, y, mask, shape.weighted ? data.classWeights : undefined));
}

/** Task weights depend on the batch's losses. */
export const lossesStep: LookingStep = {
  looks: true,
  held: () => NOTHING_HELD,
  look: ({ shape }, { parameters, data, batch }) => ({ seen: { losses: batchLosses(shape, parameters, data, batch) }, held: NOTHING_HELD }),
  gradients: ({ shape }, { parameters, data, batch, weights }) => weightedGradients(shape, parameters, data, batch, weights).gradients,
};
