import { expect, test } from 'vitest';
import { mean, quantile, standardDeviation } from '../../../src/study/statistics/moments';
import expected from './expected/statistics.json';

test('mean and standardDeviation equal numpy', () => {
  for (const c of expected.t) {
    const differences = c.x.map((x, i) => x - c.y[i]!);
    expect(mean(differences)).toBeCloseTo(c.mean, 14);
    expect(standardDeviation(differences)).toBeCloseTo(c.sd, 14);
  }
  expect(mean([])).toBeNaN();
  expect(standardDeviation([1])).toBeNaN();
});

test('quantile interpolates between order statistics', () => {
  // numpy.quantile([1, 2, 4, 8], [0, .25, .5, .9, 1])
  expect([0, 0.25, 0.5, 0.9, 1].map((p) => quantile([1, 2, 4, 8], p))).toEqual([1, 1.75, 3, expect.closeTo(6.8, 12), 8]);
  expect(quantile([], 0.5)).toBeNaN();
});
