import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { type TaskData, taskData } from '../../../src/data/task-data';
import { inferenceContext } from '../../../src/models/forward-context';
import { chainedTargets, chainOrders } from '../../../src/models/linear/chained-targets';
import { linearMtl } from '../../../src/models/linear/linear-mtl';
import { type LinearPart, targetLearner } from '../../../src/models/linear/out-of-fold';
import { stackedTargets } from '../../../src/models/linear/stacked-targets';
import type { Method } from '../../../src/models/method';
import type { SolvableProblem } from '../../../src/models/network/network';
import { random } from '../../../src/random/random';
import { compare } from '../../../src/study/compare';
import { binary, multiclass, regression } from '../../../src/tasks';
import { load } from '../../../src/training/checkpoint';
import { fit as fitModel } from '../../../src/training/fit';
import { binaryTask, regressionTask } from '../support';

/** The solution of a linear system by elimination. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  for (let c = 0; c < rows.length; c++) {
    const pivot = rows.findIndex(
      (row, i) => i >= c && Math.abs(row[c]!) === Math.max(...rows.slice(c).map((other) => Math.abs(other[c]!))),
    );
    [rows[c], rows[pivot]] = [rows[pivot]!, rows[c]!];
    for (let i = 0; i < rows.length; i++) {
      if (i === c) continue;
      const factor = rows[i]![c]! / rows[c]![c]!;
      rows[i] = rows[i]!.map((v, j) => v - factor * rows[c]![j]!);
    }
  }
  return rows.map((row, i) => row.at(-1)! / row[i]!);
}

const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;

/** Ridge by the normal equations: features of unit variance, (X'X / n + lambda) w = X'y / n, free intercept. */
function ridgeByHand(x: readonly (readonly number[])[], y: readonly number[], lambda: number): (row: readonly number[]) => number {
  const columns = x[0]!.map((_, f) => x.map((row) => row[f]!));
  const center = columns.map(mean);
  const sd = columns.map((column, f) => Math.sqrt(mean(column.map((v) => (v - center[f]!) ** 2))));
  const z = (row: readonly number[]): number[] => row.map((v, f) => (v - center[f]!) / sd[f]!);
  const rows = x.map(z);
  const gram = center.map((_, i) => center.map((__, j) => mean(rows.map((row) => row[i]! * row[j]!)) + (i === j ? lambda : 0)));
  const w = solve(
    gram,
    center.map((_, i) => mean(rows.map((row, r) => row[i]! * (y[r]! - mean(y))))),
  );
  return (row) => mean(y) + z(row).reduce((sum, v, f) => sum + v * w[f]!, 0);
}

/** Predictions of each row by the model of all others. */
const leaveOneOut = (x: readonly (readonly number[])[], y: readonly number[], lambda: number): number[] =>
  x.map((row, r) =>
    ridgeByHand(
      x.filter((_, i) => i !== r),
      y.filter((_, i) => i !== r),
      lambda,
    )(row),
  );

const n = 14;
const rows = Array.from({ length: n }, (_, i) => [Math.sin(1.3 * i), Math.cos(2.1 * i + 0.4), Math.sin(0.7 * i * i)]);
const ya = rows.map(([p, q], i) => 3 + 2 * p! - q! + 0.4 * Math.cos(5 * i));
const yb = ya.map((v, i) => 10 - 3 * v + 0.5 * Math.sin(3 * i));
const table = (from: number, to: number) => {
  const part = rows.slice(from, to);
  return { p: part.map((v) => v[0]!), q: part.map((v) => v[1]!), s: part.map((v) => v[2]!) };
};
const small = (): TaskData =>
  taskData({ ...table(0, 10), a: ya.slice(0, 10), b: yb.slice(0, 10) }, { tasks: { a: regression(), b: regression() } });
const [x, a, b] = [rows.slice(0, 10), ya.slice(0, 10), yb.slice(0, 10)];

async function predicted(data: TaskData, method: Method): Promise<number[][]> {
  const values = (await fitModel(data, method)).predictValues(table(10, n));
  return data.tasks.map(({ name }) => [...values[name]!]);
}

/** Both compute in float64, but the parameters go through float32, each rounded by 6e-8 of itself. */
function expectNear(found: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void {
  for (const [t, own] of expected.entries()) for (const [i, v] of own.entries()) expect(found[t]![i]).toBeCloseTo(v, 3);
}

// With as many folds as rows, each row is predicted by all others, however the folds are dealt.
const options = { folds: 10, lambda: 0.05 };

test('stacked targets are two ridges, by the normal equations', async () => {
  const { lambda } = options;
  const meta = [leaveOneOut(x, a, lambda), leaveOneOut(x, b, lambda)];
  const wide = x.map((row, r) => [...row, meta[0]![r]!, meta[1]![r]!]);
  const first = [ridgeByHand(x, a, lambda), ridgeByHand(x, b, lambda)];
  const second = [ridgeByHand(wide, a, lambda), ridgeByHand(wide, b, lambda)];
  const expected = second.map((model) => rows.slice(10).map((row) => model([...row, ...first.map((own) => own(row))])));
  expectNear(await predicted(small(), stackedTargets(options)), expected);
});

test('chained targets are ridges one after the other, averaged over the orders', async () => {
  const { lambda } = options;
  const chain = (ys: readonly (readonly number[])[], at: readonly number[]): number[] => {
    const own = leaveOneOut(x, ys[0]!, lambda);
    const first = ridgeByHand(x, ys[0]!, lambda)(at);
    const second = ridgeByHand(
      x.map((row, r) => [...row, own[r]!]),
      ys[1]!,
      lambda,
    );
    return [first, second([...at, first])];
  };
  const expected = [0, 1].map((t) =>
    rows.slice(10).map((row) => {
      const [forward, back] = [chain([a, b], row), chain([b, a], row)];
      return (forward[t]! + back[1 - t]!) / 2;
    }),
  );
  expectNear(await predicted(small(), chainedTargets(options)), expected);
});

test('orders differ, and are all orders where there are few', () => {
  expect(chainOrders(3, 10, 1).map(String).sort()).toEqual(['0,1,2', '0,2,1', '1,0,2', '1,2,0', '2,0,1', '2,1,0']);
  const ten = chainOrders(6, 10, 1);
  expect(new Set(ten.map(String)).size).toBe(10);
  for (const order of ten) expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(chainOrders(6, 10, 1)).toEqual(ten);
  expect(chainOrders(6, 10, 2)).not.toEqual(ten);
  expect(chainOrders(1, 10, 0)).toEqual([[0]]);
});

test('a chain reads predictions task by task, and chains are averaged as probabilities and values', () => {
  const tasks = [binaryTask('a'), regressionTask('b'), binaryTask('c')];
  const network = chainedTargets({ chains: 2 }).architecture.build({ input: { shape: [2] }, tasks });
  const r = random(3, 'chains');
  // Two models in a stack; orders a, b, c and c, a, b.
  const orders = [
    [0, 1, 2],
    [2, 0, 1],
  ];
  const weights = Array.from({ length: 2 }, () =>
    orders.map((order) =>
      Array.from({ length: 5 }, (_, f) => tasks.map((__, t) => (f < 2 || order.indexOf(f - 2) < order.indexOf(t) ? r.normal() : 0))),
    ),
  );
  const bias = Array.from({ length: 2 }, () => orders.map(() => [tasks.map(() => r.normal())]));
  const inputs = Array.from({ length: 2 }, () => Array.from({ length: 3 }, () => [r.normal(), r.normal()]));
  const outputs = tf.tidy(
    () =>
      network
        .forward({ 'chains/weights': tf.tensor4d(weights), 'chains/bias': tf.tensor4d(bias) }, tf.tensor3d(inputs), inferenceContext)
        .arraySync() as number[][][],
  );
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
  for (const s of [0, 1]) {
    for (const [i, row] of inputs[s]!.entries()) {
      const each = orders.map((order, c) => {
        const meta = [0, 0, 0];
        for (const t of order) {
          const z = [...row, ...meta].reduce((sum, v, f) => sum + v * weights[s]![c]![f]![t]!, bias[s]![c]![0]![t]!);
          meta[t] = tasks[t]!.kind === 'binary' ? sigmoid(z) : z;
        }
        return meta;
      });
      for (const [t, { kind }] of tasks.entries()) {
        const found = outputs[s]![i]![t]!;
        expect(kind === 'binary' ? sigmoid(found) : found).toBeCloseTo((each[0]![t]! + each[1]![t]!) / 2, 5);
      }
    }
  }
});

describe('predictions out of fold', () => {
  const r = random(8, 'leak');
  const inputs = Array.from({ length: 40 }, () => [r.normal(), r.normal(), r.normal()]);
  const plain = { train: inputs, validation: [] };
  const score = inputs.map((row) => row[0]! + 0.5 * row[1]! + 0.5 * r.normal());
  const problem = (change?: { task: number; row: number }): SolvableProblem => {
    const labels = [Float64Array.from(score), Float64Array.from(score, (z) => (z > 0 ? 1 : 0))];
    labels[0]![3] = Number.NaN;
    if (change) labels[change.task]![change.row] = change.task === 0 ? labels[0]![change.row]! + 25 : 1 - labels[1]![change.row]!;
    return {
      input: { shape: [3] },
      tasks: [regressionTask('value'), binaryTask('sign')],
      train: { inputs, labels },
      validation: { inputs: [], labels: [new Float64Array(0), new Float64Array(0)] },
      seed: 1,
    };
  };
  const scoreBy = ({ weights, intercept }: LinearPart, row: readonly number[]): number =>
    row.reduce((sum, v, f) => sum + v * weights[f]!, intercept);

  test.each([0, 1])('of task %i do not know the label of their row', (task) => {
    const settings = { folds: 5, lambda: null };
    const before = targetLearner('test', problem(), settings).crossFit(task, plain);
    for (const row of [0, 7, 39]) {
      const after = targetLearner('test', problem({ task, row }), settings).crossFit(task, plain);
      expect(after.outOfFold[row]).toBe(before.outOfFold[row]);
      // The other folds' models do see it, and so does the model of all rows.
      expect(after.outOfFold.filter((v, i) => v !== before.outOfFold[i]).length).toBeGreaterThan(20);
      expect(scoreBy(after.model, inputs[row]!)).not.toBe(scoreBy(before.model, inputs[row]!));
    }
  });

  test('are there for rows without a label', () => {
    const { outOfFold } = targetLearner('test', problem(), { folds: 5, lambda: 0.01 }).crossFit(0, plain);
    expect(Math.abs(outOfFold[3]! - (inputs[3]![0]! + 0.5 * inputs[3]![1]!))).toBeLessThan(0.5);
  });

  test('are rates of the class where a fold leaves one class only', () => {
    const { tasks, ...rest } = problem();
    const labels = [new Float64Array(40).fill(Number.NaN), new Float64Array(40)];
    labels[1]![5] = 1;
    const learner = targetLearner('test', { ...rest, tasks, train: { inputs, labels } }, { folds: 4, lambda: null });
    // 30 rows of class 0: (0 + 1/2) / (30 + 1). No row at all: the mean, 0.
    expect(learner.crossFit(1, plain).outOfFold[5]).toBeCloseTo(0.5 / 31, 12);
    expect([...learner.crossFit(0, plain).outOfFold]).toEqual(new Array(40).fill(0));
  });
});

/** Many labels of a, which the inputs tell; 12 of b, which is 2 a + 1 with noise. */
function planted(seed: number): { train: TaskData; inputs: Record<string, number[]>; b: number[] } {
  const r = random(seed, 'planted');
  const features = 25;
  const w = Array.from({ length: features }, () => r.normal());
  const draw = (size: number) => {
    const columns = Object.fromEntries(w.map((_, f) => [`x${f}`, Array.from({ length: size }, () => r.normal())]));
    const clean = Array.from({ length: size }, (_, i) => w.reduce((sum, v, f) => sum + v * columns[`x${f}`]![i]!, 0));
    return { columns, clean };
  };
  const [train, test] = [draw(250), draw(400)];
  const b = train.clean.map((v, i) => (i < 12 ? 2 * v + 1 + 0.3 * r.normal() : null));
  const data = taskData(
    { ...train.columns, a: train.clean.map((v) => v + 0.3 * r.normal()), b },
    { tasks: { a: regression(), b: regression() } },
  );
  return { train: data, inputs: test.columns, b: test.clean.map((v) => 2 * v + 1) };
}

test('a task with few labels learns from the predictions of a task that has many', async () => {
  /** Mean squared error of b in units of its variance, mean over draws of the data. */
  const error = async (method: Method): Promise<number> => {
    const each = [0, 1, 2].map(async (seed) => {
      const { train, inputs, b } = planted(seed);
      const { b: found } = (await fitModel(train, method)).predictValues(inputs);
      return mean(b.map((v, i) => (v - found![i]!) ** 2)) / mean(b.map((v) => (v - mean(b)) ** 2));
    });
    return mean(await Promise.all(each));
  };
  const alone = await error(linearMtl('ridge'));
  expect(alone).toBeGreaterThan(0.3);
  expect(await error(stackedTargets())).toBeLessThan(0.75 * alone);
  // In half of the orders a comes first.
  expect(await error(chainedTargets())).toBeLessThan(0.9 * alone);
});

test('both are compared, saved and loaded as any method', async () => {
  const { train, inputs } = planted(4);
  const labels = train.labels[0]!.values;
  const columns = Object.fromEntries(
    (train.inputs as readonly { readonly name: string; readonly values: Float64Array }[]).map(({ name, values }) => [name, values]),
  );
  const data = taskData(
    { ...columns, a: labels, high: labels.map((v) => (v > 1 ? 1 : 0)) },
    { tasks: { a: regression(), high: binary() } },
  );
  const methods = { ridge: linearMtl('ridge'), stacked: stackedTargets({ folds: 4 }), chains: chainedTargets({ folds: 4, lambda: 0.01 }) };
  const before = tf.memory().numTensors;
  const comparison = await compare(data, { methods, seeds: 2, validation: 0.2 });
  expect(tf.memory().numTensors).toBe(before);
  for (const { metrics } of comparison.data.runs) {
    expect(metrics.a!.r2).toBeGreaterThan(0.9);
    expect(metrics.high!.rocAuc).toBeGreaterThan(0.9);
  }
  for (const method of [methods.stacked, methods.chains]) {
    const model = await fitModel(data, method, { seed: 1 });
    const directory = join(mkdtempSync(join(tmpdir(), 'taskloom-')), 'model');
    await model.save(directory);
    expect((await load(directory)).predictValues(inputs)).toEqual(model.predictValues(inputs));
  }
});

test('what they cannot learn is refused', async () => {
  const data = taskData({ x: [1, 2, 3, 4], y: ['p', 'q', 'r', 'p'] }, { tasks: { y: multiclass() } });
  await expect(fitModel(data, stackedTargets())).rejects.toThrow(
    'stackedTargets: task "y" is multiclass; linear multi-task learning takes binary and regression tasks only',
  );
  await expect(fitModel(small(), chainedTargets({ folds: 11 }))).rejects.toThrow(
    'chainedTargets: folds must be at most the 10 training rows, got 11',
  );
  expect(() => stackedTargets({ folds: 1 })).toThrow(/option 'folds' must be integer >= 2, got 1/);
});
