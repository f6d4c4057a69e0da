import { describe, expect, it } from 'vitest';
import { rocAucContributions } from '../../../src/metrics/contributions';
import { rocAuc } from '../../../src/metrics/roc-auc';
import { random } from '../../../src/random/random';
import { correctedTTest } from '../../../src/study/statistics/corrected-t-test';
import { mean } from '../../../src/study/statistics/moments';
import { correlationOfRatio, resamplingRatio, rowVariance, type SeedContributions } from '../../../src/study/statistics/row-variance';

describe('rowVariance', () => {
  it('is what two seeds owe to the rows that both test', () => {
    // u = (1 + 3) / 2, 2 / 2, -1 / 2; R = 4 + 1 + .25 - (1 + 4 + 9 + 1) / 4 = 1.5 = 2 x (1 x 3) / 4.
    const seeds = [
      { units: [7, 8], values: [1, 2] },
      { units: [9, 7], values: [-1, 3] },
    ];
    expect(rowVariance(seeds)).toBeCloseTo(1.5, 14);
    // No row in common: nothing shared.
    expect(
      rowVariance([
        { units: [1, 2], values: [1, 2] },
        { units: [3], values: [5] },
      ]),
    ).toBeCloseTo(0, 14);
  });

  it('sums the rows of a group first', () => {
    const grouped = rowVariance([
      { units: [1, 1, 2], values: [0.5, 0.5, 2] },
      { units: [1, 3], values: [3, 4] },
    ]);
    const summed = rowVariance([
      { units: [1, 2], values: [1, 2] },
      { units: [1, 3], values: [3, 4] },
    ]);
    expect(grouped).toBeCloseTo(summed, 14);
  });

  it("on one test set and one pair of models is all but the seed's share of DeLong's variance", () => {
    const draws = random(3, 'delong');
    const labels = Float64Array.from({ length: 80 }, (_, i) => i % 2);
    const [a, b] = [0, 1].map(() => labels.map((y) => y + draws.normal()));
    const values = rocAucContributions(labels, a!).map((one, i) => one - rocAucContributions(labels, b!)[i]!);
    const units = Array.from({ length: 80 }, (_, i) => i);
    const delong = values.reduce((sum, one) => sum + one * one, 0);
    // The same difference J times: R = V - V / J.
    expect(rowVariance(Array.from({ length: 5 }, () => ({ units, values })))).toBeCloseTo(delong * (1 - 1 / 5), 12);
    expect(rocAuc(labels, a!)).toBeGreaterThan(0.5);
  });
});

describe('resamplingRatio', () => {
  const differences = [1, 2, 3, 4, 5]; // variance 2.5

  it('is 2 R over the variance, between a ninth and test/train', () => {
    expect(resamplingRatio(differences, { testOverTrain: 3 / 7, rowVariance: 0.3 })).toBeCloseTo(0.24, 14);
    expect(resamplingRatio(differences, { testOverTrain: 3 / 7, rowVariance: -1 })).toBeCloseTo(1 / 9, 14);
    expect(resamplingRatio(differences, { testOverTrain: 3 / 7, rowVariance: 9 })).toBeCloseTo(3 / 7, 14);
    // Twenty folds share less than the floor: Nadeau and Bengio's value is the most.
    expect(resamplingRatio(differences, { testOverTrain: 1 / 19, rowVariance: 0 })).toBeCloseTo(1 / 19, 14);
  });

  it('has no cap on one test set, and is test/train where no rows are kept', () => {
    expect(resamplingRatio(differences, { testOverTrain: Number.NaN, rowVariance: 9 })).toBeCloseTo(7.2, 14);
    expect(resamplingRatio(differences, { testOverTrain: 3 / 7, rowVariance: Number.NaN })).toBeCloseTo(3 / 7, 14);
    expect(resamplingRatio(differences, { testOverTrain: Number.NaN, rowVariance: Number.NaN })).toBeNaN();
  });

  it('makes the variance s^2 (1/J + ratio)', () => {
    const { standardError } = correctedTTest(differences, { rho: correlationOfRatio(0.24) });
    expect(standardError).toBeCloseTo(Math.sqrt(2.5 * (1 / 5 + 0.24)), 14);
  });
});

/*
 * Two fixed scorers of rows, as single-task and shared networks that hardly depend on the split: each row has its own difference of losses, and each
 * seed tests another 30 % of the same rows. The truth is the mean over the population of rows.
 */
function study(draws: ReturnType<typeof random>, rows: number, seeds: number, share: number, noise: number): SeedContributions[] {
  const gains = Float64Array.from({ length: rows }, () => draws.normal());
  return Array.from({ length: seeds }, () => {
    const units = draws.permutation(rows).subarray(0, Math.round(share * rows));
    const shift = noise * draws.normal();
    const values = Float64Array.from(units, (i) => gains[i]! + shift + 0.5 * draws.normal());
    return { units, values };
  });
}

const judged = (seeds: readonly SeedContributions[], testOverTrain: number): ReturnType<typeof correctedTTest> => {
  const differences = seeds.map(({ values }) => mean(values));
  const contributions = seeds.map(({ units, values }, j) => ({
    units,
    values: Float64Array.from(values, (value) => (value - differences[j]!) / values.length),
  }));
  const ratio = resamplingRatio(differences, { testOverTrain, rowVariance: rowVariance(contributions) });
  return correctedTTest(differences, { rho: correlationOfRatio(ratio) });
};

it('covers the truth in 93 % or more where seeds share rows, with intervals that shrink with the seeds where they share little', () => {
  const draws = random(11, 'row variance coverage');
  const studies = 400;
  for (const [noise, low] of [
    [0, 0.93],
    [0.3, 0.93],
  ] as const) {
    let covered = 0;
    for (let s = 0; s < studies; s++) {
      const test = judged(study(draws, 120, 20, 0.3, noise), 3 / 7);
      if (test.low <= 0 && test.high >= 0) covered++;
    }
    // Two binomial standard errors of 400 studies at 93 % are 2.6 points.
    expect(covered / studies).toBeGreaterThan(low - 0.026);
  }
});

it('on one test set covers what other test rows would say, where taking seeds as independent does not', () => {
  const draws = random(12, 'one test set');
  const studies = 300;
  let [covered, naive] = [0, 0];
  for (let s = 0; s < studies; s++) {
    const seeds = study(draws, 60, 20, 1, 0.05);
    const test = judged(seeds, Number.NaN);
    if (test.low <= 0 && test.high >= 0) covered++;
    const alone = correctedTTest(seeds.map(({ values }) => mean(values)));
    if (alone.low <= 0 && alone.high >= 0) naive++;
  }
  expect(covered / studies).toBeGreaterThan(0.95 - 0.025);
  expect(naive / studies).toBeLessThan(0.7);
});
