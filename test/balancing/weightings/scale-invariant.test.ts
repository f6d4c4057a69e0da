import { expect, test } from 'vitest';
import { scaleInvariant } from '../../../src/balancing/weightings/scale-invariant';
import { expectClose } from '../matrices';

test('the gradient of the sum of logarithms', () => {
  expectClose(scaleInvariant().weights([1, 2, 4]), [1, 0.5, 0.25], 1e-15);
  expect(scaleInvariant().value([1, 2, 4])).toBeCloseTo(Math.log(8), 14);
});

test('weight times loss does not change with the scale of a loss', () => {
  const [a, b] = scaleInvariant().weights([3, 7]);
  const [c, d] = scaleInvariant().weights([3000, 0.07]);
  expectClose([c! * 3000, d! * 0.07], [a! * 3, b! * 7], 1e-12);
});

test('a vanishing loss keeps a finite weight; a negative one is refused', () => {
  expect(scaleInvariant().weights([0])[0]).toBeCloseTo(1e12, -3);
  expect(() => scaleInvariant().weights([1, -2])).toThrow(/the loss of task 1 is -2/);
});
