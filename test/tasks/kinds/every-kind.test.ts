import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { tasksOf } from '../../../src/cli/column-text';
import { fitTargets } from '../../../src/data/targets';
import { taskData } from '../../../src/data/task-data';
import { tokenTensor } from '../../../src/data/tokens';
import { gru } from '../../../src/models/encoders/gru';
import { mlp } from '../../../src/models/encoders/mlp';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { random } from '../../../src/random/random';
import { compare } from '../../../src/study/compare';
import { cellsOf, kindFactory, kindNames, kindOf, metricsFor } from '../../../src/tasks/registry';
import type { TaskSpec } from '../../../src/tasks/task';
import { rowContributions } from '../../../src/tasks/task-metrics';
import { load } from '../../../src/training/checkpoint';
import { fit as train } from '../../../src/training/fit';
import { lossSums } from '../../../src/training/loss';
import { fitSplit, makeResident } from '../../../src/training/prepare';

/*
 * What every kind of task must do. A new kind that is missing here fails: its text on the command line is its entry.
 */
const texts: Readonly<Record<string, { readonly text: string; readonly label: (x: number, noise: number) => unknown }>> = {
  binary: { text: 'binary(yes)', label: (x, e) => (x + e > 0 ? 'yes' : 'no') },
  multiclass: { text: 'multiclass', label: (x, e) => ['a', 'b', 'c'][Math.abs(Math.round(x + e)) % 3] },
  regression: { text: 'regression(lossWeight=2)', label: (x, e) => 3 + 2 * x + e },
  tagging: { text: 'tagging', label: (x, e) => (x + e > 0 ? 'O B-A I-A O' : 'O O B-B O') },
  ordinal: { text: 'ordinal(low,middle,high)', label: (x, e) => (x + e < -0.5 ? 'low' : x + e < 0.7 ? 'middle' : 'high') },
  count: { text: 'count(years)', label: (x, e) => Math.max(0, Math.round(2 * Math.exp(0.3 * x + 0.2 * e))) },
  proportion: { text: 'proportion', label: (x, e) => 1 / (1 + Math.exp(-x - 0.5 * e)) },
};

const rows = 60;
const draws = random(1, 'every kind');
const x = Array.from({ length: rows }, () => draws.normal());
const years = Array.from({ length: rows }, () => 0.5 + draws.uniform());
const columns = (kind: string, name: string) => ({
  [name]: x.map((own, i) => (i % 7 === 0 ? null : texts[kind]!.label(own, draws.normal()))),
});

function dataOf(kind: string) {
  const sequence = kindFactory(kind)!.kind.perPosition;
  const spec = tasksOf(`a=${texts[kind]!.text},b=${texts[kind]!.text}`, ['a', 'b']) as Record<string, TaskSpec>;
  const table = { x, years, ...columns(kind, 'a'), ...columns(kind, 'b') };
  if (!sequence) return taskData(table, { tasks: spec, inputs: ['x'] });
  const inputs = tokenTensor(x.map((value) => (value > 0 ? ['up', 'high', 'high', 'end'] : ['down', 'low', 'low', 'end'])));
  return taskData(table, { tasks: spec, inputs });
}

test('every registered kind is here', () => {
  expect(Object.keys(texts).sort()).toEqual([...kindNames].sort());
});

describe.each([...kindNames])('%s', (name) => {
  const data = dataOf(name);
  const task = data.tasks[0]!;
  const kind = kindOf(task);
  const everyRow = Int32Array.from({ length: data.rows }, (_, i) => i);
  const targets = fitTargets(data, everyRow);
  const wide = data.tasks.reduce((n, own) => n + own.outputs, 0);

  const batch = () => {
    const fitted = fitSplit(data, { train: everyRow, validation: new Int32Array(), test: new Int32Array() });
    const { resident } = makeResident(data, [fitted]);
    const part = (all: tf.Tensor) => tf.expandDims(tf.slice(all as tf.Tensor2D, [0, 0], [data.rows, -1]), 0);
    return { labels: part(resident.labels), mask: part(resident.mask) };
  };

  test('says what it is, and that its tasks fit', () => {
    expect(kind.title.length).toBeGreaterThan(0);
    expect(kind.fits(task)).toBe(true);
    expect(kind.fits({ ...task, outputs: task.outputs + (task.classes.length || 1) + 1 })).toBe(false);
    expect(data.labels[0]!.length).toBe(cellsOf(task));
    expect(kind.metrics.some(({ proper }) => proper)).toBe(true);
  });

  test('its slopes are the derivatives of its loss', () => {
    const { labels, mask } = batch();
    const own = random(2, name);
    const z = Float32Array.from({ length: data.rows * wide }, () => own.normal());
    const total = (values: Float32Array) =>
      tf.tidy(() => lossSums(data.tasks, tf.tensor(values, [1, data.rows, wide]), labels, mask).sums.dataSync()[0]!);
    const slopes = tf.tidy(() =>
      tf
        .grad((outputs: tf.Tensor) => tf.sum(tf.slice(lossSums(data.tasks, outputs, labels, mask).sums, [0, 0], [1, 1])))(
          tf.tensor(z, [1, data.rows, wide]),
        )
        .dataSync(),
    );
    // A quarter of the digits of float32 is the step at which rounding and curvature weigh the same.
    const h = 2 ** -6;
    for (let row = 1; row < 12; row += 3) {
      for (let j = 0; j < Math.min(task.outputs, 8); j++) {
        const at = row * wide + j;
        const moved = (by: number) => total(z.map((value, i) => (i === at ? value + by : value)));
        const difference = (moved(h) - moved(-h)) / (2 * h);
        const rounding = (2 ** -22 * Math.abs(total(z))) / h;
        expect(Math.abs(slopes[at]! - difference)).toBeLessThan(rounding + 0.002 * (1 + Math.abs(difference)));
      }
    }
  });

  test('its loss is never below 0, however sure a prediction is: methods take logarithms of it', () => {
    const { labels, mask } = batch();
    const own = random(5, name);
    const constants = data.tasks.flatMap((one, t) => kind.constants(one, targets[t]!));
    for (let i = 0; i < 50; i++) {
      const outputs = new Array(data.rows)
        .fill(constants)
        .flat()
        .map((value) => value + (10 * i * own.normal()) / 50);
      const alone = tf.reshape(tf.tensor(outputs), [data.rows, 1, wide]);
      const each = (all: tf.Tensor) => tf.reshape(all, [data.rows, 1, -1]);
      const { sums } = lossSums(data.tasks, alone, each(labels), each(mask));
      for (const loss of sums.dataSync()) expect(loss).toBeGreaterThanOrEqual(0);
    }
  });

  test('no constant prediction is better than the one where networks start', () => {
    const { labels, mask } = batch();
    const constants = data.tasks.flatMap((own, t) => kind.constants(own, targets[t]!));
    const losses = (values: readonly number[]) =>
      tf.tidy(
        () =>
          lossSums(data.tasks, tf.tensor(new Array(data.rows).fill(values).flat(), [1, data.rows, wide]), labels, mask).sums.dataSync()[0]!,
      );
    const least = losses(constants);
    // A constant has the same outputs at every position.
    const width = kind.perPosition ? task.classes.length : task.outputs;
    for (let j = 0; j < width; j++)
      for (const by of [-0.05, 0.05]) {
        const other = losses(constants.map((value, i) => (i < task.outputs && i % width === j ? value + by : value)));
        expect(other).toBeGreaterThan(least - 2 ** -20 * Math.abs(least));
      }
  });

  test('two tasks side by side have the losses that each has alone', () => {
    const { labels, mask } = batch();
    const own = random(3, name);
    const z = tf.tensor(
      Float32Array.from({ length: data.rows * wide }, () => own.normal()),
      [1, data.rows, wide],
    );
    const both = lossSums(data.tasks, z, labels, mask);
    const cells = cellsOf(task);
    for (const t of [0, 1]) {
      const part = (all: tf.Tensor, width: number) => tf.slice(all, [0, 0, t * width], [-1, -1, width]);
      const alone = lossSums([data.tasks[t]!], part(z, task.outputs), part(labels, cells), part(mask, cells));
      const [sum, count] = [alone.sums.dataSync()[0]!, alone.counts.dataSync()[0]!];
      expect(Math.abs(both.sums.dataSync()[t]! - sum)).toBeLessThanOrEqual(2 ** -20 * Math.abs(sum));
      expect(both.counts.dataSync()[t]).toBe(count);
    }
  });

  test('contributions of rows are the influence of each row on the metric', () => {
    const own = random(4, name);
    const outputs = Float64Array.from({ length: data.rows * task.outputs }, () => own.normal());
    const predictions = kind.predict(outputs, task, targets[0]!);
    const { values, length } = data.labels[0]!;
    const context = { trainMean: targets[0]!.mean, length };
    const labeled = Array.from({ length: data.rows }, (_, row) => row).filter((row) => !Number.isNaN(values[row * length]!));
    const rowsOf = (all: Float64Array) => {
      const width = all.length / data.rows;
      return Array.from({ length: data.rows }, (_, row) => Array.from(all.subarray(row * width, (row + 1) * width)));
    };
    const [labelRows, predictionRows] = [rowsOf(values), rowsOf(predictions)];
    // So many copies of every row, of one of them one more or less: a central difference by the row's weight.
    const copies = 40;
    for (const { name: metric, score } of metricsFor(task)) {
      const closed = rowContributions(task, metric, values, predictions, context);
      expect(closed.length).toBe(data.rows);
      expect(Math.abs(closed.reduce((a, b) => a + b, 0))).toBeLessThan(1e-9);
      const weighted = (row: number, change: number) => {
        const all = labeled.flatMap((i) => new Array<number>(copies + (i === row ? change : 0)).fill(i));
        const at = (from: readonly number[][]) => all.flatMap((i) => from[i]!);
        return score({ task, labels: at(labelRows), predictions: at(predictionRows), ...context });
      };
      const some = labeled.filter((_, i) => i % 4 === 0);
      const differences = some.map((row) => ((weighted(row, 1) - weighted(row, -1)) * copies) / 2);
      const size = Math.sqrt(some.reduce((sum, row) => sum + closed[row]! ** 2, 0));
      const apart = Math.sqrt(some.reduce((sum, row, i) => sum + (closed[row]! - differences[i]!) ** 2, 0));
      expect(apart / size).toBeLessThan(2 / copies ** 2);
    }
  });

  test('trains, is compared, predicts, saves and loads', async () => {
    const method = hardSharing(kind.perPosition ? gru(8, { perToken: true, embedding: 8 }) : mlp([8]));
    const settings = { epochs: 40, learningRate: 0.02, batchSize: 16, onProgress: () => {} };
    const comparison = await compare(data, { ...settings, methods: { hard: method }, baseline: 'hard', seeds: 2 });
    const primary = metricsFor(task)[0]!;
    for (const { metrics, failure } of comparison.data.runs) {
      expect(failure).toBeUndefined();
      for (const own of metricsFor(task)) expect(metrics.a![own.name]).not.toBeNaN();
      if (primary.name.startsWith('relative')) expect(metrics.a![primary.name]).toBeLessThan(1);
    }
    const model = await train(data, method, settings);
    const table = kind.perPosition ? data : { x: [-2, 0, 2] };
    const before = model.predictValues(table as never);
    const directory = mkdtempSync(join(tmpdir(), 'kind-'));
    try {
      await model.save(join(directory, 'model'));
      expect((await load(join(directory, 'model'))).predictValues(table as never)).toEqual(before);
    } finally {
      rmSync(directory, { recursive: true });
    }
    const predicted = model.predict(table as never) as unknown as { columns: string[] };
    expect(predicted.columns).toContain('a');
  });
});
