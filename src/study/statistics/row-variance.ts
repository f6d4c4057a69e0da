import { checkNumber } from '../../options/check';
import { standardDeviation } from './moments';
import { finiteValues } from './paired-differences';

/** What the test rows of one seed add to its difference. */
export interface SeedContributions {
  /** `[rows]` which row (or group of rows) each is, from 0; a unit that is there twice counts with its sum. */
  readonly units: ArrayLike<number>;
  /** `[rows]` what each adds to the seed's difference: contributions of the method less those of the baseline, turned so that positive is better. */
  readonly values: ArrayLike<number>;
}

/**
 * The variance of a mean difference over seeds that comes from seeds sharing test rows: R = sum_i u_i^2 - sum_ij c_ij^2 / J^2, with c_ij what row
 * i adds to the difference of seed j (0 where it is not tested) and u_i = sum_j c_ij / J. The terms of single seeds, which the spread of the
 * differences holds already, are taken off. It may be slightly negative.
 * @param seeds `[J]`
 */
export function rowVariance(seeds: readonly SeedContributions[]): number {
  const count = seeds.length;
  let most = -1;
  for (const { units } of seeds) for (let i = 0; i < units.length; i++) most = Math.max(most, units[i]!);
  const own = new Float64Array(most + 1);
  const sums = new Float64Array(most + 1);
  let single = 0;
  for (const { units, values } of seeds) {
    for (let i = 0; i < units.length; i++) own[units[i]!]! += values[i]!;
    for (let i = 0; i < units.length; i++) {
      const value = own[units[i]!]!;
      single += value * value;
      sums[units[i]!]! += value / count;
      // A unit that comes again has been counted.
      own[units[i]!] = 0;
    }
  }
  return sums.reduce((squares, value) => squares + value * value, 0) - single / count ** 2;
}

/** How the splits of a study lie to each other. */
export interface Resampling {
  /** Rows for testing over rows for training (validation included); NaN where all seeds share one test set. */
  readonly testOverTrain: number;
  /** The variance from shared test rows, see `rowVariance`; NaN where no rows are kept. */
  readonly rowVariance: number;
}

/** Share of a seed's variance that training sets, which overlap too, are taken to have in common at least. */
const FLOOR = 1 / 9;

/**
 * The part of the variance of a mean difference that more seeds do not take away, as a multiple of the variance s^2 of one seed's difference: the
 * mean has variance s^2 (1/J + ratio). With test rows kept, clamp(2 R, s^2 / 9, s^2 test/train) / s^2: two-way variance with R once is .77-.94
 * of the truth, hence 2 R; what training sets have in common has no rows to be told by, hence the floor; and Nadeau and Bengio's (2003) value
 * test/train is what it is at most where test sets are drawn at random. Where all seeds share one test set there is no such cap. Without rows it is
 * test/train; and NaN, nothing, without rows on one test set.
 * @param differences `[seeds]`, NaN where a seed has none
 * @throws RangeError when test/train is not above 0
 */
export function resamplingRatio(differences: ArrayLike<number>, { testOverTrain, rowVariance: shared }: Resampling): number {
  const common = Number.isNaN(testOverTrain);
  if (!common) checkNumber('resamplingRatio', 'testOverTrain', testOverTrain, Number.MIN_VALUE);
  if (Number.isNaN(shared)) return testOverTrain;
  const variance = standardDeviation(finiteValues(differences)) ** 2;
  if (!(variance > 0)) return common ? Number.NaN : testOverTrain;
  return Math.min(Math.max((2 * shared) / variance, FLOOR), common ? Number.POSITIVE_INFINITY : testOverTrain);
}

/** The correlation of two seeds with which `correctedTTest` has the variance s^2 (1/J + ratio). */
export function correlationOfRatio(ratio: number): number {
  return ratio / (1 + ratio);
}
