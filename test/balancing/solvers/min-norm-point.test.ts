import { expect, test } from 'vitest';
import { combinedNorm, flatten, gramianOf } from '../../../src/balancing/solvers/linear-algebra';
import { minNormPoint } from '../../../src/balancing/solvers/min-norm-point';
import { expectClose, normalMatrix, rankedMatrix } from '../matrices';

test('two gradients: the closed form', () => {
  for (let seed = 0; seed < 50; seed++) {
    const g = gramianOf(normalMatrix(2, 2, seed));
    const [a, b, c] = [g[0]![0]!, g[0]![1]!, g[1]![1]!];
    const w = Math.min(1, Math.max(0, (c - b) / (a + c - 2 * b)));
    expectClose(Array.from(minNormPoint(flatten(g), 2)), [w, 1 - w], 1e-9);
  }
});

/** The least norm over a fine grid of the simplex of three tasks. */
function gridNorm(gramian: Float64Array): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= 100; i++) {
    for (let j = 0; j <= 100 - i; j++) best = Math.min(best, combinedNorm(gramian, [i / 100, j / 100, (100 - i - j) / 100]));
  }
  return best;
}

test('three gradients: no point of a grid is shorter', () => {
  for (let seed = 0; seed < 20; seed++) {
    const g = flatten(gramianOf(seed % 2 ? normalMatrix(3, 4, seed) : rankedMatrix(3, 4, 2, seed)));
    const norm = combinedNorm(g, minNormPoint(g, 3));
    const grid = gridNorm(g);
    expect(norm).toBeLessThanOrEqual(grid + 1e-12);
    expect(norm).toBeGreaterThan(grid - 0.1);
  }
});

test('zero gradients share the weight', () => {
  expect(Array.from(minNormPoint(Float64Array.of(0, 0, 0, 0, 4, 0, 0, 0, 0), 3))).toEqual([0.5, 0, 0.5]);
});

test('gradients of very different lengths', () => {
  // Orthogonal gradients: weights proportional to the inverse squared lengths.
  const w = minNormPoint(Float64Array.of(1e24, 0, 0, 1e-12), 2);
  expect(w[0]! / 1e-36).toBeCloseTo(1, 10);
  expect(w[1]).toBe(1);
});
