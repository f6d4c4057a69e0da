import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { balancers, weightings } from '../../src/balancing';
import { mlp } from '../../src/models/encoders/mlp';
import type { Balancing, UpdateOptions } from '../../src/models/method';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { random } from '../../src/random/random';
import type { Task } from '../../src/tasks/task';
import { initialValues } from '../../src/training/initial-values';
import { sgd } from '../../src/training/optimizer';
import type { ResidentData } from '../../src/training/prepare';
import { trainStack } from '../../src/training/stack/train-stack';
import { expectClose } from '../models/support';

/*
 * A model with a task that no training row has a label of, beside the model without that task: as seen by its trunk and the other heads, the
 * steps are the same.
 */

const ROWS = 24;
const FEATURES = 3;
const draws = random(11, 'absent task test');
const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => draws.normal());
const inputs = numbers((ROWS + 1) * FEATURES).fill(0, ROWS * FEATURES);
const labels = numbers((ROWS + 1) * 3);
/** Tasks a and c have all labels, or (in gaps) each in other rows; b has none. */
const masks = {
  whole: Float32Array.from({ length: (ROWS + 1) * 3 }, (_, i) => (i < 3 * ROWS && i % 3 !== 1 ? 1 : 0)),
  gaps: Float32Array.from({ length: (ROWS + 1) * 3 }, (_, i) => (i < 3 * ROWS && i % 3 === (Math.floor(i / 3) % 4 === 0 ? 2 : 0) ? 1 : 0)),
};
const task = (name: string): Task => ({ name, kind: 'regression', column: name, classes: [], outputs: 1 });

function residentOf(mask: Float32Array): ResidentData {
  return {
    resident: {
      inputs: tf.tensor2d(inputs, [ROWS + 1, FEATURES]),
      labels: tf.tensor2d(
        labels.map((value, i) => value * mask[i]!),
        [ROWS + 1, 3],
      ),
      mask: tf.tensor2d(mask, [ROWS + 1, 3]),
    },
    hasLabel: Uint8Array.from(mask),
    padding: ROWS,
    offsets: [0],
    dispose() {},
  };
}

async function trained(balancing: Balancing, update: UpdateOptions, names: readonly string[], mask: Float32Array, mode: 'auto' | 'eager') {
  const tasks = names.map(task);
  const method = hardSharing(mlp([5])).with(balancing, update);
  const network = method.architecture.build({ input: { shape: [FEATURES] }, tasks });
  const data = residentOf(mask);
  const { members } = await trainStack(
    method,
    network,
    tasks,
    [FEATURES],
    [
      {
        label: 'test',
        seed: 4,
        train: Int32Array.from({ length: ROWS }, (_, i) => i),
        validation: new Int32Array(0),
        predict: Int32Array.from({ length: ROWS }, (_, i) => i),
        columns: names.map((name) => 'abc'.indexOf(name)),
        initial: initialValues(network, 4),
        learningRate: 0.02,
      },
    ],
    data,
    { epochs: 3, batchSize: 4, optimizer: sgd(), mode },
  );
  tf.dispose(Object.values(data.resident));
  const { parameters, outputs, trainLosses } = members[0]!;
  const width = names.length;
  return {
    trunk: network.parameters.flatMap(({ role }, i) => (role === 'shared' ? [...parameters[i]!] : [])),
    outputs: [...outputs].filter((_, i) => names[i % width] !== 'b'),
    losses: trainLosses.flatMap((means) => means.filter((__, t) => names[t] !== 'b')),
  };
}

const all: [string, Balancing, UpdateOptions][] = [
  ...Object.entries(weightings).flatMap(([name, make]): [string, Balancing, UpdateOptions][] =>
    name === 'fixed' ? [] : [[name, make(), {}]],
  ),
  ...Object.entries(balancers).map(([name, make]): [string, Balancing, UpdateOptions] => [name, make(), {}]),
  ['upgrad at the length of the mean', balancers.upgrad(), { scale: 'matchMean' }],
  ['graddrop at the length of the mean', balancers.graddrop(), { scale: 'matchMean' }],
  ['graddrop at the representation', balancers.graddrop(), { gradients: 'representation' }],
  ['graddrop at the representation, at the length of the mean', balancers.graddrop(), { gradients: 'representation', scale: 'matchMean' }],
  ['imtl at the representation', balancers.imtl({ learningRate: 0.1 }), { gradients: 'representation' }],
  ['mgda at the representation', balancers.mgda(), { gradients: 'representation' }],
  ['mgda at the representation, at the length of the mean', balancers.mgda(), { gradients: 'representation', scale: 'matchMean' }],
];

describe('a task without labels', () => {
  beforeAll(async () => {
    await loadBackend();
  });

  it.for(all)('is absent for %s', async ([, balancing, update]) => {
    for (const mask of Object.values(masks)) {
      for (const mode of ['auto', 'eager'] as const) {
        const three = await trained(balancing, update, ['a', 'b', 'c'], mask, mode);
        const two = await trained(balancing, update, ['a', 'c'], mask, mode);
        // 18 plain steps of rate 0.02 from the same start: rounding of 2^-24 a step, times what a step may magnify it by.
        expectClose(three.trunk, two.trunk, 2e-5);
        expectClose(three.outputs, two.outputs, 5e-5);
        expectClose(three.losses, two.losses, 5e-5);
        expect(three.losses.every(Number.isFinite)).toBe(true);
      }
    }
  });
});
