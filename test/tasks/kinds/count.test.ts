import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { fitTargets } from '../../../src/data/targets';
import { taskData } from '../../../src/data/task-data';
import { count } from '../../../src/tasks/kinds/count';
import { taskMetrics } from '../../../src/tasks/task-metrics';
import { lossSums } from '../../../src/training/loss';
import expected from '../expected/kinds.json';

const from = expected.count;
const table = { x: from.logRates, visits: from.counts, years: from.exposures };
const data = taskData(table, { tasks: { visits: count({ exposure: 'years' }) } });
const task = data.tasks[0]!;
const everyRow = [...from.counts.keys()];

test('loss equals the Poisson likelihood of statsmodels with exposure, less that of the counts themselves', () => {
  const cells = tf.tensor3d([from.counts.map((y, i) => [y, from.exposures[i]!])]);
  const { sums, counts } = lossSums([task], tf.tensor3d([from.logRates.map((z) => [z])]), cells, tf.onesLike(cells));
  // What statsmodels has besides, of rates that are what was counted.
  const saturated = from.counts.reduce((sum, y, i) => sum + (y === 0 ? 0 : y - y * Math.log(y / from.exposures[i]!)), 0);
  expect(Math.abs(sums.dataSync()[0]! - (from.loss - saturated)) / from.loss).toBeLessThan(1e-5);
  expect(sums.dataSync()[0]! / from.counts.length).toBeCloseTo(from.deviance / 2, 5);
  expect(counts.dataSync()[0]).toBe(from.counts.length);
});

test('the loss of a rate that is what was counted is 0 but for rounding, which does not take it below', () => {
  const counted = Array.from({ length: 400 }, (_, i) => Math.round(1.03 ** i) + i);
  const plain = { ...task, otherColumns: [] };
  const cells = tf.tensor3d(counted.map((value) => [[value]]));
  const losses = lossSums([plain], tf.tensor3d(counted.map((value) => [[Math.log(value)]])), cells, tf.onesLike(cells)).sums.dataSync();
  for (const [i, loss] of losses.entries()) {
    expect(loss).toBeGreaterThanOrEqual(0);
    expect(loss).toBeLessThan(2 ** -20 * counted[i]! * (1 + Math.log(counted[i]!)));
  }
  // What is no number stays so.
  expect(lossSums([plain], tf.tensor3d([[[Number.NaN]]]), tf.tensor3d([[[1]]]), tf.tensor3d([[[1]]])).sums.dataSync()[0]).toBeNaN();
});

test('deviance equals scikit-learn, predictions are rates', () => {
  const rates = count.kind.predict(Float64Array.from(from.logRates), task, {} as never);
  const target = fitTargets(data, everyRow)[0]!;
  expect(target.mean).toBeCloseTo(from.meanRate, 12);
  const metrics = taskMetrics(task, data.labels[0]!.values, rates, { trainMean: target.mean, length: 2 });
  expect(metrics.deviance).toBeCloseTo(from.deviance, 12);
  // Without exposure, the relative deviance is 1 less scikit-learn's share of explained deviance.
  const plain = taskData({ x: table.x, visits: table.visits }, { tasks: { visits: count() } });
  const means = from.exposures.map((years, i) => years * rates[i]!);
  const mean = fitTargets(plain, everyRow)[0]!.mean;
  expect(taskMetrics(plain.tasks[0]!, plain.labels[0]!.values, means, { trainMean: mean }).relativeDeviance).toBeCloseTo(1 - from.d2, 12);
});

test('what is no count, and a count without exposure, is refused with its row', () => {
  const read = (visits: (number | null | string)[], years: (number | null)[]) => () =>
    taskData({ x: [1, 2, 3], visits, years }, { tasks: { visits: count({ exposure: 'years' }) } });
  expect(read([1, 2.5, 0], [1, 1, 1])).toThrow(/row 1 \(counted from 0\) holds 2.5; expected a count, a whole number of at least 0/);
  expect(read([1, -2, 0], [1, 1, 1])).toThrow(/row 1 \(counted from 0\) holds -2; expected a count/);
  expect(read([1, 2, 0], [1, 0, 1])).toThrow(
    /row 1 \(counted from 0\) has the count 2 over an exposure of 0; expected a number above 0 in column "years"/,
  );
  expect(read([1, 2, 0], [1, null, 1])).toThrow(/over an exposure of nothing/);
  const gaps = read([1, null, 0], [1, null, 2])();
  expect(gaps.rows).toBe(2);
  expect([...gaps.labels[0]!.values]).toEqual([1, 1, 0, 2]);
  expect(gaps.inputs).toMatchObject([{ name: 'x' }]);
});
