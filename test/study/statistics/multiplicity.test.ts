import fc from 'fast-check';
import { expect, test } from 'vitest';
import { benjaminiHochberg, holm } from '../../../src/study/statistics/multiplicity';
import expected from './expected/statistics.json';

test('holm and benjaminiHochberg equal statsmodels', () => {
  const { p, holm: wanted, bh } = expected.multiplicity;
  holm(p).forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i]!, 14);
  });
  benjaminiHochberg(p).forEach((value, i) => {
    expect(value).toBeCloseTo(bh[i]!, 14);
  });
});

test('holm lies between raw and Bonferroni, keeps the order, and is at least Benjamini-Hochberg', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (p) => {
      const corrected = holm(p);
      const discovery = benjaminiHochberg(p);
      return p.every((one, i) => {
        const ordered = p.every((other, j) => one > other || corrected[i]! <= corrected[j]!);
        return corrected[i]! >= one && corrected[i]! <= Math.min(1, p.length * one) && ordered && discovery[i]! <= corrected[i]! + 1e-15;
      });
    }),
  );
});

test('a test that was not possible stays NaN and counts in the family', () => {
  expect(holm([0.01, Number.NaN, 0.5])).toEqual([0.03, Number.NaN, 1]);
  expect(benjaminiHochberg([0.01, Number.NaN])).toEqual([0.02, Number.NaN]);
  expect(holm([])).toEqual([]);
  expect(() => holm([1.2])).toThrow(/\[0, 1\]/);
});
