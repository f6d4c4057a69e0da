import { expect, test } from 'vitest';
import { ranks, tieSizes } from '../../../src/study/statistics/ranks';

test('ranks share ties, in both directions', () => {
  // scipy.stats.rankdata([3, 1, 3, 2]) and of the negated values
  expect([...ranks([3, 1, 3, 2])]).toEqual([3.5, 1, 3.5, 2]);
  expect([...ranks([3, 1, 3, 2], 'higher')]).toEqual([1.5, 4, 1.5, 3]);
  expect(tieSizes(ranks([3, 1, 3, 2])).sort()).toEqual([1, 1, 2]);
});
