import { expect, test } from 'vitest';
import { jointFeatures } from '../../src/linear/joint-feature-selection';
import { expectProx } from './helpers';

test('jointFeatures: group soft threshold over tasks, and the lambda from which all is zero', () => {
  // Features (3, 4) and (0.6, 0.8): norms 5 and 1.
  const w = Float64Array.of(3, 0.6, 4, 0.8);
  expect(jointFeatures().value(w, 2, 2)).toBeCloseTo(6, 12);
  expect(jointFeatures().zeroAt!(w, 2, 2)).toBeCloseTo(5, 12);
  jointFeatures().prox(w, 2, 2, 2);
  expect([...w].map((v) => Number(v.toFixed(12)))).toEqual([1.8, 0, 2.4, 0]);
  expectProx(jointFeatures(), 3, 4);
});
