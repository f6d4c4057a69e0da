import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fitLinear } from '../../src/linear/fit-linear';
import { fitGoMtl } from '../../src/linear/go-mtl';
import { ridge } from '../../src/linear/ridge';
import { random } from '../../src/random/random';
import { expectMatrix, simulate } from './helpers';

/** Two disjoint groups and tasks that mix both, as in the synthetic data of Kumar and Daume. */
const r = random(2, 'go-mtl');
const latent = [0, 1].map(() => Array.from({ length: 12 }, () => 1.5 * r.normal()));
const mixes = [
  [1, 0],
  [0.8, 0],
  [1.2, 0],
  [0, 1],
  [0, 0.9],
  [0, 1.1],
  [0.7, 0.7],
  [0.9, 0.6],
];
const weights = mixes.map(([a, b]) => latent[0]!.map((v, f) => a! * v + b! * latent[1]![f]!));
const data = simulate(weights, 14, 1, 2);

test('fitGoMtl: weights are codes times latent tasks, the objective never rises and is what it says', () => {
  const options = { latent: 2, lambda: 0.01, ridge: 0.02, standardize: false };
  const fit = fitGoMtl(data, options);
  expect(fit.method).toBe('go-mtl');
  expectMatrix(
    fit.weights,
    fit.codes.map((c) => fit.latentTasks[0]!.map((_, f) => c.reduce((sum, v, k) => sum + v * fit.latentTasks[k]![f]!, 0))),
    9,
  );
  for (let i = 1; i < fit.objective.length; i++) expect(fit.objective[i]).toBeLessThanOrEqual(fit.objective[i - 1]! + 1e-12);
  const absolute = fit.codes.flat().reduce((sum, v) => sum + Math.abs(v), 0);
  const squares = fit.latentTasks.flat().reduce((sum, v) => sum + v * v, 0);
  const point = fit.path[0]!;
  expect(point.penalty).toBeCloseTo(absolute, 10);
  expect(point.objective).toBeCloseTo(point.loss + 0.01 * absolute + 0.01 * squares, 10);
  expect(point.converged).toBe(true);
});

test('fitGoMtl: with all latent tasks and hardly a penalty it is independent least squares', () => {
  const small = simulate(
    [
      [1, 2],
      [0.5, -1],
    ],
    20,
    0.3,
  );
  const fit = fitGoMtl(small, { latent: 2, lambda: 1e-8, ridge: 1e-8, tolerance: 1e-10, maxIterations: 100000 });
  expectMatrix(fit.weights, fitLinear(small, ridge(), { lambda: 0, tolerance: 1e-10 }).weights, 3);
});

test('fitGoMtl: beats independent ridge on tasks that share two latent tasks', () => {
  const distance = (found: readonly (readonly number[])[]): number =>
    Math.sqrt(found.reduce((sum, w, t) => sum + w.reduce((s, v, f) => s + (v - weights[t]![f]!) ** 2, 0), 0));
  const fit = fitGoMtl(data, { latent: 2, folds: 3, lambdas: [0.3, 0.1, 0.03] });
  expect(distance(fit.weights)).toBeLessThan(0.7 * distance(fitLinear(data, ridge()).weights));
  expect(fit.crossValidation!.lambdas[fit.crossValidation!.best]).toBe(fit.lambda);
});

test('fitGoMtl: logistic, and a strong lambda empties the codes', () => {
  const classes = data.map((t) => ({ ...t, labels: Array.from(t.labels, (v) => (v > 0 ? 1 : 0)) }));
  const fit = fitGoMtl(classes, { latent: 2, loss: 'logistic', lambda: 100 });
  expect(fit.codes.flat().every((v) => v === 0)).toBe(true);
  fit.intercepts.forEach((b, t) => {
    const rate = (classes[t]!.labels as number[]).reduce((a, v) => a + v, 0) / 14;
    expect(1 / (1 + Math.exp(-b))).toBeCloseTo(rate, 2);
  });
  expect(() => fitGoMtl(data, { latent: 0 })).toThrow('latent must be an integer of at least 1');
});

test('fitGoMtl: ends where the alternation of the paper ends', () => {
  // A NumPy solver that solves each half to the end; see expected/make_go_mtl.py.
  const expected = JSON.parse(readFileSync(join(__dirname, 'expected', 'go_mtl.json'), 'utf8')) as {
    inputs: number[][][];
    labels: number[][];
    latent: number;
    lambda: number;
    ridge: number;
    objective: number;
    weights: number[][];
    codes: number[][];
    latentTasks: number[][];
  };
  const tasks = expected.inputs.map((inputs, t) => ({ name: `t${t}`, inputs, labels: expected.labels[t]! }));
  const { latent: size, lambda, ridge: strength } = expected;
  const exact = { intercept: false, standardize: false, tolerance: 1e-14, maxIterations: 100_000 };
  const fit = fitGoMtl(tasks, { latent: size, lambda, ridge: strength, ...exact });
  expect(fit.path[0]!.objective).toBeCloseTo(expected.objective, 10);
  // Where the objective is within 1e-13 of its least, weights are within some 1e-6: its curvature is .05 and more.
  expectMatrix(fit.weights, expected.weights, 5);
  // The sign of a latent task and of its codes is free.
  const signs = expected.latentTasks.map((row, k) => Math.sign(row.reduce((sum, v, f) => sum + v * fit.latentTasks[k]![f]!, 0)));
  expectMatrix(
    fit.codes.map((row) => row.map((v, k) => signs[k]! * v)),
    expected.codes,
    5,
  );
  expect(fit.codes.flat().filter((v) => v === 0)).toHaveLength(expected.codes.flat().filter((v) => v === 0).length);
});
