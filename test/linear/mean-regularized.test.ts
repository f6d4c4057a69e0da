import { expect, test } from 'vitest';
import { meanRegularized } from '../../src/linear/mean-regularized';
import { expectProx } from './helpers';

test('meanRegularized: shrinks toward the mean, which stays', () => {
  const w = Float64Array.of(1, 5, 3, 1);
  expect(meanRegularized().value(w, 2, 2)).toBe(5);
  meanRegularized().prox(w, 2, 2, 1);
  expect([...w]).toEqual([1.5, 4, 2.5, 2]);
  expectProx(meanRegularized(), 3, 4);
});
