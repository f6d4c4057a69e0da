import { expect, test } from 'vitest';
import { signFlipTest } from '../../../src/study/statistics/sign-flip-test';
import expected from './expected/statistics.json';

test('signFlipTest equals the exact permutation test of SciPy', () => {
  for (const c of expected.signFlip)
    expect(signFlipTest(c.d)).toEqual({ n: c.d.length, dropped: 0, p: expect.closeTo(c.p, 12), method: 'exact' });
});

test('with many differences random patterns come near the p value over all', () => {
  const { d, p } = expected.signFlipBig;
  const result = signFlipTest(d, { permutations: 20_000, seed: 1 });
  expect(result.method).toBe('Monte Carlo');
  expect(Math.abs(result.p - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 20_000));
});

test('more than 32 differences all flip, and equal sums count in spite of rounding', () => {
  const many = Array.from({ length: 40 }, (_, i) => (i < 33 ? 0 : 1));
  // Only the last seven matter: all of one sign has probability 2 / 2^7.
  expect(Math.abs(signFlipTest(many, { permutations: 20_000 }).p - 2 / 128)).toBeLessThan(0.004);
  expect(signFlipTest([0.1, 0.2, -0.3]).p).toBe(1);
  expect(signFlipTest([0.1, 0.2, 0.3, 0.3, 0.1]).p).toBe(2 / 32);
  expect(signFlipTest([Number.NaN])).toEqual({ n: 0, dropped: 1, p: Number.NaN, method: 'exact' });
  expect(() => signFlipTest([1], { permutations: 0 })).toThrow(RangeError);
});
