import { expect, test } from 'vitest';
import { criticalDifference, nemenyi } from '../../../src/study/statistics/nemenyi';
import expected from './expected/statistics.json';

test('criticalDifference goes by the studentized range of SciPy', () => {
  for (const { k, alpha, q } of expected.range) {
    expect(criticalDifference(k, 14, alpha)).toBeCloseTo((q / Math.SQRT2) * Math.sqrt((k * (k + 1)) / (6 * 14)), 6);
  }
});

// Demsar (2006), section 3.2.2: 4 classifiers on 14 data sets, q = 2.569, critical difference 1.25; at 0.10 q = 2.291, 1.12.
test('criticalDifference gives the example of Demsar', () => {
  expect(criticalDifference(4, 14)).toBeCloseTo(1.25, 2);
  expect(criticalDifference(4, 14, 0.1)).toBeCloseTo(1.12, 2);
});

test('nemenyi: p values of SciPy and the groups of the diagram', () => {
  for (const { k, q, p } of expected.rangeP) {
    const unit = Math.sqrt((k * (k + 1)) / (6 * 10));
    const meanRanks = [2, 2 + (q * unit) / Math.SQRT2, ...new Array(k - 2).fill(2)];
    const result = nemenyi(meanRanks, 10);
    expect(result.p[0]![1]).toBeCloseTo(p, 6);
    expect(result.p[1]![0]).toBe(result.p[0]![1]);
    expect(result.p[0]![0]).toBe(1);
  }
  // Critical difference 1.25 again: 1-2 and 2-3 overlap, the fourth stands alone.
  expect(nemenyi([2.1, 1, 3.2, 5], 14).groups).toEqual([
    [1, 0],
    [0, 2],
  ]);
  expect(nemenyi([1, 2.5, 4, 5.5], 14).groups).toEqual([]);
  expect(() => criticalDifference(1, 5)).toThrow(RangeError);
  expect(() => criticalDifference(3, 0)).toThrow(RangeError);
});
