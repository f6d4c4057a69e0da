import { expect, test } from 'vitest';
import { lasso } from '../../src/linear/lasso';
import { expectProx } from './helpers';

test('lasso: soft threshold, and the lambda from which all is zero', () => {
  const w = Float64Array.of(3, -0.5, -2, 1);
  expect(lasso().value(w, 2, 2)).toBe(6.5);
  expect(lasso().zeroAt!(w, 2, 2)).toBe(3);
  lasso().prox(w, 2, 2, 1);
  expect([...w]).toEqual([2, -0, -1, 0]);
  expectProx(lasso(), 3, 4);
});
