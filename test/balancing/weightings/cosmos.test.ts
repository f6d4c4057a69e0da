import { expect, test } from 'vitest';
import { cosmos } from '../../../src/balancing/weightings/cosmos';
import { expectClose, reference } from '../matrices';

test('published value', () => {
  expect(cosmos({ lambda: 1, weights: [0.5, 0.5] }).value([1, 1])).toBeCloseTo(0, 14);
});

test('agrees with TorchJD', () => {
  const { losses, weights, results } = reference.scalarizers;
  const method = cosmos({ lambda: 2, weights });
  expect(method.value(losses)).toBeCloseTo(results.cosmos!.value, 12);
  expectClose(method.weights(losses), results.cosmos!.weights, 1e-12);
});

test('at the origin the weights are the preferences', () => {
  expect(cosmos().weights([0, 0])).toEqual([0.5, 0.5]);
  expect(cosmos().value([0, 0])).toBe(0);
});
