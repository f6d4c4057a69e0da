import { expect, test } from 'vitest';
import { pearson } from '../../src/metrics/pearson';
import expected from './expected/metrics.json';

test('pearson equals the reference', () => {
  for (const c of expected.regression) expect(pearson(c.labels, c.predictions)).toBeCloseTo(c.pearson, 12);
});

test('pearson skips missing labels and is NaN where undefined', () => {
  const { labels, predictions, pearson: value } = expected.regression[0]!;
  expect(pearson([Number.NaN, ...labels], [7, ...predictions])).toBeCloseTo(value, 12);
  expect(pearson([Number.NaN], [1])).toBeNaN();
  expect(pearson([1, 2], [1, Number.NaN])).toBeNaN();
  expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN();
  expect(pearson([1, 2, 3], [0.1, 0.1, 0.1])).toBeNaN();
  expect(pearson([1, 2, 4], [-3, -5, -9])).toBe(-1);
  expect(() => pearson([1, 2], [1])).toThrow(TypeError);
});
