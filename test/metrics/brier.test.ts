import { expect, test } from 'vitest';
import { brier, multiclassBrier } from '../../src/metrics/brier';
import expected from './expected/metrics.json';

test('brier equals scikit-learn', () => {
  for (const c of expected.binary) expect(brier(c.labels, c.probabilities)).toBeCloseTo(c.brier, 13);
  for (const c of expected.multiclass) expect(multiclassBrier(c.labels, c.probabilities, c.classes)).toBeCloseTo(c.brier, 13);
});

test('a binary task scored as two classes gives twice its Brier score', () => {
  const { labels, probabilities, brier: value } = expected.binary[0]!;
  const both = probabilities.flatMap((p) => [1 - p, p]);
  expect(multiclassBrier(labels, both, 2)).toBeCloseTo(2 * value, 13);
  expect(brier([Number.NaN], [0.5])).toBeNaN();
  expect(brier([Number.NaN, 1], [0.5, 0.5])).toBe(0.25);
});
