import { expect, test } from 'vitest';
import {
  combinedNorm,
  combineRows,
  cosines,
  flatten,
  gramianOf,
  multiply,
  pseudoSolve,
  rankTolerance,
  rowNorms,
  solvePositiveDefinite,
  symmetricEigen,
} from '../../../src/balancing/solvers/linear-algebra';
import { base, expectClose, norm, normalMatrix, rankedMatrix, scaleMatrix } from '../matrices';

test('Gramian, combination and norms', () => {
  expect(gramianOf(base)).toEqual([
    [18, -22],
    [-22, 38],
  ]);
  expect(gramianOf(base, [[1, 0, 0]])).toEqual([[-4], [6]]);
  expect(combineRows(base, [1, 2])).toEqual([8, 3, 3]);
  const flat = flatten(gramianOf(base));
  expect(combinedNorm(flat, [1, 2])).toBeCloseTo(norm([8, 3, 3]), 12);
  expectClose(Array.from(rowNorms(flat, 2)), [Math.sqrt(18), Math.sqrt(38)], 1e-14);
  expect(Array.from(multiply(flat, [1, 2]))).toEqual([-26, 54]);
});

test('cosines, zero rows included', () => {
  const flat = flatten(
    gramianOf([
      [3, 4],
      [0, 0],
      [-1e-120, 0],
    ]),
  );
  expectClose(Array.from(cosines(flat, rowNorms(flat, 3))).slice(0, 6), [1, 0, -0.6, 0, 0, 0], 1e-12);
  const g = flatten(gramianOf(base));
  expect(cosines(g, rowNorms(g, 2))[1]).toBeCloseTo(-22 / Math.sqrt(18 * 38), 14);
});

test('eigenvalues of a known matrix', () => {
  // The path graph's second-difference matrix: 2 - 2 cos(k pi / (n + 1)).
  const n = 7;
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    a[i * n + i] = 2;
    if (i > 0) {
      a[i * n + i - 1] = -1;
      a[(i - 1) * n + i] = -1;
    }
  }
  const values = Array.from(symmetricEigen(a, n).values).sort((x, y) => x - y);
  expectClose(
    values,
    Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1))),
    1e-13,
  );
});

test('eigenvectors rebuild the matrix, whatever its scale', () => {
  for (const tasks of [1, 2, 6, 40]) {
    for (const scale of [1e-8, 1, 1e12]) {
      const a = flatten(gramianOf(scaleMatrix(normalMatrix(tasks, tasks + 1, tasks), scale)));
      const { values, vectors } = symmetricEigen(a, tasks);
      const largest = Math.max(...values);
      for (let i = 0; i < tasks; i++) {
        for (let j = 0; j < tasks; j++) {
          let sum = 0;
          for (let k = 0; k < tasks; k++) sum += vectors[i * tasks + k]! * values[k]! * vectors[j * tasks + k]!;
          expect(Math.abs(sum - a[i * tasks + j]!)).toBeLessThan(1e-12 * largest);
        }
      }
    }
  }
});

test('small eigenvalues of graded matrices keep their relative accuracy', () => {
  // Unit gradients at 60 degrees of lengths 1e6 and 1e-3: the smaller eigenvalue is det / trace to first order.
  const a = Float64Array.of(1e12, 0.5e3, 0.5e3, 1e-6);
  const smaller = Math.min(...symmetricEigen(a, 2).values);
  expect(smaller / 0.75e-6).toBeCloseTo(1, 8);
});

test('the pseudo-inverse of a dependent Gramian', () => {
  const a = flatten(gramianOf(rankedMatrix(5, 6, 2, 1)));
  const eigen = symmetricEigen(a, 5);
  expect(Array.from(eigen.values).filter((value) => value > rankTolerance(eigen.values)).length).toBe(2);
  const b = multiply(a, [1, -2, 3, 0, 1]);
  expectClose(Array.from(multiply(a, pseudoSolve(eigen, b))), Array.from(b), 1e-10);
});

test('Cholesky solution', () => {
  const a = flatten(gramianOf(normalMatrix(6, 9, 4)));
  const x = [1, -1, 2, 0.5, 3, -2];
  expectClose(Array.from(solvePositiveDefinite(a.slice(), multiply(a, x))), x, 1e-9);
});
