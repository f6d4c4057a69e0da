import { expect, test } from 'vitest';
import { fairWeights } from '../../../src/balancing/solvers/fair-weights';
import { flatten, gramianOf } from '../../../src/balancing/solvers/linear-algebra';
import { dot, expectClose, normalMatrix } from '../matrices';

test('orthogonal gradients: w = |g|^(-2 alpha / (1 + alpha))', () => {
  for (const alpha of [0.25, 1, 3]) {
    const weights = fairWeights(Float64Array.of(4, 0, 0, 1e-8), 2, alpha);
    expect(weights[0]! / 4 ** (-alpha / (1 + alpha))).toBeCloseTo(1, 8);
    expect(weights[1]! / 1e-8 ** (-alpha / (1 + alpha))).toBeCloseTo(1, 8);
  }
});

test('two unit gradients at an angle: w = (1 + cos)^(-alpha / (1 + alpha))', () => {
  for (const cosine of [-0.99999, -0.9, -0.3, 0.5, 1]) {
    for (const alpha of [0.5, 1, 2]) {
      const expected = (1 + cosine) ** (-alpha / (1 + alpha));
      const weights = fairWeights(Float64Array.of(1, cosine, cosine, 1), 2, alpha);
      expectClose(Array.from(weights), [expected, expected], 1e-4 * expected);
    }
  }
});

test('a zero gradient has no weight and does not disturb the rest', () => {
  const j = [...normalMatrix(3, 4, 1), [0, 0, 0, 0]];
  const weights = fairWeights(flatten(gramianOf(j)), 4, 1);
  expect(weights[3]).toBe(0);
  expectClose(Array.from(weights).slice(0, 3), Array.from(fairWeights(flatten(gramianOf(j.slice(0, 3))), 3, 1)), 0);
});

test('near-opposite gradients are still solved to their equation', () => {
  const j = [
    [1, 0],
    [-1, 1e-3],
  ];
  const gramian = gramianOf(j);
  const weights = Array.from(fairWeights(flatten(gramian), 2, 1));
  expectClose(
    gramian.map((row, t) => dot(row, weights) * weights[t]!),
    [1, 1],
    1e-3,
  );
});
