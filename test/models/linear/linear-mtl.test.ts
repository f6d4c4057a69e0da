import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { pcgrad } from '../../../src/balancing/aggregators/pcgrad';
import { clusteredTasks, relatedTasks, removeLabels, sharedSparseFeatures } from '../../../src/data/simulators';
import { splitData } from '../../../src/data/split';
import { type TaskData, taskData } from '../../../src/data/task-data';
import { fitGoMtl, fitLinear, fitPooled, type LinearFit, type LinearTask, predictLinear, ridge, traceNorm } from '../../../src/linear';
import { mlp } from '../../../src/models/encoders/mlp';
import { type LinearMtlKind, linearMtl } from '../../../src/models/linear/linear-mtl';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { compare } from '../../../src/study/compare';
import { binary } from '../../../src/tasks/kinds/binary';
import { load } from '../../../src/training/checkpoint';
import { fit as fitModel } from '../../../src/training/fit';
import { adam } from '../../../src/training/optimizer';
import { fitSplit } from '../../../src/training/prepare';
import { trainRuns } from '../../../src/training/runs';

const settings = { epochs: 1, batchSize: 32, optimizer: adam(), mode: 'auto', memoryBudget: 2 ** 30 } as const;
const sparse = sharedSparseFeatures({ tasks: 6, features: 30, relevant: 4, rows: 80 });
const sparseData = taskData(sparse.table, { tasks: sparse.tasks });

/** Test predictions of one run through the engine. */
async function throughEngine(
  data: TaskData,
  kind: LinearMtlKind,
  validation = 0,
): Promise<{ predictions: readonly Float64Array[]; split: ReturnType<typeof splitData> }> {
  const split = splitData(data, { test: 0.3, validation, seed: 0 });
  const [result] = await trainRuns(data, [{ name: kind, method: linearMtl(kind), seed: 7, split, learningRate: 1 }], settings);
  return { predictions: result!.predictions, split };
}

/** The same by the linear functions alone: encoded rows, standardized labels. */
function byHand(
  data: TaskData,
  split: ReturnType<typeof splitData>,
  fitOf: (tasks: LinearTask[], validation: LinearTask[]) => LinearFit,
): number[][] {
  const { encoder, targets } = fitSplit(data, split);
  const rowsOf = (rows: Int32Array): number[][] => {
    const all = encoder.encode(data, rows);
    return Array.from(rows, (_, i) => [...all.subarray(i * encoder.features, (i + 1) * encoder.features)]);
  };
  const tasksOf = (rows: Int32Array): LinearTask[] =>
    data.labels.map(({ task, values }, t) => ({
      name: task.name,
      inputs: rowsOf(rows),
      labels: Array.from(rows, (row) => (values[row]! - targets[t]!.mean) / targets[t]!.sd),
      rows: Array.from(rows, (_, i) => i),
    }));
  const fitted = fitOf(tasksOf(split.train), tasksOf(split.validation));
  const test = rowsOf(split.test);
  return data.tasks.map(({ name }, t) => predictLinear(fitted, name, test).map((z) => z * targets[t]!.sd + targets[t]!.mean));
}

function expectSame(found: readonly Float64Array[], expected: readonly (readonly number[])[]): void {
  expect(found.length).toBe(expected.length);
  for (const [t, own] of found.entries()) {
    expect(own.length).toBe(expected[t]!.length);
    // The parameters go through float32: sums of some ten terms of up to 3, each rounded by 6e-8, in units of some 10.
    own.forEach((v, i) => {
      expect(Math.abs(v - expected[t]![i]!)).toBeLessThan(2e-5 * Math.max(1, Math.abs(expected[t]![i]!)));
    });
  }
}

describe('linearMtl', () => {
  test('is what the linear functions give on the encoded training rows', async () => {
    const single = await throughEngine(sparseData, 'ridge');
    expectSame(
      single.predictions,
      byHand(sparseData, single.split, (tasks) => fitLinear(tasks, ridge(), { seed: 7 })),
    );
    const pooled = await throughEngine(sparseData, 'pooled');
    expectSame(
      pooled.predictions,
      byHand(sparseData, pooled.split, (tasks) => fitPooled(tasks, { seed: 7 })),
    );
    const latent = await throughEngine(sparseData, 'goMtl');
    expectSame(
      latent.predictions,
      byHand(sparseData, latent.split, (tasks) => fitGoMtl(tasks, { seed: 7, maxIterations: 1000 })),
    );
  });

  test('chooses lambda on the validation rows where there are any', async () => {
    const { predictions, split } = await throughEngine(sparseData, 'traceNorm', 0.3);
    expectSame(
      predictions,
      byHand(sparseData, split, (tasks, validation) => fitLinear(tasks, traceNorm(), { validation })),
    );
  });

  test('leaves out missing labels', async () => {
    const holes = removeLabels(sparse, { rate: 0.4, tasks: ['task1', 'task2'] });
    const data = taskData(holes.table, { tasks: holes.tasks });
    const { predictions, split } = await throughEngine(data, 'ridge');
    expectSame(
      predictions,
      byHand(data, split, (tasks) => fitLinear(tasks, ridge(), { seed: 7 })),
    );
  });

  test('joint feature selection beats ridge where few features matter to all tasks, in a comparison', async () => {
    const before = tf.memory().numTensors;
    const comparison = await compare(sparseData, {
      methods: { ridge: linearMtl('ridge'), joint: linearMtl('jointFeatures'), network: hardSharing(mlp([8])) },
      baseline: 'ridge',
      seeds: 5,
      epochs: 3,
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(comparison.deltaM().joint!.total.low).toBeGreaterThan(0);
    const record = comparison.data.runs.find(({ method }) => method === 'joint')!;
    expect(record.bestEpochs).toEqual(Object.fromEntries(sparseData.tasks.map(({ name }) => [name, 1])));
    expect(comparison.data.methods.find(({ name }) => name === 'joint')!.parameters).toBe(6 * 31);
  });

  test('every kind takes binary and regression tasks together, and lies far above chance', async () => {
    const { table, tasks } = clusteredTasks({ groups: 2, tasksPerGroup: 2, features: 8, rows: 240, noise: 0.3 });
    const names = Object.keys(tasks);
    const half = names.slice(2);
    const mixed = {
      ...table,
      ...Object.fromEntries(half.map((name) => [name, table[name]!.map((v) => Number(v > 0))])),
    };
    const data = taskData(mixed, {
      tasks: Object.fromEntries(names.map((name) => [name, { kind: half.includes(name) ? ('binary' as const) : ('regression' as const) }])),
    });
    const graph = { tasks: names, values: names.map((_, i) => names.map((__, j) => (i % 2 === j % 2 ? 1 : Number.NaN))) };
    const comparison = await compare(data, {
      methods: {
        ridge: linearMtl('ridge'),
        lasso: linearMtl('lasso'),
        mean: linearMtl('meanRegularized'),
        joint: linearMtl('jointFeatures'),
        trace: linearMtl('traceNorm'),
        clustered: linearMtl('clustered', { groups: 2 }),
        graph: linearMtl('graphRegularized', { graph }),
        go: linearMtl('goMtl', { latent: 2 }),
      },
      seeds: 1,
      validation: 0.2,
    });
    for (const { metrics, method } of comparison.data.runs) {
      for (const name of names) {
        const { rocAuc, rmse } = metrics[name]!;
        if (half.includes(name)) expect(rocAuc, `${method} ${name}`).toBeGreaterThan(0.9);
        else expect(rmse, `${method} ${name}`).toBeLessThan(0.5);
      }
    }
  });

  test('a strong graph makes the tied tasks predict alike', async () => {
    const { table, tasks } = relatedTasks({ correlation: 0, features: 10, sines: 2, rows: 150 });
    const names = Object.keys(tasks);
    const data = taskData(table, { tasks });
    const graph = {
      tasks: names,
      values: [
        [0, 1],
        [1, 0],
      ],
    };
    const split = splitData(data, { test: 0.3, seed: 0 });
    const weightsOf = async (lambda: number): Promise<Float32Array> => {
      const run = { name: 'graph', method: linearMtl('graphRegularized', { graph, lambda }), seed: 0, split, learningRate: 1 };
      const [result] = await trainRuns(data, [run], settings);
      return result!.parts[0]!.parameters[0]!;
    };
    const gap = (w: Float32Array): number => Math.max(...Array.from(w, (v, i) => (i % 2 === 0 ? Math.abs(v - w[i + 1]!) : 0)));
    expect(gap(await weightsOf(0))).toBeGreaterThan(0.5);
    expect(gap(await weightsOf(1e6))).toBeLessThan(1e-3);
  });

  test('a fitted one is saved and loaded', async () => {
    const model = await fitModel(sparseData, linearMtl('jointFeatures', { lambda: 3 }));
    const folder = join(mkdtempSync(join(tmpdir(), 'taskloom-')), 'linear');
    await model.save(folder);
    const again = await load(folder);
    expect(again.predict(sparse.table).values).toEqual(model.predict(sparse.table).values);
  });

  test('refuses what it cannot learn', async () => {
    const data = taskData({ x: [1, 2, 3, 4, 5, 6], y: ['a', 'b', 'c', 'a', 'b', 'c'] }, { tasks: { y: { kind: 'multiclass' } } });
    await expect(fitModel(data, linearMtl('ridge'))).rejects.toThrow(
      /task "y" is multiclass; linear multi-task learning takes binary and regression/,
    );
    const weighted = taskData({ x: [1, 2, 3, 4], y: [0, 1, 1, 1] }, { tasks: { y: binary({ classWeights: 'balanced' }) } });
    await expect(fitModel(weighted, linearMtl('ridge'))).rejects.toThrow(/task "y" has class weights/);
    expect(() => linearMtl('ridgee' as never)).toThrow(/did you mean 'ridge'\?/);
    expect(() => linearMtl('ridge', { groups: 3 })).toThrow(/option "groups" belongs to the kind "clustered", got the kind "ridge"/);
    expect(() => linearMtl('graphRegularized')).toThrow(/needs the option "graph"/);
    expect(() => linearMtl('graphRegularized', { graph: { tasks: ['a'], values: [] } })).toThrow(/option 'graph' must be/);
    expect(() => linearMtl('ridge', { lambda: -1 })).toThrow(/option 'lambda' must be number >= 0/);
    expect(() => linearMtl('ridge').with(pcgrad())).toThrow(/no gradient steps for pcgrad to balance/);
    const graph = { tasks: ['task0'], values: [[0]] };
    await expect(fitModel(sparseData, linearMtl('graphRegularized', { graph }))).rejects.toThrow(
      /the graph lacks task "task1"; it has task0/,
    );
  });
});
