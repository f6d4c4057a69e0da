import { expect, test } from 'vitest';
import { softmax } from '../../src/balancing/softmax';
import { expectClose } from './matrices';

test('shares, without overflow', () => {
  expectClose(softmax([0, Math.log(3)]), [0.25, 0.75], 1e-15);
  expectClose(softmax([1e300, 1e300]), [0.5, 0.5], 0);
  expect(softmax([-1e300, 0])).toEqual([0, 1]);
});
