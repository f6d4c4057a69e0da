import { describe, expect, it } from 'vitest';
import { pcgrad } from '../../src/balancing';
import { taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import type { Method } from '../../src/models/method';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { compare } from '../../src/study/compare';
import { regression } from '../../src/tasks';
import { notFinite } from '../../src/training/divergence';
import { fit as train } from '../../src/training/fit';
import { type Optimizer, sgd } from '../../src/training/optimizer';
import { tinyData } from '../study/support/tiny-study';

/** Steps well, but for step `at` (from 1), where the rate is `rate`. */
function stumbling(at: number, rate: number): Optimizer {
  const base = sgd({ learningRate: 0.01 });
  return { ...base, scalars: (t, given) => ({ ...base.scalars(t, given), rate: t === at ? rate : given }) };
}

const data = tinyData();
const trunk = mlp([4]);
// 60 rows (48 of them for training with a validation share of .2) in batches of 24: 3 or 2 steps an epoch, 2 epochs.
const options = { epochs: 2, batchSize: 24 };

describe.each([
  ['the plain sum', hardSharing(trunk)],
  ['networks of their own', singleTask(trunk)],
  ['gradient surgery', hardSharing(trunk).with(pcgrad())],
] as [string, Method][])('a step that ruins a model is a failure with its name: %s', (_, method) => {
  it.each([
    ['without validation rows', { validation: 0 }, 6],
    ['with validation rows', { validation: 0.2 }, 4],
    ["with each task's best epoch", { validation: 0.2, stopping: 'perTask' as const }, 4],
  ])('at any step, %s', async (__, more, steps) => {
    // A rate that is no number, and one that leaves finite parameters with products that are not.
    const stumbles = [
      [1, Number.NaN],
      [steps / 2 + 1, 1e30],
      [steps, Number.NaN],
      [steps, 1e30],
    ] as const;
    for (const [at, rate] of stumbles) {
      await expect(
        train(data, method, { ...options, ...more, optimizer: stumbling(at, rate) }),
        `step ${at}, rate ${rate}`,
      ).rejects.toThrow(/^Training ".*" \(seed 0.*\) diverged in epoch [12]: .* is not finite; lower learningRate/);
    }
  });
});

it('names the epoch and what is not finite', async () => {
  const settings = { ...options, validation: 0 };
  const last = train(data, hardSharing(trunk), { ...settings, optimizer: stumbling(6, Number.NaN) });
  await expect(last).rejects.toThrow(
    /diverged in epoch 2: the loss after the last step of task "up" \(NaN\), "size" \(NaN\), "noise" \(NaN\)/,
  );
});

it('in a comparison it is the reason given, not the labels; other runs are as they were', async () => {
  const study = { methods: { hard: hardSharing(trunk) }, seeds: 2, epochs: 1, batchSize: 42 };
  const { data: found } = await compare(data, { ...study, optimizer: stumbling(1, 1e30) });
  expect(found.runs).toHaveLength(2);
  for (const run of found.runs) {
    expect(run.failure).toMatch(/^Training "hard" \(seed \d\) diverged in epoch 1/);
    expect(
      Object.values(run.metrics)
        .flatMap((one) => Object.values(one))
        .every(Number.isNaN),
    ).toBe(true);
  }
  expect(found.notes.join('\n')).not.toContain('too few labels');
  expect((await compare(data, study)).data.runs.every(({ failure }) => failure === undefined)).toBe(true);
});

it('says what is not finite', () => {
  const parameter = (name: string) => ({ name, shape: [2], role: 'shared' as const, decay: true, initial: () => new Float32Array(2) });
  const parameters = [parameter('a'), parameter('b')];
  const fine = Float32Array.of(1, 2);
  expect(notFinite(parameters, [fine, fine], fine)).toBeUndefined();
  expect(notFinite(parameters, [fine, Float32Array.of(1, Number.NaN)], fine)).toBe('parameter "b" is not finite');
  expect(notFinite(parameters, [fine, fine], Float32Array.of(Number.POSITIVE_INFINITY))).toBe('a prediction is not finite');
});

it('without a single validation label of its own, a network keeps its last epoch and does not come back untrained', async () => {
  const rows = 40;
  const x = Array.from({ length: rows }, (_, i) => Math.sin(i));
  const table = taskData({ x, y: x.map((v, i) => (i < 30 ? 2 * v : null)), z: x }, { tasks: { y: regression(), z: regression() } });
  const range = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i);
  const given = { epochs: 3, learningRate: 0.05 };
  const model = await train(table, singleTask(trunk), { ...given, split: { train: range(0, 30), validation: range(30, 40) } });
  const plain = await train(table, singleTask(trunk), { ...given, split: { train: range(0, 30), validation: range(0, 0) } });
  expect(model.predictValues({ x: [1, -1] }).y).toEqual(plain.predictValues({ x: [1, -1] }).y);
});
