import { expect, test } from 'vitest';
import { subsetAccuracy } from '../../src/metrics/subset-accuracy';
import expected from './expected/metrics.json';

test('subsetAccuracy equals scikit-learn; a row counts by the labels it has', () => {
  const { labels, predicted, subsetAccuracy: value } = expected.multilabel;
  expect(subsetAccuracy(labels, predicted)).toBeCloseTo(value, 14);
  // Row 0 right where labeled, row 1 wrong, row 2 without any label.
  const some = [
    [1, 1, Number.NaN],
    [Number.NaN, 0, Number.NaN],
  ];
  expect(
    subsetAccuracy(some, [
      [1, 1, 0],
      [0, 1, 0],
    ]),
  ).toBe(0.5);
  expect(subsetAccuracy([[Number.NaN]], [[1]])).toBeNaN();
  expect(subsetAccuracy([[1]], [[Number.NaN]])).toBeNaN();
});
