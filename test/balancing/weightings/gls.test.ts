import { expect, test } from 'vitest';
import { gls } from '../../../src/balancing/weightings/gls';
import { expectClose, reference } from '../matrices';

test('published value and gradient', () => {
  expect(gls().value([1, 2, 4])).toBeCloseTo(2, 14);
  expectClose(gls().weights([1, 2, 4]), [2 / 3, 1 / 3, 1 / 6], 1e-14);
});

test('agrees with TorchJD', () => {
  const { losses, results } = reference.scalarizers;
  expect(gls().value(losses)).toBeCloseTo(results.gls!.value, 12);
  expectClose(gls().weights(losses), results.gls!.weights, 1e-12);
});

test('no under- or overflow; negative losses are refused', () => {
  expect(gls().value(new Array(400).fill(1e-5))).toBeCloseTo(1e-5, 15);
  expect(gls().value(new Array(400).fill(1e5))).toBeCloseTo(1e5, 5);
  expect(() => gls().weights([1, -1])).toThrow(RangeError);
});
