import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { crmogm, dbmtl, gradnorm, imtl } from '../../src/balancing';
import { mlp } from '../../src/models/encoders/mlp';
import type { Balancing, Method, UpdateOptions } from '../../src/models/method';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { mmoe } from '../../src/models/sharing/mmoe';
import { softSharing } from '../../src/models/sharing/soft-sharing';
import { random } from '../../src/random/random';
import { initialValues } from '../../src/training/initial-values';
import { parameterStepOf, sgd } from '../../src/training/optimizer';
import type { ResidentData } from '../../src/training/prepare';
import { trainStack } from '../../src/training/stack/train-stack';
import { representationProducts } from '../../src/training/steps/representation';
import type { Batch, StackShape } from '../../src/training/steps/stack-shape';
import { taskGradients } from '../../src/training/steps/task-gradients';
import { weightedGradients } from '../../src/training/steps/weighted';
import { binaryTask, expectClose, multiclassTask, regressionTask } from '../models/support';

/*
 * Which losses the heads follow under methods that weigh them apart from the shared parameters. A plain step of one batch of all rows moves
 * every parameter by the rate times its gradient: that of the losses with the heads' weights, or of those with the shared ones.
 */

const ROWS = 12;
const FEATURES = 3;
const RATE = 0.1;
const tasks = [regressionTask('a'), binaryTask('b'), multiclassTask('c', 3)];
const draws = random(2, 'heads test');
const inputs = Float32Array.from({ length: (ROWS + 1) * FEATURES }, (_, i) => (i < ROWS * FEATURES ? draws.normal() : 0));
const labels = Float32Array.from({ length: ROWS * 3 }, (_, i) => [2 + draws.normal(), draws.below(2), draws.below(3)][i % 3]!);
const mask = new Float32Array((ROWS + 1) * 3).fill(1, 0, ROWS * 3);
const rows = Int32Array.from({ length: ROWS }, (_, i) => i);

type Weights = (found: { losses: number[]; gramian: number[][] }) => {
  readonly heads: readonly number[];
  readonly shared: readonly number[];
};

/** By step: IMTL's state is that of the steps before. */
const ofImtl = (): Weights => {
  const method = imtl({ learningRate: 0.4 });
  let state = method.init(3, 0);
  return ({ losses, gramian }) => {
    const result = method.step({ losses, gramian, epoch: 0, step: 0, epochLosses: [], parameterStep: parameterStepOf(sgd()) }, state);
    state = result.state;
    return { heads: result.heads!, shared: result.weights };
  };
};
/** Without a running mean the update is the log losses' gradients, each as long as the longest. */
const ofDbmtl =
  (): Weights =>
  ({ losses, gramian }) => {
    const heads = losses.map((loss) => 1 / loss);
    const lengths = gramian.map((row, t) => heads[t]! * Math.sqrt(row[t]!));
    return { heads, shared: heads.map((weight, t) => (weight * Math.max(...lengths)) / lengths[t]!) };
  };
const ofGradnorm = (): Weights => {
  const session = gradnorm({ learningRate: 0.3 }).start(3);
  return ({ losses, gramian }) => {
    const weights = session.weights(losses, { gramian });
    return { heads: weights, shared: weights };
  };
};

async function trained(method: Method, mode: 'auto' | 'eager'): Promise<void> {
  const network = method.architecture.build({ input: { shape: [FEATURES] }, tasks });
  const { gradients, heads: follow, scale } = method.update;
  const atRepresentation = gradients === 'representation';
  const next = ({ imtl: ofImtl, crmogm: ofImtl, dbmtl: ofDbmtl, gradnorm: ofGradnorm } as Record<string, () => Weights>)[
    method.balancing!.info.name
  ]!();
  const resident = {
    inputs: tf.tensor2d(inputs, [ROWS + 1, FEATURES]),
    labels: tf.tensor2d([...labels, 0, 0, 0], [ROWS + 1, 3]),
    mask: tf.tensor2d(mask, [ROWS + 1, 3]),
  };
  const data: ResidentData = { resident, hasLabel: Uint8Array.from(mask), padding: ROWS, offsets: [0], dispose() {} };
  const { members } = await trainStack(
    method,
    network,
    tasks,
    [FEATURES],
    [
      {
        label: 'test',
        seed: 1,
        train: rows,
        validation: new Int32Array(0),
        predict: rows,
        columns: [0, 1, 2],
        initial: initialValues(network, 1),
        learningRate: RATE,
      },
    ],
    data,
    { epochs: 3, batchSize: ROWS, optimizer: sgd(), mode, snapshots: [0, 1, 2, 3] },
  );
  const { snapshots } = members[0]!;
  expect(snapshots.length).toBe(4);
  const shape: StackShape = { network, tasks, stack: 1, inputShape: [FEATURES], weighted: false, totalSteps: [3] };
  tf.tidy(() => {
    const batch: Batch = { rows: tf.tensor2d(rows, [1, ROWS], 'int32'), seeds: tf.zeros([1, 2], 'int32') };
    const full = { ...resident, classWeights: tf.ones([1, 1]) };
    for (let step = 0; step < 3; step++) {
      const at = snapshots[step]!.parameters.map((values, i) => tf.tensor(values, [1, ...network.parameters[i]!.shape]));
      const found = atRepresentation ? representationProducts(shape, at, full, batch) : taskGradients(shape, at, full, batch);
      const gramian = (found.gramian.arraySync() as number[][][])[0]!;
      const given = next({ losses: [...found.losses.dataSync()], gramian });
      // They differ, or the test could not tell them apart from plain losses.
      if (step > 0) expect(Math.max(...given.heads.map((weight) => Math.abs(weight - 1)))).toBeGreaterThan(0.05);
      const heads = follow === 'plain' ? [1, 1, 1] : given.heads;
      const [own, common] = [heads, given.shared.map((weight) => (scale === 'sum' ? 3 * weight : weight))].map(
        (weights) => weightedGradients(shape, at, full, batch, tf.tensor2d([[...weights]])).gradients,
      );
      for (const [i, { role }] of network.parameters.entries()) {
        const gradient = (role === 'task' ? own : common)![i]!;
        const moved = tf.div(tf.sub(at[i]!, tf.tensor(snapshots[step + 1]!.parameters[i]!, at[i]!.shape)), RATE);
        // Values and gradients of some 1 to 10 in float32: 6e-7 of a value, 10 times that by the rate, and rounding of sums of 12 rows.
        expectClose(moved, gradient, 5e-5);
      }
    }
  });
  tf.dispose(Object.values(resident));
}

const trunk = mlp([6, 4], { activation: 'tanh' });
const upper: UpdateOptions = { gradients: 'representation' };
const scales = (): Balancing => imtl({ learningRate: 0.4 });
const cases: [string, Method][] = [
  ['imtl', hardSharing(trunk).with(scales())],
  ['imtl, towers', hardSharing(trunk, { tower: mlp([3]) }).with(scales())],
  ['imtl, no chain of layers', mmoe({ expert: trunk, experts: 2 }).with(scales())],
  ['imtl at the representation', hardSharing(trunk).with(scales(), upper)],
  ['imtl without shared parameters', softSharing(trunk, { strength: 0 }).with(scales())],
  ['imtl under CR-MOGM that smooths nothing', hardSharing(trunk).with(crmogm({ method: imtl({ learningRate: 0.4 }), alpha: 0 }))],
  ['dbmtl', hardSharing(trunk).with(dbmtl({ beta: 0 }))],
  ['dbmtl, towers', hardSharing(trunk, { tower: mlp([3]) }).with(dbmtl({ beta: 0 }))],
  ['dbmtl, no chain of layers', mmoe({ expert: trunk, experts: 2 }).with(dbmtl({ beta: 0 }))],
  ['dbmtl without shared parameters', softSharing(trunk, { strength: 0 }).with(dbmtl({ beta: 0 }))],
  ...(['imtl', 'dbmtl'] as const).flatMap((name): [string, Method][] => {
    const make = (): Balancing => (name === 'imtl' ? scales() : dbmtl({ beta: 0 }));
    return [
      [`${name}, plain heads`, hardSharing(trunk).with(make(), { heads: 'plain' })],
      [`${name}, the sum`, hardSharing(trunk).with(make(), { scale: 'sum' })],
      [
        `${name}, no chain of layers, plain heads and the sum`,
        mmoe({ expert: trunk, experts: 2 }).with(make(), { heads: 'plain', scale: 'sum' }),
      ],
    ];
  }),
  ['imtl at the representation, plain heads', hardSharing(trunk).with(scales(), { ...upper, heads: 'plain' })],
  ['gradnorm at the representation', hardSharing(trunk).with(gradnorm({ learningRate: 0.3 }), upper)],
];

describe('the losses that heads follow', () => {
  beforeAll(async () => {
    await loadBackend();
  });

  it.each(cases)('%s', async (_, method) => {
    for (const mode of ['auto', 'eager'] as const) await trained(method, mode);
  });

  it('are not guessed for a method that promises weights for them and gives none', async () => {
    const own = imtl();
    const silent = {
      ...own,
      step: (...args: Parameters<typeof own.step>) => {
        const { heads: _, ...rest } = own.step(...args);
        return rest;
      },
    };
    await expect(trained(hardSharing(trunk).with(silent), 'auto')).rejects.toThrow(
      'imtl().step: weighsHeads promises heads, a weight for each of the 3 tasks, got undefined',
    );
  });

  it('rescaling to the length of the mean gradient leaves alone what has no shared parameters', async () => {
    await trained(softSharing(trunk, { strength: 0 }).with(dbmtl({ beta: 0 }), { scale: 'matchMean' }), 'auto');
    await trained(softSharing(trunk, { strength: 0 }).with(scales(), { scale: 'matchMean' }), 'auto');
  });
});
