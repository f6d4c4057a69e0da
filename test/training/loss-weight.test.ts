import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { mgda } from '../../src/balancing/aggregators/mgda';
import { fixed } from '../../src/balancing/weightings/fixed';
import { joinData } from '../../src/data/join-data';
import { taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import { linearMtl } from '../../src/models/linear/linear-mtl';
import type { Method } from '../../src/models/method';
import { crossStitch } from '../../src/models/sharing/cross-stitch';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { binary, multiclass, regression, tagging } from '../../src/tasks';
import { fit as fitModel } from '../../src/training/fit';
import { sgd } from '../../src/training/optimizer';
import { evaluate } from '../../src/training/steps/evaluate';
import { taskGradients } from '../../src/training/steps/task-gradients';
import { weightedGradients } from '../../src/training/steps/weighted';
import { batchOf, binaryTask, buildOf, expectClose, multiclassTask, problemOf, randomValues, regressionTask } from '../models/support';

const weights = [3, 0.5, 1.5];
const table = Array.from({ length: 80 }, (_, i) => {
  const [x, z] = [Math.sin(i), Math.cos(3 * i)];
  return { x, z, p: x + z > 0 ? 'y' : 'n', q: x * z, r: ['u', 'v', 'w'][i % 3]! };
});
const dataOf = ([p, q, r]: readonly (number | undefined)[]) =>
  taskData(table, {
    tasks: {
      p: binary(p === undefined ? {} : { lossWeight: p }),
      q: regression(q === undefined ? {} : { lossWeight: q }),
      r: multiclass(r === undefined ? {} : { lossWeight: r }),
    },
  });
const plain = dataOf([undefined, undefined, undefined]);
const weighted = dataOf(weights);
const trunk = mlp([6], { activation: 'tanh' });
const settings = { epochs: 4, batchSize: 32, optimizer: sgd({ learningRate: 0.05 }) };
const predict = async (data: typeof plain, method: Method, more = {}): Promise<number[]> => {
  const model = await fitModel(data, method, { ...settings, ...more });
  return Object.values(model.predictValues(plain)).flatMap((values) => [...values]);
};

describe('a weight of a task', () => {
  test.each([
    ['a chain', hardSharing(trunk)],
    ['towers', hardSharing(trunk, { tower: mlp([3]) })],
    ['no chain', crossStitch(trunk)],
  ])('without balancing is a fixed weight: %s', async (_, method) => {
    const expected = await predict(plain, method.with(fixed({ weights })));
    expectClose(await predict(weighted, method), expected, 1e-5);
    expectClose(await predict(weighted, method, { mode: 'eager' }), expected, 1e-4);
  });

  test('comes before balancing: fixed weights multiply with it', async () => {
    const fixedToo = [0.5, 2, 1];
    const both = weights.map((weight, t) => weight * fixedToo[t]!);
    const method = hardSharing(trunk);
    expectClose(
      await predict(weighted, method.with(fixed({ weights: fixedToo }))),
      await predict(plain, method.with(fixed({ weights: both }))),
      1e-5,
    );
  });

  test("scales the task's loss, its row of gradients and its score, for weightings and aggregators alike", () => {
    const tasks = [binaryTask('a'), regressionTask('b'), multiclassTask('c', 3)];
    const own = tasks.map((task, t) => ({ ...task, lossWeight: weights[t]! }));
    tf.tidy(() => {
      for (const method of [hardSharing(trunk), crossStitch(trunk)]) {
        const network = buildOf(method, problemOf(3, tasks));
        const values = randomValues(network, 2);
        const parameters = network.parameters.map(({ name }) => values[name]!);
        const { shape, data, batch } = batchOf(problemOf(3, tasks), network, 2);
        const [before, after] = [shape, { ...shape, tasks: own }].map((s) => taskGradients(s, parameters, data, batch));
        const factors = tf.tensor2d([weights]);
        expectClose(after!.losses, tf.mul(before!.losses, factors));
        const rows = tf.reshape(factors, [1, 3, 1]);
        expectClose(after!.gramian, tf.mul(tf.mul(before!.gramian, rows), tf.transpose(rows, [0, 2, 1])), 1e-5);
        const [single, sum] = [
          weightedGradients({ ...shape, tasks: own }, parameters, data, batch, tf.ones([2, 3])),
          weightedGradients(shape, parameters, data, batch, tf.tile(factors, [2, 1])),
        ];
        for (const [i, g] of single.gradients.entries()) expectClose(g, sum.gradients[i]!, 1e-5);
        const [score, plainScore] = [{ ...shape, tasks: own }, shape].map((s) => evaluate(s, parameters, data, batch.rows));
        const [mean, plainMean] = [score!, plainScore!].map(({ sums, counts }) => tf.div(tf.sum(sums, 1), tf.sum(counts, 1)));
        expectClose(mean!, tf.mul(plainMean!, factors));
      }
    });
  });

  test('reaches aggregators: MGDA turns from the task that it makes long', async () => {
    const method = hardSharing(trunk).with(mgda());
    const [even, uneven] = [await predict(plain, method), await predict(weighted, method)];
    expect(Math.max(...even.map((v, i) => Math.abs(v - uneven[i]!)))).toBeGreaterThan(1e-3);
  });

  test('does not reach the networks of other tasks, which are trained side by side', async () => {
    const two = (a: number, b: number) =>
      taskData(table, { tasks: { p: binary({ lossWeight: a }), s: binary({ column: 'p', lossWeight: b }) } });
    const of = async (a: number, b: number): Promise<Readonly<Record<string, Float64Array>>> =>
      (await fitModel(two(a, b), singleTask(trunk), settings)).predictValues(table);
    const [both, first] = [await of(4, 1), await of(1, 1)];
    expectClose([...both.s!], [...first.s!], 1e-6);
    expect(Math.max(...both.p!.map((v, i) => Math.abs(v - first.p![i]!)))).toBeGreaterThan(1e-3);
  });
});

test('is checked, kept with the task, and refused where nothing uses it', async () => {
  expect(weighted.tasks.map(({ lossWeight }) => lossWeight)).toEqual(weights);
  expect(plain.tasks.every((task) => !('lossWeight' in task))).toBe(true);
  for (const make of [binary, regression, multiclass, tagging]) {
    expect(make({ lossWeight: 2 }).lossWeight).toBe(2);
    for (const wrong of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => make({ lossWeight: wrong })).toThrow(/'lossWeight' must be a finite number above 0, got/);
    expect(() => make({ lossWeight: '2' as never })).toThrow(/'lossWeight' must be a finite number above 0, got "2"/);
  }
  expect(() => taskData(table, { tasks: { p: { kind: 'binary', lossWeight: -2 } } })).toThrow(
    /'lossWeight' must be a finite number above 0, got -2/,
  );
  await expect(fitModel(taskData(table, { tasks: { q: regression({ lossWeight: 2 }) } }), linearMtl('ridge'))).rejects.toThrow(
    /task "q" has a lossWeight, which the linear methods do not take/,
  );
  const part = (lossWeight: number) => taskData(table, { tasks: { q: regression({ lossWeight }) } });
  expect(() => joinData({ one: part(2), two: part(3) })).toThrow(/loss weight 2/);
});
