import { expect, test } from 'vitest';
import { flatten, gramianOf } from '../../../src/balancing/solvers/linear-algebra';
import { minimiseNonNegative } from '../../../src/balancing/solvers/non-negative-quadratic';
import { expectClose, normalMatrix, rankedMatrix } from '../matrices';

test('by hand', () => {
  // x1^2 + x2^2 / 2 - 2 x1 + x2: the second variable is held at 0.
  expectClose(Array.from(minimiseNonNegative(Float64Array.of(2, 0, 0, 1), Float64Array.of(2, -1))), [1, 0], 1e-15);
  expectClose(Array.from(minimiseNonNegative(Float64Array.of(2, 1, 1, 2), Float64Array.of(3, 3))), [1, 1], 1e-15);
  expectClose(Array.from(minimiseNonNegative(Float64Array.of(0, 0, 0, 1), Float64Array.of(1, 1))), [0, 1], 1e-15);
});

test('optimality conditions on random and dependent problems up to 40 variables', () => {
  for (const n of [1, 2, 5, 12, 40]) {
    for (let seed = 0; seed < 10; seed++) {
      const factor = seed % 2 === 0 ? normalMatrix(n, n + 2, seed) : rankedMatrix(n, n + 2, Math.max(1, n >> 1), seed);
      const a = flatten(gramianOf(factor));
      // In the range of A, so that a minimum exists.
      const f = Float64Array.from(factor, (row) => row.reduce((sum, value, p) => sum + value * Math.cos(p + seed), 0));
      const x = minimiseNonNegative(a, f);
      for (let i = 0; i < n; i++) {
        let gradient = -f[i]!;
        for (let j = 0; j < n; j++) gradient += a[i * n + j]! * x[j]!;
        expect(x[i]).toBeGreaterThanOrEqual(0);
        expect(gradient).toBeGreaterThan(-1e-8);
        expect(Math.abs(gradient * x[i]!)).toBeLessThan(1e-7);
      }
    }
  }
});
