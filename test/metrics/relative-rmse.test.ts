import { expect, test } from 'vitest';
import { averageRelativeRmse, relativeRmse } from '../../src/metrics/relative-rmse';
import expected from './expected/metrics.json';

test('relativeRmse equals the ratio of scikit-learn errors, and aRRMSE is its mean', () => {
  const cases = expected.regression;
  for (const c of cases) expect(relativeRmse(c.labels, c.predictions, c.trainMean)).toBeCloseTo(c.relativeRmse, 13);
  const mean = averageRelativeRmse(
    [...cases.map((c) => c.labels), [Number.NaN]],
    [...cases.map((c) => c.predictions), [0]],
    [...cases.map((c) => c.trainMean), 0],
  );
  expect(mean).toBeCloseTo((cases[0]!.relativeRmse + cases[1]!.relativeRmse) / 2, 13);
});

test('relativeRmse: 1 for the training mean itself, invariant to units, NaN when the mean is exact', () => {
  const { labels, predictions, trainMean, relativeRmse: value } = expected.regression[0]!;
  const mean = labels.map(() => trainMean);
  expect(relativeRmse(labels, mean, trainMean)).toBe(1);
  const convert = (x: number): number => 1.8 * x + 32;
  expect(relativeRmse(labels.map(convert), predictions.map(convert), convert(trainMean))).toBeCloseTo(value, 12);
  expect(relativeRmse([2, 2], [1, 2], 2)).toBeNaN();
  expect(() => averageRelativeRmse([[1]], [[1]], [])).toThrow(TypeError);
});
