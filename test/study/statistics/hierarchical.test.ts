import { describe, expect, it } from 'vitest';
import { random } from '../../../src/random/random';
import { hierarchicalGains, type TaskEstimate } from '../../../src/study/statistics/hierarchical';

const normal = (effect: number, standardError: number): TaskEstimate => ({ effect, standardError, degreesOfFreedom: 1e6 });

/** The eight schools (Rubin 1981): effects and standard errors of coaching. */
const schools = [
  [28, 15],
  [8, 10],
  [-3, 16],
  [7, 11],
  [-1, 9],
  [1, 11],
  [18, 10],
  [12, 18],
].map(([effect, se]) => normal(effect!, se!));

/** The same model by importance sampling: gains, mean, spread and common error drawn from the prior's grid-free form. */
function sampled(
  estimates: readonly TaskEstimate[],
  scale: number,
  common: number,
): { readonly pGain: number[]; readonly pHarm: number[]; readonly average: number; readonly effective: number } {
  const draws = random(5, 'importance');
  const t3 = (): number => {
    const chi = draws.normal() ** 2 + draws.normal() ** 2 + draws.normal() ** 2;
    return draws.normal() / Math.sqrt(chi / 3);
  };
  const gain = estimates.map(() => 0);
  const harm = estimates.map(() => 0);
  const usual = Math.exp(estimates.reduce((sum, { standardError }) => sum + Math.log(standardError), 0) / estimates.length);
  let [total, average, squares] = [0, 0, 0];
  for (let s = 0; s < 400_000; s++) {
    const mean = 2 * scale * t3();
    const spread = scale * Math.abs(t3());
    const error = common * draws.normal();
    const thetas = estimates.map(({ standardError }) => mean + spread * Math.sqrt(standardError / usual) * t3());
    const log = estimates.reduce((sum, { effect, standardError, degreesOfFreedom: df }, t) => {
      const own = standardError ** 2 - common ** 2;
      return sum - ((df + 1) / 2) * Math.log1p((effect - error - thetas[t]!) ** 2 / (own * df));
    }, 0);
    const weight = Math.exp(log);
    total += weight;
    squares += weight * weight;
    average += weight * (thetas.reduce((a, b) => a + b, 0) / thetas.length);
    thetas.forEach((theta, t) => {
      if (theta > 0) gain[t]! += weight;
      if (theta < -scale) harm[t]! += weight;
    });
  }
  return {
    pGain: gain.map((g) => g / total),
    pHarm: harm.map((h) => h / total),
    average: average / total,
    effective: (total * total) / squares,
  };
}

describe('hierarchicalGains', () => {
  it('has the published posterior of the eight schools where priors are wide', () => {
    // Posterior means under uniform priors (Gelman et al., Bayesian Data Analysis, 3rd edition, section 5.5, by Stan's published example): the mean
    // 7.9, the schools A to H as below. Wide t priors on a grid are not quite that: within a point of standard errors of 9 to 18.
    const { tasks, average } = hierarchicalGains(schools, { scale: 200, margin: 1 });
    expect(Math.abs(average.mean - 7.9)).toBeLessThan(1);
    for (const [t, mean] of [11.4, 7.9, 6.1, 7.6, 5.1, 6.1, 10.6, 8.4].entries()) expect(Math.abs(tasks[t]!.mean - mean)).toBeLessThan(1);
  });

  it('agrees with importance sampling of the same model, with t likelihoods and a common error', () => {
    const estimates = [
      { effect: 0.02, standardError: 0.01, degreesOfFreedom: 9 },
      { effect: -0.005, standardError: 0.012, degreesOfFreedom: 9 },
      { effect: 0.012, standardError: 0.008, degreesOfFreedom: 9 },
    ];
    for (const common of [0, 0.006]) {
      const alone = estimates.reduce((sum, { standardError }) => sum + standardError ** 2, 0) / 9;
      const meanStandardError = Math.sqrt(alone + common ** 2 * (1 - 1 / 3));
      const exact = hierarchicalGains(estimates, { scale: 0.01, meanStandardError });
      const drawn = sampled(estimates, 0.01, common);
      // Eight normal parts for a t, and importance weights: two points of probability.
      exact.tasks.forEach(({ pGain, pHarm }, t) => {
        expect(Math.abs(pGain - drawn.pGain[t]!)).toBeLessThan(0.02);
        expect(Math.abs(pHarm - drawn.pHarm[t]!)).toBeLessThan(0.02);
      });
      expect(Math.abs(exact.average.mean - drawn.average)).toBeLessThan(0.001);
    }
  });

  it('agrees with importance sampling where one task is known far less exactly than the others, and lies far from them', () => {
    const exact5 = [-0.1, -0.3, -0.3, -0.2, -0.2].map((effect) => ({ effect, standardError: 0.3, degreesOfFreedom: 9 }));
    const estimates = [...exact5, { effect: 6.2, standardError: 2.3, degreesOfFreedom: 9 }];
    const exact = hierarchicalGains(estimates, { scale: 1 });
    const drawn = sampled(estimates, 1, 0);
    // Two points for the parts that stand for a t, and two standard errors of as many draws as the weights are worth.
    const bound = 0.02 + 2 * Math.sqrt(0.25 / drawn.effective);
    expect(drawn.effective).toBeGreaterThan(500);
    exact.tasks.forEach(({ pGain }, t) => {
      expect(Math.abs(pGain - drawn.pGain[t]!)).toBeLessThan(bound);
    });
    expect(exact.tasks[5]!.pGain).toBeGreaterThan(exact.tasks[0]!.pGain);
  });

  it('turns with its data, and is one half where nothing is seen', () => {
    const up = hierarchicalGains([normal(0.02, 0.01), normal(0, 0.01)], { scale: 0.01 });
    const down = hierarchicalGains([normal(-0.02, 0.01), normal(0, 0.01)], { scale: 0.01 });
    expect(up.tasks[0]!.pGain).toBeCloseTo(1 - down.tasks[0]!.pGain, 6);
    expect(up.average.pGain).toBeCloseTo(1 - down.average.pGain, 6);
    const nothing = hierarchicalGains([normal(0, 0.01)], { scale: 0.01 });
    expect(nothing.tasks[0]!.pGain).toBeCloseTo(0.5, 6);
    expect(nothing.tasks[0]!.expectedLoss).toBeGreaterThan(0);
    // The harm of any task is at least that of each, at most their sum.
    const harm = down.tasks.map(({ pHarm }) => pHarm);
    expect(down.pAnyHarm).toBeGreaterThanOrEqual(Math.max(...harm) - 1e-9);
    expect(down.pAnyHarm).toBeLessThanOrEqual(harm[0]! + harm[1]! + 1e-9);
  });

  it('says what comes true: gains stated with 95 % or more are gains in 95 %', () => {
    const draws = random(8, 'calibrated');
    let [stated, right] = [0, 0];
    for (let study = 0; study < 60; study++) {
      const mean = 0.01 * draws.normal();
      const truth = Array.from({ length: 6 }, () => mean + 0.01 * draws.normal());
      const common = 0.004 * draws.normal();
      const estimates = truth.map((theta) => normal(theta + common + 0.006 * draws.normal(), Math.hypot(0.004, 0.006)));
      const meanStandardError = Math.sqrt(0.004 ** 2 + 0.006 ** 2 / 6);
      hierarchicalGains(estimates, { scale: 0.01, meanStandardError }).tasks.forEach(({ pGain }, t) => {
        if (pGain < 0.95) return;
        stated++;
        if (truth[t]! > 0) right++;
      });
    }
    expect(stated).toBeGreaterThan(40);
    // Two binomial standard errors of that many at 95 %; tasks of one study share an error, so studies are counted, about 40.
    expect(right / stated).toBeGreaterThan(0.95 - 2 * Math.sqrt((0.95 * 0.05) / 40));
  });

  it('refuses what is no standard error', () => {
    expect(() => hierarchicalGains([normal(1, 0)], { scale: 1 })).toThrow(/standardError must be a number above 0/);
    expect(() => hierarchicalGains([normal(1, 1)], {} as { scale: number })).toThrow(/scale must be/);
  });
});
