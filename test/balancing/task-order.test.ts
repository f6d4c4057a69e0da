import { expect, test } from 'vitest';
import { visitingOrder } from '../../src/balancing/task-order';
import { random } from '../../src/random/random';

test('orders', () => {
  expect(Array.from(visitingOrder('index', 3, undefined))).toEqual([0, 1, 2]);
  expect(Array.from(visitingOrder('reverse', 3, undefined))).toEqual([2, 1, 0]);
  expect(Array.from(visitingOrder('random', 5, random(1))).sort()).toEqual([0, 1, 2, 3, 4]);
});
