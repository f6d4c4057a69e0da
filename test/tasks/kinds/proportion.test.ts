import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { loadBackend } from '../../../src/backend/backend';
import { imtll } from '../../../src/balancing/weightings/imtll';
import { uncertainty } from '../../../src/balancing/weightings/uncertainty';
import { fitTargets } from '../../../src/data/targets';
import { taskData } from '../../../src/data/task-data';
import { mlp } from '../../../src/models/encoders/mlp';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { digamma, trigamma } from '../../../src/numeric/polygamma';
import { random } from '../../../src/random/random';
import { compare } from '../../../src/study/compare';
import { proportion } from '../../../src/tasks/kinds/proportion';
import { regression } from '../../../src/tasks/kinds/regression';
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

/** The highest precision, e^10. */
const most = Math.exp(10);

/** What a loss takes the log density from, by the label's distances to 0 and 1. */
function highest(logY: number, logX: number): number {
  const atEnd = (logDistance: number): number => {
    const logV = (Math.log(2 * Math.PI) - 10 - logDistance) / 2 - 1;
    // ln(1 + v + v^2 / 2), also where v is too large for a number.
    const size = logV > 300 ? 2 * logV - Math.LN2 : Math.log1p(Math.exp(logV) * (1 + Math.exp(logV) / 2));
    return logV - Math.log(size);
  };
  return (10 - Math.log(2 * Math.PI) - logY - logX) / 2 + atEnd(logY) + atEnd(logX);
}
const highestOf = (logit: number): number => highest(-Math.log1p(Math.exp(-logit)), -Math.log1p(Math.exp(logit)));

test('loss equals the beta likelihood of statsmodels and scipy, less the lowest it can be', () => {
  expect(expected.byScipy).toBeCloseTo(expected.negativeLogLikelihood, 12);
  const losses = lossesOf(expected.outputs, expected.labels.map(encode));
  const sum = losses.reduce((a, b) => a + b, 0);
  const least = expected.labels.reduce((all, y) => all + highest(Math.log(y), Math.log1p(-y)), 0);
  expect(Math.abs(sum - least - expected.negativeLogLikelihood)).toBeLessThan(60 * 2e-6);
});

/** ln Gamma, by Stirling's series from 10 on. */
function logGamma(x: number): number {
  if (x < 10) return logGamma(x + 1) - Math.log(x);
  const u = 1 / x ** 2;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + (1 / 12 - u * (1 / 360 - u * (1 / 1260 - u / 1680))) / x;
}

/** The logit of the mean under which a label is the most likely at a precision: psi(a) - psi(b) is the label's logit there. */
function best(logit: number, precision: number): number {
  let [low, high] = [-100, 100];
  for (let i = 0; i < 100; i++) {
    const z = (low + high) / 2;
    if (digamma(precision / (1 + Math.exp(-z))) - digamma(precision / (1 + Math.exp(z))) < logit) low = z;
    else high = z;
  }
  return (low + high) / 2;
}

function logDensity(logit: number, z: number, precision: number): number {
  const [a, b] = [precision / (1 + Math.exp(-z)), precision / (1 + Math.exp(z))];
  const [logY, logX] = [-Math.log1p(Math.exp(-logit)), -Math.log1p(Math.exp(logit))];
  return logGamma(precision) - logGamma(a) - logGamma(b) + (a - 1) * logY + (b - 1) * logX;
}

test('what losses are taken from is at most .08 above the highest density of any label', () => {
  for (let logit = -680; logit <= 0; logit += logit < -40 ? 20 : 0.25) {
    const gap = highestOf(logit) - logDensity(logit, best(logit, most), most);
    // ln Gamma of e^10 is some 2e5: its rounding.
    expect(gap).toBeGreaterThan(-1e-10);
    expect(gap).toBeLessThan(0.074);
    expect(highestOf(-logit)).toBeCloseTo(highestOf(logit), 10);
    // The highest precision has the highest density.
    for (const precision of [0.01, 1, 30, 1e3, 2e4])
      expect(logDensity(logit, best(logit, precision), precision)).toBeLessThan(highestOf(logit) - gap);
  }
});

test('no loss is below 0, also of predictions that could not be better', () => {
  for (const logit of [-80, -30, -13, -10, -7, -3, -1, 0, 0.5, 4, 11, 40]) {
    const z = best(logit, most);
    const [loss] = lossesOf([[z, 10]], [logit]);
    // a and b times logarithms that have lost their last places.
    const rounding = 2 ** -21 * (most / (1 + Math.exp(Math.abs(logit)))) * (1 + Math.abs(logit)) + 2 ** -18 * (1 + Math.abs(logit));
    expect(loss!).toBeGreaterThanOrEqual(0);
    expect(Math.abs(loss! - (highestOf(logit) - logDensity(logit, z, most)))).toBeLessThan(rounding);
  }
});

test.each([
  ['uncertainty', uncertainty, 0.5],
  ['imtll', imtll, 1],
])('%s settles: the weight of a task that is nearly solved is that of its loss', async (_, weighting, product) => {
  const x = Array.from({ length: 64 }, (_, i) => (i - 32) / 16);
  // Densities far above 1: the deviation is some .01.
  const noise = random(6, 'nearly solved');
  const y = x.map((value) => 1 / (1 + Math.exp(-value - 0.05 * noise.normal())));
  const table = taskData({ x, y, size: x.map((value) => value + noise.normal()) }, { tasks: { y: proportion(), size: regression() } });
  const method = hardSharing(mlp([8])).with(weighting({ learningRate: 0.05 }));
  const { data: found } = await compare(table, {
    methods: { method },
    seeds: 1,
    epochs: 300,
    batchSize: 44,
    learningRate: 0.02,
    onProgress: () => {},
  });
  const { weights, trainLosses } = found.runs[0]!;
  const last = trainLosses.y!.at(-1)!;
  // The likelihood is higher than 1 a row, which a loss without the lowest one would show as a negative number.
  expect(last).toBeGreaterThan(0);
  expect(last).toBeLessThan(3);
  // Log variances rest where weight x loss = 1/2, log scales where it is 1, but for what the loss changes within some epochs.
  expect(Math.abs((weights.at(-1)!.values[0]! * last) / product - 1)).toBeLessThan(0.2);
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
    const least = highestOf(logit!);
    expect(Math.abs(losses[i]! - Math.max(0, least - density!))).toBeLessThan(2 ** -21 * (size + Math.abs(least)));
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
  const taken = expected.labels.reduce((all, y) => all + highest(Math.log(y), Math.log1p(-y)), 0);
  expect(Math.abs(losses.reduce((a, b) => a + b, 0) - taken - expected.leastLoss)).toBeLessThan(60 * 2e-6);
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
