import { expect, test } from 'vitest';
import { combineRows } from '../../../src/balancing/solvers/linear-algebra';
import { fixed } from '../../../src/balancing/weightings/fixed';
import { base } from '../matrices';

test('weights as given', () => {
  const method = fixed({ weights: [1, 2] });
  expect(method.weights([3, 4])).toEqual([1, 2]);
  expect(method.value([3, 4])).toBe(11);
  // The published value of the constant aggregator.
  expect(combineRows(base, method.weights([3, 4]))).toEqual([8, 3, 3]);
});

test('needs weights that fit', () => {
  expect(() => fixed()).toThrow(new TypeError("fixed(options): option 'weights' is required: array with one number >= 0 a task"));
  expect(() => fixed({ weights: [1, 2] }).weights([1, 2, 3])).toThrow("option 'weights' has 2 numbers for 3 tasks");
  expect(() => fixed({ weights: [-1] })).toThrow(RangeError);
});
