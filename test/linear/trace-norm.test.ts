import { expect, test } from 'vitest';
import { traceNorm } from '../../src/linear/trace-norm';
import { expectProx } from './helpers';

test('traceNorm: soft threshold of the singular values, and the lambda from which all is zero', () => {
  // Rotated diag(5, 2) by 3-4-5 rotations: singular values 5 and 2.
  const w = Float64Array.of(0.6 * 5, 0.8 * 2, 0.8 * 5, -0.6 * 2);
  expect(traceNorm().value(w, 2, 2)).toBeCloseTo(7, 12);
  expect(traceNorm().zeroAt!(w, 2, 2)).toBeCloseTo(5, 12);
  traceNorm().prox(w, 2, 2, 3);
  [0.6 * 2, 0, 0.8 * 2, 0].forEach((v, i) => {
    expect(w[i]).toBeCloseTo(v, 12);
  });
  expectProx(traceNorm(), 3, 4);
  expectProx(traceNorm(), 4, 3);
});
