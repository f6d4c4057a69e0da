import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { crmogm, gradnorm, mgda } from '../../src/balancing';
import { mlp } from '../../src/models/encoders/mlp';
import type { Method } from '../../src/models/method';
import type { Network } from '../../src/models/network/network';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { mmoe } from '../../src/models/sharing/mmoe';
import { random } from '../../src/random/random';
import { initialValues } from '../../src/training/initial-values';
import { sgd } from '../../src/training/optimizer';
import type { ResidentData } from '../../src/training/prepare';
import type { TrainedMember } from '../../src/training/stack/members';
import { trainStack } from '../../src/training/stack/train-stack';
import { lastSharedLayer } from '../../src/training/steps/task-gradients';
import { regressionTask } from '../models/support';

/*
 * Which gradients GradNorm compares. On a linear trunk of two layers, h = x A + a, z = h B + b, y_t = z c_t + d_t, with squared errors averaged
 * over n rows: the signal by z is r_t = 2 / n (y_t - target) c_t^T, the gradients are h^T r and sum r by B and b, x^T r B^T and sum r B^T by A
 * and a.
 */

const [ROWS, IN, HIDDEN, OUT] = [7, 3, 4, 2];
const draws = random(8, 'last layer');
const normals = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.fround(draws.normal())));
const x = normals(ROWS, IN);
const targets = normals(ROWS, 2).map(([a, b]) => [a!, Math.fround(5 + 4 * b!)]);
const rows = Int32Array.from({ length: ROWS }, (_, i) => i);
const tasks = [regressionTask('p'), regressionTask('q')];

async function trained(method: Method, mode: 'auto' | 'eager'): Promise<{ network: Network; member: TrainedMember }> {
  const network = method.architecture.build({ input: { shape: [IN] }, tasks });
  const resident = {
    inputs: tf.tensor2d([...x, [0, 0, 0]]),
    labels: tf.tensor2d([...targets, [0, 0]]),
    mask: tf.tensor2d([...x.map(() => [1, 1]), [0, 0]]),
  };
  const data: ResidentData = {
    resident,
    hasLabel: Uint8Array.from({ length: 2 * ROWS + 2 }, (_, i) => (i < 2 * ROWS ? 1 : 0)),
    padding: ROWS,
    offsets: [0],
    dispose() {},
  };
  const [member] = (
    await trainStack(
      method,
      network,
      tasks,
      [IN],
      [
        {
          label: 'test',
          seed: 3,
          train: rows,
          validation: new Int32Array(0),
          predict: rows,
          columns: [0, 1],
          initial: initialValues(network, 3),
          learningRate: 0.01,
        },
      ],
      data,
      { epochs: 2, batchSize: ROWS, optimizer: sgd(), mode },
    )
  ).members;
  tf.dispose(Object.values(resident));
  return { network, member: member! };
}

/** Products of the tasks' gradients at the start, by hand: of the last layer, and of both. */
function byHand(network: Network): { last: number[][]; all: number[][] } {
  const values = Object.fromEntries(initialValues(network, 3).map((v, i) => [network.parameters[i]!.name, v]));
  const matrix = (name: string, columns: number): number[][] =>
    Array.from({ length: values[name]!.length / columns }, (_, i) => [...values[name]!.subarray(i * columns, (i + 1) * columns)]);
  const times = (a: number[][], b: number[][]): number[][] =>
    a.map((row) => b[0]!.map((_, j) => row.reduce((s, v, k) => s + v * b[k]![j]!, 0)));
  const transposed = (a: number[][]): number[][] => a[0]!.map((_, j) => a.map((row) => row[j]!));
  const plus = (a: number[][], [b]: number[][]): number[][] => a.map((row) => row.map((v, j) => v + b![j]!));
  const [A, B, c] = [matrix('trunk/0/weights', HIDDEN), matrix('trunk/1/weights', OUT), matrix('heads/weights', 2)];
  const h = plus(times(x, A), matrix('trunk/0/bias', HIDDEN));
  const z = plus(times(h, B), matrix('trunk/1/bias', OUT));
  const y = plus(times(z, c), matrix('heads/bias', 2));
  const ones = [x.map(() => 1)];
  const gradients = [0, 1].map((t) => {
    const r = y.map((row, i) => c.map((weights) => (2 / ROWS) * (row[t]! - targets[i]![t]!) * weights[t]!));
    const below = times(r, transposed(B));
    return {
      last: [...times(transposed(h), r), ...times(ones, r)].flat(),
      first: [...times(transposed(x), below), ...times(ones, below)].flat(),
    };
  });
  const dot = (a: number[], b: number[]): number => a.reduce((s, v, i) => s + v * b[i]!, 0);
  const last = gradients.map((g) => gradients.map((k) => dot(g.last, k.last)));
  return { last, all: gradients.map((g, i) => gradients.map((k, j) => last[i]![j]! + dot(g.first, k.first))) };
}

const linear = { activation: 'linear' } as const;
const trunk = mlp([HIDDEN, OUT], linear);

function expectProducts(found: readonly (readonly number[])[], expected: number[][]): void {
  const size = Math.max(...expected.flat().map(Math.abs));
  // Sums of some 20 products in float32: a few roundings of 6e-8 of the largest.
  for (const [i, row] of expected.entries())
    for (const [j, value] of row.entries()) expect(Math.abs(found[i]![j]! - value)).toBeLessThan(3e-6 * size);
}

describe('the layer whose gradients are compared', () => {
  beforeAll(async () => {
    await loadBackend();
  });

  it.each(['auto', 'eager'] as const)('is the last of the trunk for GradNorm, or all with layer "all", %s', async (mode) => {
    for (const [method, which] of [
      [gradnorm(), 'last'],
      [gradnorm({ layer: 'last' }), 'last'],
      [gradnorm({ layer: 'all' }), 'all'],
      [crmogm({ method: gradnorm() }), 'last'],
      [mgda(), 'all'],
    ] as const) {
      const { network, member } = await trained(hardSharing(trunk).with(method), mode);
      const expected = byHand(network);
      expect(expected.all[0]![0]! / expected.last[0]![0]!).toBeGreaterThan(1.2);
      expectProducts(member.gradients[0]!.gramian, expected[which]);
    }
  });

  it('is the last one with parameters; all where the shared part is no chain', () => {
    const build = (method: Method): Network => method.architecture.build({ input: { shape: [IN] }, tasks });
    const namesOf = (network: Network): string[] => {
      const chosen = lastSharedLayer(network);
      return network.parameters.filter(({ role }) => role === 'shared').flatMap(({ name }, i) => (chosen[i] ? [name] : []));
    };
    expect(namesOf(build(hardSharing(trunk)))).toEqual(['trunk/1/weights', 'trunk/1/bias']);
    expect(namesOf(build(hardSharing(trunk, { tower: mlp([3]) })))).toEqual(['trunk/1/weights', 'trunk/1/bias']);
    const many = build(mmoe({ expert: trunk, experts: 2 }));
    expect(namesOf(many)).toEqual(many.parameters.filter(({ role }) => role === 'shared').map(({ name }) => name));
    const free = trunk.build({ shape: [IN] }, 'trunk');
    const followed = { ...trunk, build: () => [...free, { parameters: [], outputShape: [OUT], apply: (_: unknown, z: tf.Tensor) => z }] };
    expect(namesOf(build(hardSharing(followed)))).toEqual(['trunk/1/weights', 'trunk/1/bias']);
  });
});
