import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimate } from '../../src/plots/decimate';

test('decimate keeps order, ends and extremes within the limit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 900 }),
      fc.integer({ min: 4, max: 200 }),
      (y, limit) => {
        const kept = decimate(y, limit);
        const values = kept.map((index) => y[index] as number);
        expect(kept.length).toBeLessThanOrEqual(limit);
        expect([...new Set(kept)].sort((a, b) => a - b)).toEqual(kept);
        expect([kept[0], kept.at(-1)]).toEqual([0, y.length - 1]);
        expect(Math.min(...values)).toBe(Math.min(...y));
        expect(Math.max(...values)).toBe(Math.max(...y));
        if (y.length <= limit) expect(values).toEqual(y);
      },
    ),
  );
});

test('decimate finds the extremes behind missing values', () => {
  const y = Array.from({ length: 1000 }, (_, index) => (index % 3 === 0 ? Number.NaN : index === 500 ? 99 : 0));
  expect(decimate(y, 50)).toContain(500);
  expect(() => decimate(y, 3)).toThrow(RangeError);
});
