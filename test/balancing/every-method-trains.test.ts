import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { balancers, weightings } from '../../src/balancing';
import type { Balancer, Weighting } from '../../src/balancing/balancing';
import { datasets } from '../../src/data/datasets';
import { type TaskData, taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import type { Encoder } from '../../src/models/network/network';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { random } from '../../src/random/random';
import { fit as fitModel } from '../../src/training/fit';
import { adam } from '../../src/training/optimizer';

/*
 * Every balancing method trains the trunk on real data: it ends below what the heads alone reach on the trunk as it starts, with the same
 * method and seed. Six binary labels of 593 songs, all there or one a row; one of three counts of solar flares a row, whose losses differ
 * in scale.
 */

const factories: Record<string, (tasks: number) => Balancer | Weighting> = {
  ...Object.fromEntries(Object.entries({ ...balancers, ...weightings }).map(([name, make]) => [name, () => (make as () => Balancer)()])),
  fixed: (tasks) => weightings.fixed({ weights: Array.from({ length: tasks }, (_, t) => 1 + t) }),
};

/** Passes values on and gradients not. */
const still = tf.customGrad((x) => ({ value: tf.clone(x as tf.Tensor), gradFunc: (signal: tf.Tensor) => tf.zerosLike(signal) }));

/** An encoder that stays as it starts. */
const frozen = (encoder: Encoder): Encoder => ({
  ...encoder,
  build: (input, scope) =>
    encoder.build(input, scope).map(({ parameters, outputShape, apply }) => ({
      parameters,
      outputShape,
      apply: (values, x, context) => still(apply(values, x, context)),
    })),
});

/** Keeps one task's label a row, any with equal probability. */
function oneLabelARow(
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
  data: TaskData,
  options: Parameters<typeof taskData>[1],
): TaskData {
  const r = random(3, 'labels');
  const kept = Array.from({ length: data.rows }, () => r.below(data.tasks.length));
  const fewer = data.tasks.map(({ column }, t) => [column, Array.from(columns[column]!, (value, i) => (kept[i] === t ? value : null))]);
  return taskData({ ...columns, ...Object.fromEntries(fewer) }, options);
}

describe.each([
  // A method that freezes the trunk ends at 1 times the heads' loss. Trained, emotions end at .13 to .86, solar flares at .72 to .88.
  { name: 'emotions', set: 'emotions', sparse: false },
  { name: 'emotions, one label a row', set: 'emotions', sparse: true },
  { name: 'solar flares, one label a row', set: 'solarFlare', sparse: true },
] as const)('$name', ({ set, sparse }) => {
  let data: TaskData;
  beforeAll(async () => {
    await loadBackend();
    const { columns, options } = await datasets[set]();
    const whole = taskData(columns, options);
    data = sparse ? oneLabelARow(columns, whole, options) : whole;
  });

  /** By method; most aggregators leave the heads their own losses' gradients, so that one run serves them all. */
  const headsAlone = new Map<string, Promise<number>>();
  const headsOnly = (method: string): Promise<number> => {
    const key = method in weightings || factories[method]!(data.tasks.length).weighsHeads ? method : 'equal';
    if (!headsAlone.has(key)) headsAlone.set(key, lastLoss(frozen(mlp([16])), key));
    return headsAlone.get(key)!;
  };

  const lastLoss = async (trunk: Encoder, method: string): Promise<number> => {
    const { history } = await fitModel(data, hardSharing(trunk).with(factories[method]!(data.tasks.length)), {
      // Large batches: in small ones the flares' counts are often all 0, and their loss is no measure of the task.
      epochs: 40,
      batchSize: 256,
      learningRate: 0.01,
      // With the default epsilon rounding alone moves the end of scaleInvariant on solarFlare by 5 %, with this one by less than 0.1 %.
      optimizer: adam({ epsilon: 1e-3 }),
      onProgress: () => {},
    });
    const losses = history.parts[0]!.trainLosses;
    expect(losses).toHaveLength(40);
    return losses.at(-1)!.reduce((a, b) => a + b, 0) / data.tasks.length;
  };

  test.each(Object.keys(factories))('%s', async (method) => {
    const trained = await lastLoss(mlp([16]), method);
    expect(trained / (await headsOnly(method))).toBeLessThan(0.92);
  });
});
