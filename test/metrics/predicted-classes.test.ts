import { expect, test } from 'vitest';
import { predictedClasses } from '../../src/metrics/predicted-classes';

test('predictedClasses: above one half, the most probable, the first of equals, NaN for NaN', () => {
  expect([...predictedClasses([0.5, 0.51, 0, Number.NaN], 1)]).toEqual([0, 1, 0, Number.NaN]);
  expect([...predictedClasses([0.2, 0.5, 0.3, 0.4, 0.2, 0.4, Number.NaN, 1, 0, 0, 1, Number.NaN], 3)]).toEqual([
    1,
    0,
    Number.NaN,
    Number.NaN,
  ]);
  expect(() => predictedClasses([1, 2, 3], 2)).toThrow(TypeError);
});
