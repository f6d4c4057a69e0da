import { expect, test } from 'vitest';
import { meanRegularised } from '../../src/linear/mean-regularised';
import { expectProx } from './helpers';

test('meanRegularised: shrinks towards the mean, which stays', () => {
  const w = Float64Array.of(1, 5, 3, 1);
  expect(meanRegularised().value(w, 2, 2)).toBe(5);
  meanRegularised().prox(w, 2, 2, 1);
  expect([...w]).toEqual([1.5, 4, 2.5, 2]);
  expectProx(meanRegularised(), 3, 4);
});
