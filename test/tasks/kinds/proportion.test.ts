import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { loadBackend } from '../../../src/backend/backend';
import { fitTargets } from '../../../src/data/targets';
import { taskData } from '../../../src/data/task-data';
import { digamma, trigamma } from '../../../src/numeric/polygamma';
import { proportion } from '../../../src/tasks/kinds/proportion';
import { stirlingRest } from '../../../src/tasks/stirling';
import { taskMetrics } from '../../../src/tasks/task-metrics';
import { lossSums } from '../../../src/training/loss';
import expected from '../expected/proportion.json';

beforeAll(async () => {
  await loadBackend();
});

const data = taskData({ x: expected.labels, y: expected.labels }, { tasks: { y: proportion() } });
const task = data.tasks[0]!;
const everyRow = [...expected.labels.keys()];
const encode = (value: number): number => proportion.kind.encode!(value, {} as never, 0);

/** Losses of rows, each by itself in the stack. */
function lossesOf(outputs: readonly (readonly number[])[], logits: readonly number[]): Float32Array {
  const labels = tf.tensor3d(logits.map((logit) => [[logit]]));
  return lossSums([task], tf.tensor3d(outputs.map((own) => [[...own]])), labels, tf.onesLike(labels)).sums.dataSync() as Float32Array;
}

test('loss equals the beta likelihood of statsmodels and scipy', () => {
  expect(expected.byScipy).toBeCloseTo(expected.negativeLogLikelihood, 12);
  const losses = lossesOf(expected.outputs, expected.labels.map(encode));
  const sum = losses.reduce((a, b) => a + b, 0);
  expect(Math.abs(sum - expected.negativeLogLikelihood)).toBeLessThan(60 * 2e-6);
});

test('every density equals scipy as well as float32 can tell', () => {
  const rows = expected.densities;
  const losses = lossesOf(
    rows.map(([z, s]) => [z!, s!]),
    rows.map(([, , logit]) => logit!),
  );
  for (const [i, [z, s, logit, density]] of rows.entries()) {
    // What loses its last places: a and b times logarithms of the mean, of the label, and of what they leave of 1; and the other terms.
    const [a, b] = [1 / (1 + Math.exp(-z!)), 1 / (1 + Math.exp(z!))].map((share) => share * Math.exp(s!)) as [number, number];
    const logs = (sign: number): number => Math.log1p(Math.exp(sign * z!)) + Math.log1p(Math.exp(sign * logit!));
    const size = a * logs(-1) + b * logs(1) + Math.abs(z!) + Math.abs(logit!) + Math.abs(s!) + Math.abs(density!) + 1;
    expect(Math.abs(losses[i]! + density!)).toBeLessThan(2 ** -21 * size);
  }
});

test('ln Gamma and psi equal scipy', () => {
  const points = expected.gamma.map(([x]) => Math.fround(x!));
  const x = tf.tensor1d(points);
  const { rest, slope } = stirlingRest(x, tf.tensor1d(points.map(Math.log)));
  const [rests, slopes] = [rest.dataSync(), slope().dataSync()];
  for (const [i, [at, logGamma, psi, psi1]] of expected.gamma.entries()) {
    expect(Math.abs(digamma(at!) / psi! - 1)).toBeLessThan(1e-13);
    expect(Math.abs(trigamma(at!) / psi1! - 1)).toBeLessThan(1e-13);
    const left = logGamma! - ((at! - 0.5) * Math.log(at!) - at! + 0.5 * Math.log(2 * Math.PI));
    expect(Math.abs(rests[i]! - left)).toBeLessThan(1e-6 * Math.max(1, left));
    expect(Math.abs(slopes[i]! - (at! * (psi! - Math.log(at!)) + 0.5))).toBeLessThan(1e-6);
  }
});

test('outputs that no label suits have finite losses, and slopes that lead back', () => {
  const outputs = [
    [-90, 0],
    [90, 0],
    [0, -150],
    [0, 90],
    [-90, 90],
    [-60, -90],
  ];
  for (const own of outputs) {
    const labels = tf.tensor3d([[[0.5]]]);
    const slopes = tf
      .grad((z: tf.Tensor) => tf.sum(lossSums([task], z, labels, tf.onesLike(labels)).sums))(tf.tensor3d([[own]]))
      .dataSync();
    expect(Number.isFinite(lossesOf([own], [0.5])[0]!)).toBe(true);
    if (own[0] !== 0) expect(slopes[0]! * own[0]!).toBeGreaterThan(0);
    else expect(slopes[1]! * own[1]!).toBeGreaterThan(0);
  }
});

test('networks start at the constants of highest likelihood, as statsmodels finds them', () => {
  const target = fitTargets(data, everyRow)[0]!;
  const constants = proportion.kind.constants(task, target);
  constants.forEach((value, i) => {
    expect(value).toBeCloseTo(expected.constants[i]!, 9);
  });
  const losses = lossesOf(
    everyRow.map(() => constants),
    expected.labels.map(encode),
  );
  expect(Math.abs(losses.reduce((a, b) => a + b, 0) - expected.leastLoss)).toBeLessThan(60 * 2e-6);
  // The equations of the highest likelihood, for labels of every shape.
  for (const labels of [
    [0.5, 0.6],
    [1e-9, 1 - 1e-9, 0.5],
    [1e-12, 0.9, 2e-12],
    [0.31, 0.32, 0.3, 0.9],
    new Array(50).fill(0.01).map((y, i) => y * (i + 1) * 1.9),
  ]) {
    const { mean, sd } = proportion.kind.fit!({ task, values: Float64Array.from(labels), length: 1 }, [...labels.keys()]);
    const precision = (mean * (1 - mean)) / sd ** 2 - 1;
    const [a, b] = [mean * precision, (1 - mean) * precision];
    const meanOf = (of: (y: number) => number): number => labels.map(of).reduce((p, q) => p + q, 0) / labels.length;
    expect(digamma(a) - digamma(a + b)).toBeCloseTo(meanOf(Math.log), 6);
    expect(digamma(b) - digamma(a + b)).toBeCloseTo(
      meanOf((y) => Math.log1p(-y)),
      6,
    );
  }
  const equal = proportion.kind.constants(task, {
    ...target,
    ...proportion.kind.fit!({ task, values: new Float64Array(3).fill(0.2), length: 1 }, [0, 1, 2]),
  });
  expect(equal[0]).toBeCloseTo(Math.log(0.25), 12);
  expect(equal[1]).toBeCloseTo(10, 9);
});

test('predictions are means, their deviance equals statsmodels', () => {
  const means = proportion.kind.predict(Float64Array.from(expected.outputs.flat()), task, {} as never);
  means.forEach((mean, i) => {
    expect(encode(mean)).toBeCloseTo(expected.outputs[i]![0]!, 12);
  });
  const trainMean = fitTargets(data, everyRow)[0]!.mean;
  const metrics = taskMetrics(task, expected.labels, means, { trainMean });
  expect(metrics.deviance).toBeCloseTo(expected.deviance, 12);
  const constant = taskMetrics(task, expected.labels, new Float64Array(60).fill(trainMean), { trainMean });
  expect(constant.relativeDeviance).toBe(1);
  expect(metrics.relativeDeviance).toBeCloseTo(expected.deviance / constant.deviance!, 12);
  for (const value of Object.values(taskMetrics(task, [Number.NaN], [0.5]))) expect(value).toBeNaN();
});

test('what is no proportion is refused with its row and what to do', () => {
  const read = (y: (number | null)[]) => () => taskData({ x: [1, 2, 3], y }, { tasks: { y: proportion() } });
  expect(read([0.5, 0, 0.2])).toThrow(
    /row 1 \(counted from 0\) holds 0; expected a proportion strictly between 0 and 1.*\(y \(n - 1\) \+ 1\/2\) \/ n.*binary\(\)/,
  );
  expect(read([0.5, 0.1, 1])).toThrow(/row 2 \(counted from 0\) holds 1; expected a proportion/);
  expect(read([45, 0.1, 0.4])).toThrow(/row 0 \(counted from 0\) holds 45;.*divide percentages by 100/);
  expect([...read([0.5, null, 0.2])().labels[0]!.values]).toEqual([0.5, 0.2]);
});
