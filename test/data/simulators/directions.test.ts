import { expect, test } from 'vitest';
import { inner, orthonormal } from '../../../src/data/simulators/directions';
import { random } from '../../../src/random/random';

test('orthonormal: lengths 1, right angles, also where count is size', () => {
  const v = orthonormal(6, 6, random(1));
  for (let i = 0; i < 6; i++) for (let j = 0; j < 6; j++) expect(inner(v[i]!, v[j]!)).toBeCloseTo(i === j ? 1 : 0, 12);
});
