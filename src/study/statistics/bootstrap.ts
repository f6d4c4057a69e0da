import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { checkInteger, checkNumber, withDefaults } from '../../options';
import { random } from '../../random/random';
import { mean, quantile } from './moments';
import { finiteValues } from './paired-differences';

/** Options of the bootstrap. */
export interface BootstrapOptions {
  /** `'percentile'`, or `'bca'`: bias-corrected and accelerated (Efron 1987). @default 'bca' */
  readonly method?: 'percentile' | 'bca';
  /** Level of the interval, in (0, 1). @default 0.95 */
  readonly level?: number;
  /** Resamples. @default 9999 */
  readonly resamples?: number;
  /** Seed of the resampling. @default 0 */
  readonly seed?: number;
}

/** An estimate with its interval; the ends are NaN where there is too little to tell. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The percentile interval of bootstrap replicates. */
export function percentileEnds(replicates: ArrayLike<number>, level: number): { low: number; high: number } {
  const sorted = Float64Array.from(replicates).sort();
  return { low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
}

/**
 * The bias-corrected and accelerated interval (Efron 1987) of bootstrap replicates.
 * @param replicates the statistic on each resample
 * @param value the statistic on the sample
 * @param leftOut the statistic with each observation left out, for the acceleration
 * @param level level of the interval
 */
export function bcaEnds(
  replicates: ArrayLike<number>,
  value: number,
  leftOut: ArrayLike<number>,
  level: number,
): { low: number; high: number } {
  const sorted = Float64Array.from(replicates).sort();
  const below = sorted.filter((replicate) => replicate < value).length;
  const upTo = sorted.filter((replicate) => replicate <= value).length;
  const bias = normalQuantile((below + upTo) / 2 / sorted.length, 0, 1);
  const center = mean(leftOut);
  let [squares, cubes] = [0, 0];
  for (let i = 0; i < leftOut.length; i++) {
    const deviation = center - leftOut[i]!;
    squares += deviation ** 2;
    cubes += deviation ** 3;
  }
  const acceleration = cubes / (6 * squares ** 1.5);
  const end = (tail: number): number => {
    const z = bias + normalQuantile(tail, 0, 1);
    return quantile(sorted, normalCdf(bias + z / (1 - acceleration * z), 0, 1));
  };
  return { low: end((1 - level) / 2), high: end((1 + level) / 2) };
}

/**
 * Bootstrap interval of any statistic of paired observations: whole rows (seeds) are drawn with replacement.
 * The ends are NaN with fewer than two rows, or where the statistic does not vary over resamples (unless it is the same on all: then they
 * are that value).
 * @param rows the number of rows
 * @param statistic the statistic on the rows of these indices
 * @param options method, level, resamples and seed
 * @throws TypeError for an unknown option
 * @throws RangeError when an option is out of range
 */
export function bootstrapRows(rows: number, statistic: (indices: Int32Array) => number, options: BootstrapOptions = {}): Interval {
  const who = 'bootstrap';
  const { method, level, resamples, seed } = withDefaults<Required<BootstrapOptions>>(who, options, {
    method: 'bca',
    level: 0.95,
    resamples: 9999,
    seed: 0,
  });
  checkNumber(who, 'level', level, Number.MIN_VALUE, 1, true);
  checkInteger(who, 'resamples', resamples, 1);
  if (method !== 'bca' && method !== 'percentile')
    throw new RangeError(`${who}: method must be 'bca' or 'percentile', got ${JSON.stringify(method)}.`);
  const all = Int32Array.from({ length: rows }, (_, i) => i);
  const value = statistic(all);
  if (rows < 2) return { value, low: Number.NaN, high: Number.NaN };
  const draws = random(seed, 'bootstrap');
  const replicates = Float64Array.from({ length: resamples }, () => statistic(all.map(() => draws.below(rows))));
  if (replicates.every((replicate) => replicate === value)) return { value, low: value, high: value };
  if (method === 'percentile') return { value, ...percentileEnds(replicates, level) };
  const leftOut = Float64Array.from(all, (row) => statistic(all.filter((other) => other !== row)));
  return { value, ...bcaEnds(replicates, value, leftOut, level) };
}

/**
 * Bootstrap interval of the mean paired difference. It takes the seeds as independent, so for overlapping training sets, and for fewer
 * than about ten seeds, it is too narrow: `correctedTTest` is the interval that verdicts use.
 * @param differences `[seeds]`, NaN where a seed has none (dropped)
 * @param options method, level, resamples and seed
 * @throws TypeError for an unknown option
 * @throws RangeError when an option is out of range
 */
export function bootstrapInterval(differences: ArrayLike<number>, options: BootstrapOptions = {}): Interval {
  const values = finiteValues(differences);
  return bootstrapRows(values.length, (indices) => mean(Array.from(indices, (i) => values[i]!)), options);
}
