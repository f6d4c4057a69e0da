import { expect, test } from 'vitest';
import { mean } from '../../src/balancing/aggregators/mean';
import { nashmtl } from '../../src/balancing/aggregators/nashmtl';
import { gramianOf } from '../../src/balancing/solvers/linear-algebra';
import { updateScaleFactor } from '../../src/balancing/update-scale';
import { base, norm } from './matrices';

test('brings an update to the length of the mean gradient', () => {
  const gramian = gramianOf(base);
  const weights = nashmtl().weights(base);
  const factor = updateScaleFactor(weights, gramian, 'matchMean');
  expect(
    norm(
      nashmtl()
        .combine(base)
        .map((value) => value * factor),
    ),
  ).toBeCloseTo(norm(mean().combine(base)), 12);
  expect(updateScaleFactor(weights, gramian, 'native')).toBe(1);
  expect(updateScaleFactor(weights, gramian, 'sum')).toBe(2);
  expect(updateScaleFactor([0, 0], gramian, 'matchMean')).toBe(0);
  expect(() => updateScaleFactor([1], gramian, 'native')).toThrow(TypeError);
});
