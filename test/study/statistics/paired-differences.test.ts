import { expect, test } from 'vitest';
import { finiteValues, pairedDifferences } from '../../../src/study/statistics/paired-differences';

test('pairedDifferences: positive is better in both directions, failed seeds are NaN', () => {
  expect([...pairedDifferences([3, 1, Number.NaN, Number.POSITIVE_INFINITY], [1, 2, 3, 4], 'higher')]).toEqual([
    2,
    -1,
    Number.NaN,
    Number.NaN,
  ]);
  expect([...pairedDifferences([3, 1], [1, 2], 'lower')]).toEqual([-2, 1]);
  expect(() => pairedDifferences([1], [1, 2], 'higher')).toThrow(/got 1 and 2 scores/);
  expect([...finiteValues([1, Number.NaN, -2, Number.NEGATIVE_INFINITY])]).toEqual([1, -2]);
});
