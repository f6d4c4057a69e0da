import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { inferenceContext } from '../../../src/models/forward-context';
import { dropGates, gateEntropy } from '../../../src/models/network/gates';

test('entropy is 1 for equal weights, 0 for one expert, half for two of four', () => {
  expect(gateEntropy([1, 1, 1])).toBeCloseTo(1, 12);
  expect(gateEntropy([0, 5, 0])).toBe(0);
  expect(gateEntropy([0.5, 0.5, 0, 0])).toBeCloseTo(0.5, 12);
  expect(gateEntropy([7])).toBe(0);
  expect(() => gateEntropy([0, 0])).toThrow(RangeError);
  expect(() => gateEntropy([-1, 2])).toThrow(RangeError);
});

test('nothing is dropped outside training', () => {
  const weights = tf.ones([1, 2, 3, 4]);
  expect(dropGates(weights, 0.5, inferenceContext)).toBe(weights);
});
