import { expect, test } from 'vitest';
import { equal } from '../../../src/balancing/weightings/equal';

test('weights 1, or 1 / T', () => {
  expect(equal().weights([1, 2, 4])).toEqual([1, 1, 1]);
  expect(equal().value([1, 2, 4])).toBe(7);
  expect(equal({ reduction: 'mean' }).weights([1, 2, 4, 5])).toEqual([0.25, 0.25, 0.25, 0.25]);
  expect(equal({ reduction: 'mean' }).value([1, 2, 4, 5])).toBe(3);
});
