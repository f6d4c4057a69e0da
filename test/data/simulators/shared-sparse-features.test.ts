import { expect, test } from 'vitest';
import { sharedSparseFeatures } from '../../../src/data/simulators';
import { fitLinear, jointFeatures, sharedInputs } from '../../../src/linear';
import { labelsOf, rowsOf } from './helpers';

test('sharedSparseFeatures: the weights live on the named inputs, and joint feature selection finds them', () => {
  const s = sharedSparseFeatures();
  expect(s.truth.relevant.length).toBe(5);
  for (const w of Object.values(s.truth.weights)) expect(s.inputs.filter((_, f) => w[f] !== 0)).toEqual(s.truth.relevant);
  const fit = fitLinear(sharedInputs(rowsOf(s), labelsOf(s)), jointFeatures(), { folds: 3, tolerance: 1e-4 });
  const norm = (f: number): number => Math.hypot(...fit.weights.map((w) => w[f]!));
  const strongest = s.inputs.map((name, f) => ({ name, norm: norm(f) })).sort((a, b) => b.norm - a.norm);
  expect(
    strongest
      .slice(0, 5)
      .map((x) => x.name)
      .sort(),
  ).toEqual([...s.truth.relevant].sort());
});

test('sharedSparseFeatures says what is wrong', () => {
  expect(() => sharedSparseFeatures({ features: 3 })).toThrow('features must be an integer of at least 5');
});
