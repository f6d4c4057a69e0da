import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adjustedRandIndex } from '../../src/grouping/adjusted-rand';

test('adjustedRandIndex gives the values of scikit-learn 1.9.1', () => {
  expect(adjustedRandIndex([0, 0, 1, 1, 2, 2], [0, 0, 1, 2, 2, 2])).toBeCloseTo(0.4444444444444444, 14);
  expect(adjustedRandIndex([0, 0, 0, 1, 1, 1], [0, 1, 0, 1, 0, 1])).toBeCloseTo(-0.1111111111111111, 14);
  expect(adjustedRandIndex([0, 1, 2], [0, 0, 0])).toBe(0);
  expect(adjustedRandIndex([0, 1, 2], ['x', 'y', 'z'])).toBe(1);
  expect(adjustedRandIndex([0], [1])).toBe(1);
});

test('adjustedRandIndex does not depend on names or on which grouping comes first', () => {
  const labels = fc.array(fc.nat(3), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(labels, labels, (a, b) => {
      const value = adjustedRandIndex(a, b);
      expect(adjustedRandIndex(b, a)).toBeCloseTo(value, 12);
      expect(
        adjustedRandIndex(
          a.map((l) => `g${3 - l}`),
          b,
        ),
      ).toBeCloseTo(value, 12);
      expect(adjustedRandIndex(a, a)).toBe(1);
      expect(value).toBeLessThanOrEqual(1);
    }),
  );
});

test('adjustedRandIndex refuses groupings of different items', () => {
  expect(() => adjustedRandIndex([0, 1], [0])).toThrow('got 2 and 1 items');
  expect(() => adjustedRandIndex([], [])).toThrow(TypeError);
});
