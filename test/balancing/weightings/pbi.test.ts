import { expect, test } from 'vitest';
import { pbi } from '../../../src/balancing/weightings/pbi';
import { expectClose, reference } from '../matrices';

test('published value', () => {
  expect(pbi({ theta: 1, weights: [1, 1] }).value([2, 0])).toBeCloseTo(2.828427, 6);
});

test('agrees with TorchJD', () => {
  const { losses, weights, reference: ideal, results } = reference.scalarizers;
  const method = pbi({ theta: 3, weights, reference: ideal });
  expect(method.value(losses)).toBeCloseTo(results.pbi!.value, 12);
  expectClose(method.weights(losses), results.pbi!.weights, 1e-10);
});

test('finite on the direction itself', () => {
  expectClose(pbi().weights([1, 1]), [Math.SQRT1_2, Math.SQRT1_2], 1e-8);
});

test('needs a direction', () => {
  expect(() => pbi({ weights: [0, 0] })).toThrow(RangeError);
});
