import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { checkInteger, checkNumber, withDefaults } from '../../options/check';
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
 * Bootstrap intervals of statistics of paired observations: whole rows (seeds) are drawn with replacement, the same for every statistic.
 * The ends are NaN with fewer than two rows; a statistic that is the same on every resample has both ends at its value.
 * @param rows the number of rows
 * @param statistics the statistics on the rows of these indices, always as many
 * @param options method, level, resamples and seed
 * @returns per statistic its value and interval
 * @throws TypeError for an unknown option
 * @throws RangeError when an option is out of range
 */
export function bootstrapRows(
  rows: number,
  statistics: (indices: Int32Array) => readonly number[],
  options: BootstrapOptions = {},
): Interval[] {
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
  const values = statistics(all);
  if (rows < 2) return values.map((value) => ({ value, low: Number.NaN, high: Number.NaN }));
  const draws = random(seed, 'bootstrap');
  const replicates = Array.from({ length: resamples }, () => statistics(all.map(() => draws.below(rows))));
  const leftOut = method === 'bca' ? Array.from(all, (row) => statistics(all.filter((other) => other !== row))) : [];
  return values.map((value, s) => {
    const own = Float64Array.from(replicates, (replicate) => replicate[s]!);
    if (own.every((replicate) => replicate === value)) return { value, low: value, high: value };
    const ends =
      method === 'percentile'
        ? percentileEnds(own, level)
        : bcaEnds(
            own,
            value,
            leftOut.map((left) => left[s]!),
            level,
          );
    return { value, ...ends };
  });
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
  return bootstrapRows(values.length, (indices) => [mean(Float64Array.from(indices, (i) => values[i]!))], options)[0]!;
}
