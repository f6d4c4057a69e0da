import { expect, test } from 'vitest';
import { correctedTTest } from '../../../src/study/statistics/corrected-t-test';
import { equivalenceTest } from '../../../src/study/statistics/equivalence-test';
import { pairedComparison } from '../../../src/study/statistics/paired-comparison';

const differences = [0.02, 0.01, Number.NaN, 0.03, -0.01];

test('pairedComparison is the corrected t test with the equivalence test beside it', () => {
  const result = pairedComparison(differences, { rho: 0.3, margin: 0.05, level: 0.9 });
  expect(result).toEqual({
    ...correctedTTest(differences, { rho: 0.3, level: 0.9 }),
    rho: 0.3,
    level: 0.9,
    margin: 0.05,
    equivalenceP: equivalenceTest(differences, { margin: 0.05, rho: 0.3 }).p,
  });
  expect(result.dropped).toBe(1);
  expect(pairedComparison(differences, { rho: 0 }).equivalenceP).toBeNaN();
});

test('pairedComparison asks for the correlation', () => {
  expect(() => pairedComparison(differences, {} as { rho: number })).toThrow(/pairedComparison: rho must be a number in \[0, 1\)/);
  expect(() => pairedComparison(differences, { rho: 0.3, margin: -1 })).toThrow(RangeError);
});
