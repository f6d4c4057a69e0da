import tCdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { describe, expect, it } from 'vitest';
import { random } from '../../../src/random/random';
import { friedman } from '../../../src/study/statistics/friedman';
import { populationGain } from '../../../src/study/statistics/population-gain';
import expected from './expected/population.json';

const normal = (effect: number, standardError: number) => ({ effect, standardError, degreesOfFreedom: 1e6 });

describe('populationGain', () => {
  it("is the posterior that SciPy's quadrature gives of the same model", () => {
    for (const { y, se, df, scale, margin, expected: wanted } of expected.population) {
      const estimates = y.map((effect, d) => ({ effect, standardError: se[d]!, degreesOfFreedom: df[d]! }));
      const found = populationGain(estimates, { scale, margin });
      // Ours has 6 normal parts for a t and a coarser grid: a twentieth of the interval's half width, two points of probability.
      const half = (wanted.mean.high - wanted.mean.low) / 2;
      for (const end of ['value', 'low', 'high'] as const) {
        expect(Math.abs(found.mean[end] - wanted.mean[end])).toBeLessThan(0.05 * half);
        expect(Math.abs(found.newGain[end] - wanted.newGain[end])).toBeLessThan(0.02);
        expect(Math.abs(found.newHarm[end] - wanted.newHarm[end])).toBeLessThan(0.02);
      }
      expect(Math.abs(found.pGain - wanted.pGain)).toBeLessThan(0.02);
      expect(Math.abs(found.pHarm - wanted.pHarm)).toBeLessThan(0.02);
      expect(Math.abs(found.spread - wanted.spread)).toBeLessThan(0.05 * half);
    }
  });

  it('has the closed form of gains known exactly, where priors are wide: a t distribution of D - 2 degrees of freedom', () => {
    // With p(mu, tau) constant, mu is t with D - 2 degrees of freedom about the mean, of squared scale SS / (D (D - 2)), and a new gain is one of
    // squared scale (1 + 1/D) SS / (D - 2), SS the sum of squares about the mean.
    const gains = [0.9, 2.1, -0.4, 1.5, 0.2, 3.0, 1.1, -1.2, 0.8, 1.9];
    const count = gains.length;
    const mean = gains.reduce((a, b) => a + b, 0) / count;
    const squares = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
    const df = count - 2;
    const found = populationGain(
      gains.map((gain) => normal(gain, 0.01)),
      { scale: 1000, margin: 1, level: 0.9 },
    );
    const scale = Math.sqrt(squares / (count * df));
    expect(Math.abs(found.mean.value - mean)).toBeLessThan(0.01 * scale);
    for (const [end, share] of [
      ['low', 0.05],
      ['high', 0.95],
    ] as const)
      expect(Math.abs(found.mean[end] - (mean + scale * tQuantile(share, df)))).toBeLessThan(0.03 * scale);
    expect(Math.abs(found.pGain - tCdf(mean / scale, df))).toBeLessThan(0.003);
    expect(Math.abs(found.pHarm - tCdf((-1 - mean) / scale, df))).toBeLessThan(0.003);
    const wide = Math.sqrt(((1 + 1 / count) * squares) / df);
    expect(Math.abs(found.newGain.value - tCdf(mean / wide, df))).toBeLessThan(0.005);
    expect(Math.abs(found.newHarm.value - tCdf((-1 - mean) / wide, df))).toBeLessThan(0.005);
  });

  it('turns with its data, and keeps its units', () => {
    const estimates = [normal(0.02, 0.01), normal(0.005, 0.01), normal(-0.01, 0.02)];
    const up = populationGain(estimates, { scale: 0.01 });
    const down = populationGain(
      estimates.map(({ effect, standardError }) => normal(-effect, standardError)),
      { scale: 0.01 },
    );
    expect(up.mean.value).toBeCloseTo(-down.mean.value, 8);
    expect(up.mean.low).toBeCloseTo(-down.mean.high, 8);
    expect(up.newGain.value).toBeCloseTo(1 - down.newGain.value, 8);
    const percent = populationGain(
      estimates.map(({ effect, standardError }) => normal(100 * effect, 100 * standardError)),
      { scale: 1 },
    );
    expect(percent.mean.value).toBeCloseTo(100 * up.mean.value, 6);
    expect(percent.newHarm.value).toBeCloseTo(up.newHarm.value, 8);
    // A gain on all of many data sets is one on a new one, but for the spread that is not known.
    const sure = populationGain(Array(12).fill(normal(0.03, 0.002)), { scale: 0.01 });
    expect(sure.newGain.value).toBeGreaterThan(0.98);
    expect(sure.newGain.high - sure.newGain.low).toBeLessThan(0.1);
    const nothing = populationGain([normal(0, 0.01)], { scale: 0.01 });
    expect([nothing.pGain, nothing.newGain.value].map((p) => Math.round(1e6 * p) / 1e6)).toEqual([0.5, 0.5]);
  });

  it('says what comes true: the interval of P(gain on a new data set) holds the true one', () => {
    const draws = random(11, 'population');
    let [held, meanHeld] = [0, 0];
    const studies = 60;
    for (let study = 0; study < studies; study++) {
      const mu = 2 * 0.01 * draws.normal();
      const tau = 0.01 * Math.abs(draws.normal()) + 0.002;
      const estimates = Array.from({ length: 8 }, () => normal(mu + tau * draws.normal() + 0.004 * draws.normal(), 0.004));
      const { newGain, mean } = populationGain(estimates, { scale: 0.01, level: 0.9 });
      const truth = tCdf(mu / tau, 1e7);
      if (truth >= newGain.low && truth <= newGain.high) held++;
      if (mu >= mean.low && mu <= mean.high) meanHeld++;
    }
    // Three binomial standard errors.
    expect(held / studies).toBeGreaterThan(0.9 - 3 * Math.sqrt(0.09 / studies));
    expect(meanHeld / studies).toBeGreaterThan(0.9 - 3 * Math.sqrt(0.09 / studies));
  });

  it('refuses what it cannot judge', () => {
    expect(() => populationGain([], { scale: 1 })).toThrow(/at least one data set/);
    expect(() => populationGain([normal(1, 0)], { scale: 1 })).toThrow(/standardError must be a number above 0/);
    expect(() => populationGain([normal(1, 1)], { scale: 1, level: 1 })).toThrow(/level/);
  });
});

it("friedman's exact p is the share of all orders, with ties too", () => {
  for (const { scores, chiSquare, exactP } of expected.friedman) {
    const found = friedman(scores, 'lower');
    expect(found.chiSquare).toBeCloseTo(chiSquare, 10);
    expect(found.exactP).toBeCloseTo(exactP, 10);
  }
});
