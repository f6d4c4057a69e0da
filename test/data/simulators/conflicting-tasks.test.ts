import { expect, test } from 'vitest';
import { conflictingTasks } from '../../../src/data/simulators';
import { fitLinear, fitPooled, ridge, sharedInputs } from '../../../src/linear';
import { cosine, labelsOf, rowsOf } from './helpers';

test.each([
  [0, 1],
  [0.5, 0],
  [0.75, -Math.SQRT1_2],
  [1, -1],
])('conflictingTasks: conflict %d turns the weights to cosine %d', (conflict, expected) => {
  const s = conflictingTasks({ conflict });
  expect(cosine(s.truth.weights.first!, s.truth.weights.second!)).toBeCloseTo(expected, 12);
  expect(s.truth.cosine).toBeCloseTo(expected, 12);
  const distance = s.truth.weights.first!.reduce((sum, v, f) => sum + (v - s.truth.weights.second![f]!) ** 2, 0);
  expect(s.truth.distance).toBeCloseTo(distance, 12);
});

test('conflictingTasks: one weight vector pays what the truth says, weights of their own do not', () => {
  const s = conflictingTasks({ conflict: 0.75, rows: 5000, noise: 0 });
  const tasks = sharedInputs(rowsOf(s), labelsOf(s));
  const excess = (weights: readonly (readonly number[])[]): number =>
    ['first', 'second'].reduce((sum, name, t) => sum + s.truth.weights[name]!.reduce((d, v, f) => d + (v - weights[t]![f]!) ** 2, 0), 0);
  expect(excess(fitPooled(tasks, { lambda: 0, standardize: false }).weights)).toBeCloseTo(s.truth.distance / 2, 2);
  expect(excess(fitLinear(tasks, ridge(), { lambda: 0, standardize: false }).weights)).toBeLessThan(1e-6);
  expect(() => conflictingTasks({ conflict: -0.1 })).toThrow('conflict must be a number in [0, 1]');
});
