import { expect, test } from 'vitest';
import { random } from '../../../src/random/random';
import { correctedTTest, resamplingCorrelation } from '../../../src/study/statistics/corrected-t-test';
import expected from './expected/statistics.json';

test('without correlation correctedTTest is the paired t test of SciPy', () => {
  for (const c of expected.t) {
    const differences = c.x.map((x, i) => x - c.y[i]!);
    const test95 = correctedTTest(differences);
    expect(test95.t).toBeCloseTo(c.t, 10);
    expect(test95.p).toBeCloseTo(c.p, 12);
    expect(test95.low).toBeCloseTo(c.low, 12);
    expect(test95.high).toBeCloseTo(c.high, 12);
    const test90 = correctedTTest(differences, { level: 0.9 });
    expect([test90.low, test90.high]).toEqual([expect.closeTo(c.low90, 12), expect.closeTo(c.high90, 12)]);
  }
});

test('the variance is s^2 (1/n + test/train) (Nadeau and Bengio)', () => {
  const { x, y, sd } = expected.t[2]!;
  const differences = x.map((v, i) => v - y[i]!);
  const { standardError } = correctedTTest(differences, { rho: resamplingCorrelation(70, 30) });
  expect(standardError).toBeCloseTo(sd * Math.sqrt(1 / 10 + 30 / 70), 14);
});

test('the corrected interval covers 95 % and the test errs in 5 % when differences share a correlation; without it they do not', () => {
  const rho = 0.3;
  const studies = 4000;
  const draws = random(7, 'coverage');
  for (const n of [2, 5, 10, 20]) {
    let [covered, erred, naive] = [0, 0, 0];
    for (let s = 0; s < studies; s++) {
      const shared = Math.sqrt(rho) * draws.normal();
      const differences = Array.from({ length: n }, () => 0.4 + shared + Math.sqrt(1 - rho) * draws.normal());
      const result = correctedTTest(differences, { rho });
      if (result.low <= 0.4 && result.high >= 0.4) covered++;
      const centered = differences.map((d) => d - 0.4);
      if (correctedTTest(centered, { rho }).p <= 0.05) erred++;
      if (correctedTTest(centered).p <= 0.05) naive++;
    }
    // Three and a half binomial standard errors of 4000 studies: 1.2 points.
    expect(Math.abs(covered / studies - 0.95)).toBeLessThan(0.012);
    expect(Math.abs(erred / studies - 0.05)).toBeLessThan(0.012);
    if (n >= 5) expect(naive / studies).toBeGreaterThan(0.14);
  }
});

test('missing seeds are dropped and counted; too little to judge is NaN', () => {
  expect(correctedTTest([1, Number.NaN, 2, Number.POSITIVE_INFINITY])).toEqual({ ...correctedTTest([1, 2]), dropped: 2 });
  const one = correctedTTest([0.3]);
  expect(one.effect).toBe(0.3);
  expect([one.p, one.low, one.high, one.sd, one.t]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  expect(correctedTTest([]).effect).toBeNaN();
  // Equal but for rounding: no spread, no test.
  expect(correctedTTest([0.3 - 0.2, 0.4 - 0.3, 0.1]).p).toBeNaN();
  expect(correctedTTest([0, 0, 0])).toMatchObject({ effect: 0, p: Number.NaN, low: Number.NaN, high: Number.NaN });
});

test('correctedTTest refuses what is out of range', () => {
  expect(() => correctedTTest([1, 2], { rho: 1 })).toThrow(/rho must be a number in \[0, 1\)/);
  expect(() => correctedTTest([1, 2], { level: 1 })).toThrow(RangeError);
  expect(() => correctedTTest([1, 2], { rhoo: 0.1 } as object)).toThrow(/did you mean "rho"/);
  expect(() => resamplingCorrelation(0, 30)).toThrow(RangeError);
  expect(resamplingCorrelation(70, 30)).toBeCloseTo(0.3, 15);
});
