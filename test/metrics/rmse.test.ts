import { expect, test } from 'vitest';
import { rmse } from '../../src/metrics/rmse';
import expected from './expected/metrics.json';

test('rmse equals the reference', () => {
  for (const c of expected.regression) expect(rmse(c.labels, c.predictions)).toBeCloseTo(c.rmse, 12);
});

test('rmse skips missing labels and is NaN where undefined', () => {
  const { labels, predictions, rmse: value } = expected.regression[0]!;
  expect(rmse([Number.NaN, ...labels], [7, ...predictions])).toBeCloseTo(value, 12);
  expect(rmse([Number.NaN], [1])).toBeNaN();
  expect(rmse([1, 2], [1, Number.NaN])).toBeNaN();
  expect(() => rmse([1, 2], [1])).toThrow(TypeError);
});
