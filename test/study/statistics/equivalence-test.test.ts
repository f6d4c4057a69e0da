import { expect, test } from 'vitest';
import { random } from '../../../src/random/random';
import { correctedTTest } from '../../../src/study/statistics/corrected-t-test';
import { equivalenceTest } from '../../../src/study/statistics/equivalence-test';
import expected from './expected/statistics.json';

test('equivalenceTest equals the paired TOST of statsmodels', () => {
  for (const c of expected.t) {
    const result = equivalenceTest(
      c.x.map((x, i) => x - c.y[i]!),
      { margin: 0.03 },
    );
    expect(result.lowP).toBeCloseTo(c.tostLow, 12);
    expect(result.highP).toBeCloseTo(c.tostHigh, 12);
    expect(result.p).toBeCloseTo(c.tost, 12);
  }
});

test('p is below 0.05 exactly where the 90 % interval lies within the smallest effect', () => {
  const draws = random(3, 'tost');
  let inside = 0;
  for (let s = 0; s < 500; s++) {
    const differences = Array.from({ length: 8 }, () => draws.normal());
    const { low, high } = correctedTTest(differences, { rho: 0.1, level: 0.9 });
    const within = low > -1 && high < 1;
    if (within) inside++;
    expect(equivalenceTest(differences, { margin: 1, rho: 0.1 }).p < 0.05).toBe(within);
  }
  expect(inside).toBeGreaterThan(50);
});

test('equivalenceTest: nothing to judge by is NaN, exact ties too, a margin is required', () => {
  expect(equivalenceTest([0.1], { margin: 1 }).p).toBeNaN();
  expect(equivalenceTest([0.1, 0.1, 0.1], { margin: 1 }).p).toBeNaN();
  expect(equivalenceTest([0, 0], { margin: 1 }).p).toBeNaN();
  expect(() => equivalenceTest([1, 2], { smallestEffect: 1 } as object as { margin: number })).toThrow(/smallestEffect is now margin/);
  expect(() => equivalenceTest([1, 2], {} as { margin: number })).toThrow(/margin must be a number/);
  expect(() => equivalenceTest([1, 2], { margin: 0 })).toThrow(RangeError);
});
