import { expect, test } from 'vitest';
import { chebyshev } from '../../../src/balancing/weightings/chebyshev';
import { stch } from '../../../src/balancing/weightings/stch';
import { expectClose } from '../matrices';

test('only the worst task has a weight', () => {
  const method = chebyshev({ weights: [1, 2, 1], reference: [0, 1, 0] });
  expect(method.weights([3, 3, 1])).toEqual([0, 2, 0]);
  expect(method.value([3, 3, 1])).toBe(4);
});

test('ties share', () => {
  expect(chebyshev({ weights: [1, 1, 1] }).weights([2, 2, 1])).toEqual([0.5, 0.5, 0]);
});

test('is the limit of the smooth one', () => {
  const losses = [1.3, 0.4, 2.2];
  expectClose(stch({ mu: 1e-3 }).weights(losses), chebyshev().weights(losses), 1e-12);
  expect(stch({ mu: 1e-3 }).value(losses)).toBeCloseTo(chebyshev().value(losses), 12);
});
