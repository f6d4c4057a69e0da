import { expect, test } from 'vitest';
import { fitLinear } from '../../src/linear/fit-linear';
import { fitPooled } from '../../src/linear/pooled-ridge';
import { ridge } from '../../src/linear/ridge';
import { expectMatrix, simulate } from './helpers';

const tasks = simulate(
  [
    [1, 2],
    [1.2, 1.8],
    [0.9, 2.1],
  ],
  15,
  0.3,
);
const joined = [{ name: 'all', inputs: tasks.flatMap((t) => t.inputs), labels: tasks.flatMap((t) => Array.from(t.labels)) }];

test('fitPooled is a ridge on the joined rows, repeated for every task', () => {
  const pooled = fitPooled(tasks, { lambda: 0.1, tolerance: 1e-10 });
  const one = fitLinear(joined, ridge(), { lambda: 0.1, tolerance: 1e-10 });
  expectMatrix(
    pooled.weights,
    [0, 1, 2].map(() => one.weights[0]!),
    9,
  );
  expectMatrix([pooled.intercepts], [[0, 1, 2].map(() => one.intercepts[0]!)], 9);
  expect(pooled).toMatchObject({ method: 'pooled-ridge', tasks: ['t0', 't1', 't2'], lambda: 0.1 });
});

test('fitPooled chooses lambda by cross-validation, and cannot weigh tasks', () => {
  const fit = fitPooled(tasks);
  expect(fit.crossValidation!.lambdas[fit.crossValidation!.best]).toBe(fit.lambda);
  expect(Math.abs(fit.weights[0]![0]! - 1.03)).toBeLessThan(0.2);
  expect(() => fitPooled(tasks, { weighting: 'tasks' })).toThrow("weighting must be 'rows'");
});
