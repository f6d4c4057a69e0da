import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { inferenceContext } from '../../models/forward-context';
import { lossSums } from '../loss';
import { EVALUATION_BLOCK } from './plan';
import { byName, gather, type Resident, type StackShape, tileModels } from './stack-shape';

/**
 * Outputs `[stack, batch, outputs]` without training, with the loss sums and label counts `[stack, blocks, tasks]` of each
 * {@link EVALUATION_BLOCK} rows: a float32 sum over all of them would depend on how many rows are filled up.
 * @param rows `[stack, batch]`
 */
export function evaluate(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  rows: Tensor,
): { readonly outputs: Tensor; readonly sums: Tensor; readonly counts: Tensor } {
  const { network, tasks } = shape;
  const { x, y, mask } = gather(shape, data, rows);
  const outputs = network.forward(byName(network.parameters, parameters), x, inferenceContext);
  const [stack, batch] = rows.shape as [number, number];
  const blocks = Math.ceil(batch / EVALUATION_BLOCK);
  const extra = blocks * EVALUATION_BLOCK - batch;
  const apart = (t: Tensor): Tensor => {
    const filled =
      extra === 0
        ? t
        : tf.pad(t as tf.Tensor3D, [
            [0, 0],
            [0, extra],
            [0, 0],
          ]);
    return tf.reshape(filled, [stack * blocks, EVALUATION_BLOCK, ...t.shape.slice(2)]);
  };
  const weights = shape.weighted ? tileModels(data.classWeights, blocks) : undefined;
  const { sums, counts } = lossSums(tasks, apart(outputs), apart(y), apart(mask), weights);
  const perBlock = (t: Tensor): Tensor => tf.reshape(t, [stack, blocks, tasks.length]);
  return { outputs, sums: perBlock(sums), counts: perBlock(counts) };
}
