import { expect, test } from 'vitest';
import { ridge } from '../../src/linear/ridge';
import { expectProx } from './helpers';

test('ridge: value and prox', () => {
  expect(ridge().value(Float64Array.of(3, 4), 1, 2)).toBe(12.5);
  const w = Float64Array.of(3, -4);
  ridge().prox(w, 1, 2, 1);
  expect([...w]).toEqual([1.5, -2]);
  expectProx(ridge(), 3, 4);
});
