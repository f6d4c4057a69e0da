import { expect, test } from 'vitest';
import { logOfLosses } from '../../src/balancing/log-losses';

test('logarithms with a floor', () => {
  expect(logOfLosses('x', [1, Math.E, 0])).toEqual([0, 1, Math.log(1e-12)]);
  expect(() => logOfLosses('x', [-1])).toThrow(
    new RangeError('x: the loss of task 0 is -1; this method needs losses that are not negative'),
  );
});
