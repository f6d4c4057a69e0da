import { expect, test } from 'vitest';
import { r2 } from '../../src/metrics/r2';
import expected from './expected/metrics.json';

test('r2 equals the reference', () => {
  for (const c of expected.regression) expect(r2(c.labels, c.predictions)).toBeCloseTo(c.r2, 12);
});

test('r2 skips missing labels and is NaN where undefined', () => {
  const { labels, predictions, r2: value } = expected.regression[0]!;
  expect(r2([Number.NaN, ...labels], [7, ...predictions])).toBeCloseTo(value, 12);
  expect(r2([Number.NaN], [1])).toBeNaN();
  expect(r2([1, 2], [1, Number.NaN])).toBeNaN();
  expect(r2([0.1, 0.1, 0.1], [0.1, 0.2, 0.1])).toBeNaN();
  expect(() => r2([1, 2], [1])).toThrow(TypeError);
});
