import { expect, test } from 'vitest';
import { checkTasks, hasBrokenPrediction } from '../../src/metrics/observed-tasks';

test('checkTasks counts rows and refuses columns that do not match', () => {
  expect(checkTasks('m', [[1, 2]], [[1, 2]])).toBe(2);
  expect(checkTasks('m', [], [])).toBe(0);
  expect(() => checkTasks('m', [[1]], [])).toThrow(/got 1 and 0 columns/);
  expect(() => checkTasks('m', [[1, 2]], [[1]])).toThrow(/must have 2 rows/);
});

test('hasBrokenPrediction looks at labeled cells only', () => {
  expect(hasBrokenPrediction([[Number.NaN, 1]], [[Number.NaN, 1]])).toBe(false);
  expect(hasBrokenPrediction([[0, 1]], [[Number.NaN, 1]])).toBe(true);
});
