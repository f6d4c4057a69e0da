import { describe, expect, it } from 'vitest';
import { taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { random } from '../../src/random/random';
import { compare } from '../../src/study/compare';
import { binary } from '../../src/tasks/kinds/binary';
import { regression } from '../../src/tasks/kinds/regression';
import { metricsOf, rowContributions, taskMetrics } from '../../src/tasks/task-metrics';
import { steady } from '../study/support/tiny-study';

const draws = random(1, 'metric option');
const rows = 80;
const table = {
  a: Array.from({ length: rows }, () => draws.normal()),
  up: Array.from({ length: rows }, (_, i) => (i === 5 ? null : draws.below(4) === 0 ? 1 : 0)),
  size: Array.from({ length: rows }, () => draws.normal()),
};

describe('the metric of a task', () => {
  it('is the first where it is chosen: for verdicts, margins and evidence', async () => {
    const data = taskData(table, { tasks: { up: binary({ metric: 'averagePrecision' }), size: regression({ metric: 'mae' }) } });
    expect(data.tasks.map((task) => metricsOf(task)[0])).toMatchObject([
      { name: 'averagePrecision', primary: true },
      { name: 'mae', primary: true },
    ]);
    const trunk = mlp([3]);
    const comparison = await compare(data, {
      methods: { single: singleTask(trunk), hard: hardSharing(trunk) },
      seeds: 5,
      epochs: 1,
      batchSize: 16,
      optimizer: steady,
      margin: { averagePrecision: 0.03 },
    });
    expect(comparison.verdicts().map(({ metric, margin }) => [metric, margin])).toEqual([
      ['averagePrecision', 0.03],
      // .02 standard deviations of the label.
      ['mae', expect.closeTo(0.02 * Math.sqrt(variance(table.size)), 10)],
    ]);
    expect(Object.keys(comparison.data.runs[0]!.evidence!.contributions.up!)).toEqual(['averagePrecision', 'logLoss']);
    expect(comparison.report()).toContain('averagePrecision');
  });

  it('is refused where the kind does not have it, or by a wrong margin', () => {
    expect(() => binary({ metric: 'auc' })).toThrow(/'metric' must be 'rocAuc' \| 'averagePrecision'.* got "auc"/);
    expect(() => regression({ metric: 1 as unknown as string })).toThrow(TypeError);
    // The default, said aloud, is the default.
    expect(taskData(table, { tasks: { up: binary({ metric: 'rocAuc' }) } }).tasks[0]).not.toHaveProperty('metric');
  });
});

const variance = (values: readonly number[]): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
};

/** What each row adds, by leaving out one at a time: (n - 1) / n x (mean of the leave-one-out values - that without the row). */
function jackknifeContributions(labeled: readonly number[], without: (row: number) => number, length: number): Float64Array {
  const values = labeled.map(without);
  const center = values.reduce((a, b) => a + b, 0) / labeled.length;
  const result = new Float64Array(length);
  for (const [i, row] of labeled.entries()) result[row] = ((labeled.length - 1) / labeled.length) * (center - values[i]!);
  return result;
}

describe('contributions in closed form', () => {
  // The jackknife is within terms of 1/n of the derivative; of means it is exact.
  it.each([
    ['averagePrecision', 0.15],
    ['accuracy', 1e-9],
    ['f1', 0.15],
    ['brier', 1e-9],
    ['rocAuc', 0.15],
  ])('of %s are those of leaving out each row', (metric, near) => {
    const data = taskData(table, { tasks: { up: binary(), size: regression() } });
    const task = data.tasks[0]!;
    const labels = data.labels[0]!.values;
    // Rounded, so that some scores are tied.
    const scores = Float64Array.from(labels, (label) => Math.round(10 / (1 + Math.exp(-(label || 0) - draws.normal()))) / 10);
    const closed = rowContributions(task, metric, labels, scores);
    expect(Math.abs(closed.reduce((a, b) => a + b, 0))).toBeLessThan(1e-12);
    expect(closed[5]).toBe(0);
    const known = Array.from(labels, (_, i) => i).filter((i) => !Number.isNaN(labels[i]!));
    const without = (row: number): number => {
      const left = labels.map((label, i) => (i === row ? Number.NaN : label));
      return taskMetrics(task, left, scores)[metric]!;
    };
    const jackknife = jackknifeContributions(known, without, labels.length);
    const size = Math.sqrt(jackknife.reduce((sum, one) => sum + one * one, 0));
    const apart = Math.sqrt(jackknife.reduce((sum, one, i) => sum + (one - closed[i]!) ** 2, 0));
    expect(apart).toBeLessThan(near * size);
  });

  it('of the average precision are its derivative by the weights of rows', () => {
    const labels = [1, 0, 1, 1, 0, 0, 1, 0];
    const scores = [0.9, 0.8, 0.8, 0.6, 0.5, 0.5, 0.3, 0.2];
    const weighted = (weights: readonly number[]): number => {
      const positives = labels.reduce((sum, y, i) => sum + y * weights[i]!, 0);
      return labels.reduce((sum, y, i) => {
        if (y === 0) return sum;
        const above = scores.flatMap((score, j) => (score >= scores[i]! ? [j] : []));
        const hits = above.reduce((a, j) => a + labels[j]! * weights[j]!, 0);
        return sum + (weights[i]! * hits) / above.reduce((a, j) => a + weights[j]!, 0) / positives;
      }, 0);
    };
    const data = taskData({ a: scores, up: labels }, { tasks: { up: binary() } });
    const found = rowContributions(data.tasks[0]!, 'averagePrecision', labels, scores);
    const step = 1e-6;
    labels.forEach((_, row) => {
      const at = (change: number): number => weighted(labels.map((_, i) => 1 + (i === row ? change : 0)));
      // Central differences: an error of some step^2 and rounding of 1e-16 / step.
      expect(Math.abs(found[row]! - (at(step) - at(-step)) / (2 * step))).toBeLessThan(1e-8);
    });
  });
});
