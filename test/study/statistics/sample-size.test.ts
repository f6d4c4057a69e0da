import { expect, test } from 'vitest';
import { random } from '../../../src/random/random';
import { correctedTTest } from '../../../src/study/statistics/corrected-t-test';
import { correctedTPower, seedsNeeded } from '../../../src/study/statistics/sample-size';
import expected from './expected/statistics.json';

test('without correlation the power is that of statsmodels', () => {
  for (const { d, n, alpha, power } of expected.power) expect(correctedTPower(n, { effect: d, sd: 1, alpha })).toBeCloseTo(power, 7);
});

test('seedsNeeded is the number of pairs of statsmodels', () => {
  for (const { d, power, alpha, n } of expected.size) expect(seedsNeeded({ effect: -0.1 * d, sd: 0.1, power, alpha })).toBe(n);
});

test('with correlation the power is what simulated studies find', () => {
  const rho = 0.1;
  const studies = 4000;
  const draws = random(11, 'power');
  for (const [n, effect] of [
    [4, 2],
    [12, 1],
  ] as const) {
    let found = 0;
    for (let s = 0; s < studies; s++) {
      const shared = Math.sqrt(rho) * draws.normal();
      if (
        correctedTTest(
          Array.from({ length: n }, () => effect + shared + Math.sqrt(1 - rho) * draws.normal()),
          { rho },
        ).p <= 0.05
      )
        found++;
    }
    // The estimated spread is that within a study, sqrt(1 - rho).
    const power = correctedTPower(n, { effect, sd: Math.sqrt(1 - rho), rho });
    expect(power).toBeGreaterThan(0.3);
    expect(Math.abs(found / studies - power)).toBeLessThan(3.5 * Math.sqrt((power * (1 - power)) / studies));
  }
});

test('seedsNeeded is the first with the power, and Infinity where overlapping data set a limit', () => {
  const options = { effect: 1, sd: 0.8, rho: 0.05 };
  const n = seedsNeeded(options);
  expect(correctedTPower(n, options)).toBeGreaterThanOrEqual(0.8);
  expect(correctedTPower(n - 1, options)).toBeLessThan(0.8);
  expect(seedsNeeded({ effect: 1, sd: 1, rho: 0.3 })).toBe(Number.POSITIVE_INFINITY);
  expect(correctedTPower(100_000, { effect: 1, sd: 1, rho: 0.3 })).toBeLessThan(0.8);
  expect(seedsNeeded({ effect: 0, sd: 1 })).toBe(Number.POSITIVE_INFINITY);
  expect(seedsNeeded({ effect: 100, sd: 0.1 })).toBe(2);
  expect(() => seedsNeeded({ effect: 1, sd: 0 })).toThrow(/sd must be/);
  expect(() => seedsNeeded({ sd: 1 } as { effect: number; sd: number })).toThrow(/effect must be a finite number/);
  expect(() => correctedTPower(1, { effect: 1, sd: 1 })).toThrow(RangeError);
});
