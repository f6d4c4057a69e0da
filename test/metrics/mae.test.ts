import { expect, test } from 'vitest';
import { mae } from '../../src/metrics/mae';
import expected from './expected/metrics.json';

test('mae equals the reference', () => {
  for (const c of expected.regression) expect(mae(c.labels, c.predictions)).toBeCloseTo(c.mae, 12);
});

test('mae skips missing labels and is NaN where undefined', () => {
  const { labels, predictions, mae: value } = expected.regression[0]!;
  expect(mae([Number.NaN, ...labels], [7, ...predictions])).toBeCloseTo(value, 12);
  expect(mae([Number.NaN], [1])).toBeNaN();
  expect(mae([1, 2], [1, Number.NaN])).toBeNaN();
  expect(() => mae([1, 2], [1])).toThrow(TypeError);
});
