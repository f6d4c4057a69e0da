import { expect, test } from 'vitest';
import { averagePrecision } from '../../src/metrics/average-precision';
import expected from './expected/metrics.json';

test('averagePrecision equals scikit-learn, ties and all', () => {
  for (const c of expected.binary) expect(averagePrecision(c.labels, c.probabilities)).toBeCloseTo(c.averagePrecision, 13);
});

test('averagePrecision: the base rate for a constant score, NaN without positives, missing labels skipped', () => {
  expect(averagePrecision([1, 0, 0, 0], [0.5, 0.5, 0.5, 0.5])).toBe(0.25);
  expect(averagePrecision([0, 0], [0.1, 0.2])).toBeNaN();
  expect(averagePrecision([1, Number.NaN, 0], [0.7, 0.9, 0.1])).toBe(1);
});
