import { expect, test } from 'vitest';
import { observed, observedClasses } from '../../src/metrics/observed';

test('observed drops rows without label, with their predictions', () => {
  const rows = observed('m', [1, Number.NaN, 3], [1, 2, Number.NaN, 4, 5, 6], 2);
  expect([...rows.labels]).toEqual([1, 3]);
  expect([...rows.predictions]).toEqual([1, 2, 5, 6]);
  expect(rows.defined).toBe(true);
  expect(observed('m', [1], [Number.POSITIVE_INFINITY]).defined).toBe(false);
  expect(observed('m', [Number.NEGATIVE_INFINITY], [1]).defined).toBe(false);
});

test('observedClasses refuses what is no class code', () => {
  expect(() => observedClasses('m', [0.5], [1], 2, 1)).toThrow(/m: labels must be class codes from 0 to 1 or NaN where missing; got 0.5/);
  expect(() => observedClasses('m', [0], [1], 1, 1)).toThrow(/classes must be an integer of at least 2/);
  expect(() => observedClasses('m', [0], [1], 3, 3)).toThrow(/\[rows, 3\], 3 numbers for 1 labels; got 1/);
});
