import { expect, test } from 'vitest';
import { accuracy } from '../../src/metrics/accuracy';
import { predictedClasses } from '../../src/metrics/predicted-classes';
import expected from './expected/metrics.json';

test('accuracy equals scikit-learn', () => {
  for (const c of expected.binary) expect(accuracy(c.labels, predictedClasses(c.probabilities, 1))).toBeCloseTo(c.accuracy, 14);
  for (const c of expected.multiclass) {
    expect(accuracy(c.labels, predictedClasses(c.probabilities, c.classes))).toBeCloseTo(c.accuracy, 14);
  }
});

test('accuracy skips missing labels, is NaN without any or with a broken prediction, and refuses unequal lengths', () => {
  expect(accuracy([1, Number.NaN, 0], [1, Number.NaN, 1])).toBe(0.5);
  expect(accuracy([Number.NaN], [1])).toBeNaN();
  expect(accuracy([], [])).toBeNaN();
  expect(accuracy([1, 0], [1, Number.NaN])).toBeNaN();
  expect(() => accuracy([1, 0], [1])).toThrow(/accuracy: predictions must be \[rows\], 2 numbers for 2 labels; got 1/);
});
