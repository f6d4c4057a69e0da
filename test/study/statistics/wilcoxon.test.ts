import { expect, test } from 'vitest';
import { wilcoxonSignedRank } from '../../../src/study/statistics/wilcoxon';
import expected from './expected/statistics.json';

test('wilcoxonSignedRank equals SciPy: exact, with ties and zeros over all signs, and by the normal approximation', () => {
  for (const c of expected.wilcoxon) {
    const result = wilcoxonSignedRank(c.d, { zeros: c.zeros as 'wilcox' | 'pratt' });
    expect(Math.min(result.positive, result.negative)).toBe(c.statistic);
    expect(result.p).toBeCloseTo(c.p, 10);
    expect(result.method).toBe(result.n > 50 ? 'normal' : 'exact');
  }
});

test('missing and zero differences are counted; nothing to rank is NaN', () => {
  expect(wilcoxonSignedRank([1, 2, 3, 0, Number.NaN])).toEqual({
    n: 3,
    zeros: 1,
    dropped: 1,
    positive: 6,
    negative: 0,
    p: 0.25,
    method: 'exact',
  });
  expect(wilcoxonSignedRank([0, 0]).p).toBeNaN();
  expect(wilcoxonSignedRank([]).p).toBeNaN();
  expect(() => wilcoxonSignedRank([1], { zeros: 'zsplit' as 'pratt' })).toThrow(RangeError);
});
