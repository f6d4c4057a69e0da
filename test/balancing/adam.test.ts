import { expect, test } from 'vitest';
import { adamStart, adamStep } from '../../src/balancing/adam';
import { expectClose } from './matrices';

test('steps by hand', () => {
  // First step: both corrected moments are the gradient, so each value moves by the learning rate.
  const first = adamStep(adamStart([1, 1]), [3, -0.2], 0.1);
  expectClose(first.values, [0.9, 1.1], 1e-7);
  // Second step with gradients (1, 1): mean (.27 + .1) / .19, square (.009 * .999 + .001) / .001999.
  const second = adamStep(first, [1, 1], 0.1);
  const mean = (0.9 * 0.3 + 0.1) / 0.19;
  const square = (0.999 * 0.009 + 0.001) / 0.001999;
  expect(second.values[0]).toBeCloseTo(first.values[0]! - (0.1 * mean) / (Math.sqrt(square) + 1e-8), 12);
  expect(second.steps).toEqual([2, 2]);
});

test('weight decay adds to the gradient', () => {
  expect(adamStep(adamStart([2]), [0], 0.1, 0.5).values[0]).toBeCloseTo(1.9, 7);
  expect(adamStep(adamStart([2]), [0], 0.1).values[0]).toBe(2);
});
