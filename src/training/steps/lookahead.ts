import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { trainingContext } from '../../models/forward-context';
import { lossSums, meanLosses } from '../loss';
import { type Batch, byName, gather, labeledRows, type Resident, type StackShape, tileModels } from './stack-shape';
import { taskGradients } from './task-gradients';

/** Tasks whose trial steps are computed at a time: the outputs take memory by their number times the number of all tasks. */
const LOOKAHEAD_CHUNK = 16;

/**
 * Losses of all tasks after a plain gradient step of each task on the shared parameters, `[stack, tasks, tasks]`: entry (i, j) is the loss
 * of task j once task i's gradient alone has moved the shared parameters by `rate` (the look-ahead of TAG, Fifty et al. 2021, 2109.04617).
 * The draws (dropout) are those of `batchLosses` and `taskGradients` on the batch, so that only the step makes a difference.
 */
export function lookaheadLosses(shape: StackShape, parameters: readonly Tensor[], data: Resident, batch: Batch, rate: number): Tensor {
  const { network, tasks, stack } = shape;
  const { jacobian } = taskGradients(shape, parameters, data, batch);
  const { x, y, mask } = gather(shape, data, batch.rows);
  const chunks = Array.from({ length: Math.ceil(tasks.length / LOOKAHEAD_CHUNK) }, (_, c) =>
    tf.tidy(() => {
      const first = c * LOOKAHEAD_CHUNK;
      const copies = Math.min(LOOKAHEAD_CHUNK, tasks.length - first);
      let shared = 0;
      const moved = network.parameters.map(({ role }, i) => {
        const tiled = tileModels(parameters[i]!, copies);
        if (role !== 'shared') return tiled;
        const own = jacobian[shared++]!;
        const [, , ...rest] = own.shape;
        const step = tf.slice(own, [0, first, ...rest.map(() => 0)], [stack, copies, ...rest]);
        return tf.sub(tiled, tf.mul(rate, tf.reshape(step, tiled.shape)));
      });
      const [xs, ys, masks] = [x, y, mask].map((t) => tileModels(t, copies)) as [Tensor, Tensor, Tensor];
      const context = trainingContext(batch.seeds, copies, shape.totalSteps, labeledRows(masks));
      const outputs = network.forward(byName(network.parameters, moved), xs, context);
      const weights = shape.weighted ? tileModels(data.classWeights, copies) : undefined;
      return tf.reshape(meanLosses(lossSums(tasks, outputs, ys, masks, weights)), [stack, copies, tasks.length]);
    }),
  );
  return chunks.length === 1 ? chunks[0]! : tf.concat(chunks, 1);
}
