import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { taskData } from '../../../src/data/task-data';
import { ordinal } from '../../../src/tasks/kinds/ordinal';
import { taskMetrics } from '../../../src/tasks/task-metrics';
import { lossSums } from '../../../src/training/loss';
import expected from '../expected/kinds.json';

const from = expected.ordinal;
const data = taskData({ x: from.score, y: from.labels }, { tasks: { y: ordinal() } });
const task = data.tasks[0]!;
/** Outputs for a score and thresholds: the logit above the lowest level, then what softplus makes the distances of. */
const outputsFor = (score: number): number[] =>
  from.thresholds.map((threshold, k) => (k === 0 ? score - threshold : Math.log(Math.expm1(threshold - from.thresholds[k - 1]! - 1e-3))));

test('loss and probabilities equal statsmodels at the same thresholds', () => {
  const outputs = from.score.map(outputsFor);
  const column = (values: number[]) => tf.tensor3d([values.map((value) => [value])]);
  const { sums } = lossSums([task], tf.tensor3d([outputs]), column(from.labels), column(from.labels.map(() => 1)));
  const total = from.negativeLogLikelihood;
  expect(Math.abs(sums.dataSync()[0]! - total) / total).toBeLessThan(1e-5);
  const probabilities = ordinal.kind.predict(Float64Array.from(outputs.flat()), task, {} as never);
  for (const [i, p] of from.probabilities.flat().entries()) expect(probabilities[i]).toBeCloseTo(p, 12);
});

test('quadratic weighted kappa and MAE of ranks equal scikit-learn', () => {
  const sure = from.guess.flatMap((guess) => task.classes.map((_, c) => Number(c === guess)));
  const metrics = taskMetrics(task, from.labels, sure);
  expect(metrics.quadraticKappa).toBeCloseTo(from.quadraticKappa, 12);
  expect(metrics.rankMae).toBeCloseTo(from.rankMae, 12);
});

test('levels are in the order that is given; their names are checked', () => {
  const table = { x: [1, 2, 3, 4], y: ['high', 'low', null, 'middle'] };
  const read = taskData(table, { tasks: { y: ordinal({ levels: ['low', 'middle', 'high'] }) } });
  expect([...read.labels[0]!.values]).toEqual([2, 0, 1]);
  expect(read.tasks[0]!.outputs).toBe(2);
  expect(() => taskData(table, { tasks: { y: ordinal() } })).toThrow(/the order of its levels is not known \(it holds "high"\); name them/);
  expect(() => taskData(table, { tasks: { y: ordinal({ levels: ['low', 'hihg'] }) } })).toThrow(
    /row 0 \(counted from 0\) holds "high", which is none of the levels "low", "hihg" \(did you mean "hihg"\?\)/,
  );
  expect([...taskData({ x: [1, 2, 3], y: [10, 9, 2] }, { tasks: { y: ordinal() } }).labels[0]!.values]).toEqual([2, 1, 0]);
  expect(() => ordinal({ levels: ['a'] })).toThrow(RangeError);
  expect(() => ordinal({ levels: ['a', 'b', 'a'] })).toThrow(RangeError);
  expect(() => ordinal({ levels: 'a,b' as never })).toThrow(TypeError);
});
