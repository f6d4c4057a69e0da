import tCdf from '@stdlib/stats-base-dists-t-cdf';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { checkNumber, withDefaults } from '../../options/check';
import { mean, standardDeviation } from './moments';
import { finiteValues } from './paired-differences';

/** Options of `correctedTTest`. */
export interface CorrectedTOptions {
  /**
   * Correlation between the differences of two seeds, in [0, 1). For random train/test splits of the same rows Nadeau and Bengio take
   * test / (train + test), see `resamplingCorrelation`; 0 where the seeds share no data. @default 0
   */
  readonly rho?: number;
  /** Level of the interval, in (0, 1). @default 0.95 */
  readonly level?: number;
}

/** A mean paired difference with what can be said of it. */
export interface CorrectedT {
  /** Seeds with a finite difference. */
  readonly n: number;
  /** Seeds without one: failed, or the metric was undefined. */
  readonly dropped: number;
  /** Mean difference; NaN without any. */
  readonly effect: number;
  /** Standard deviation of the differences; NaN when n < 2. */
  readonly sd: number;
  /** Corrected standard error of the mean, sd sqrt(1/n + rho / (1 - rho)); NaN when n < 2. */
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /** NaN when n < 2, or when all differences are equal, 0 or not: then there is no spread to judge by. */
  readonly t: number;
  /** Two-sided p value of no difference; NaN where t is. */
  readonly p: number;
  /** Ends of the interval; NaN where t is. */
  readonly low: number;
  readonly high: number;
}

/**
 * The correlation between the scores of two random train/test splits of the same rows, test / (train + test) (Nadeau and Bengio 2003);
 * with it the corrected variance is s^2 (1/n + test/train).
 * @param train rows in the training part
 * @param test rows in the test part
 * @throws RangeError when a size is not positive
 */
export function resamplingCorrelation(train: number, test: number): number {
  if (!(train > 0 && test > 0 && Number.isFinite(train + test)))
    throw new RangeError(`resamplingCorrelation: train and test must be positive numbers of rows, got ${train} and ${test}.`);
  return test / (train + test);
}

/** Factor from the standard deviation of n differences to the standard error of their mean. */
export function correctedErrorFactor(n: number, rho: number): number {
  return Math.sqrt(1 / n + rho / (1 - rho));
}

/** Spread below this share of the largest difference is rounding, not spread. */
const ROUNDING = 1e-10;

/**
 * Paired t test and interval with the variance corrected for overlapping training sets (Nadeau and Bengio 2003). Exact when the
 * differences are normal with equal correlation `rho`. Differences that are not finite are dropped and counted.
 * @param differences `[seeds]`, NaN where a seed has none
 * @param options correlation and level
 * @throws TypeError for an unknown option
 * @throws RangeError when an option is out of range
 */
export function correctedTTest(differences: ArrayLike<number>, options: CorrectedTOptions = {}): CorrectedT {
  const who = 'correctedTTest';
  const { rho, level } = withDefaults<Required<CorrectedTOptions>>(who, options, { rho: 0, level: 0.95 });
  checkNumber(who, 'rho', rho, 0, 1, true);
  checkNumber(who, 'level', level, Number.MIN_VALUE, 1, true);
  const values = finiteValues(differences);
  const n = values.length;
  const effect = mean(values);
  const sd = standardDeviation(values);
  const standardError = sd * correctedErrorFactor(n, rho);
  const degreesOfFreedom = n - 1;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const about = { n, dropped: differences.length - n, effect, sd, standardError, degreesOfFreedom };
  if (n < 2 || sd <= ROUNDING * largest) return { ...about, t: Number.NaN, p: Number.NaN, low: Number.NaN, high: Number.NaN };
  const t = effect / standardError;
  const reach = tQuantile((1 + level) / 2, degreesOfFreedom) * standardError;
  return { ...about, t, p: Math.min(1, 2 * tCdf(-Math.abs(t), degreesOfFreedom)), low: effect - reach, high: effect + reach };
}
