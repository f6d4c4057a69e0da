import { expect, test } from 'vitest';
import { hammingLoss } from '../../src/metrics/hamming-loss';
import expected from './expected/metrics.json';

test('hammingLoss equals scikit-learn and counts labeled cells only', () => {
  const { labels, predicted, hammingLoss: value } = expected.multilabel;
  expect(hammingLoss(labels, predicted)).toBeCloseTo(value, 14);
  expect(
    hammingLoss(
      [
        [1, Number.NaN],
        [0, 1],
      ],
      [
        [0, 0],
        [0, 1],
      ],
    ),
  ).toBeCloseTo(1 / 3, 15);
  expect(hammingLoss([[Number.NaN]], [[1]])).toBeNaN();
  expect(hammingLoss([[1]], [[Number.NaN]])).toBeNaN();
  expect(() => hammingLoss([[1], [1, 0]], [[1], [1, 0]])).toThrow(TypeError);
});
