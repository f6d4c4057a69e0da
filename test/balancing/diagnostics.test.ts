import { expect, test } from 'vitest';
import { gradientDiagnostics } from '../../src/balancing/diagnostics';
import { gramianOf } from '../../src/balancing/solvers/linear-algebra';
import { expectClose } from './matrices';

test('cosines, magnitudes and conflicts by hand', () => {
  const j = [
    [3, 4],
    [-1, 0],
    [0, 2],
  ];
  const result = gradientDiagnostics(gramianOf(j));
  expectClose(result.norms, [5, 1, 2], 1e-14);
  expectClose(result.cosines.flat(), [1, -0.6, 0.8, -0.6, 1, 0, 0.8, 0, 1], 1e-14);
  // 2 * 5 * 1 / 26, 2 * 5 * 2 / 29, 2 * 1 * 2 / 5.
  expectClose(result.magnitudeSimilarities.flat(), [1, 10 / 26, 20 / 29, 10 / 26, 1, 0.8, 20 / 29, 0.8, 1], 1e-14);
  expect(result.conflictingShare).toBeCloseTo(1 / 3, 14);
});

test('zero gradients and one task', () => {
  expect(
    gradientDiagnostics([
      [0, 0],
      [0, 4],
    ]),
  ).toEqual({
    norms: [0, 2],
    cosines: [
      [0, 0],
      [0, 1],
    ],
    magnitudeSimilarities: [
      [0, 0],
      [0, 1],
    ],
    conflictingShare: 0,
  });
  expect(gradientDiagnostics([[9]]).conflictingShare).toBe(0);
});

test('bad Gramians', () => {
  expect(() => gradientDiagnostics([[1, 2]])).toThrow(/must be 1 x 1/);
  expect(() =>
    gradientDiagnostics([
      [1, 2],
      [2, Number.NaN],
    ]),
  ).toThrow(/task 1/);
});
