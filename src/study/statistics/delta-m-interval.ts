import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { deltaM, type TaskBetter, type TaskScores } from '../../metrics/delta-m';
import { checkNumber, withDefaults } from '../../options';
import { type BootstrapOptions, bootstrapRows, type Interval } from './bootstrap';
import { correctedErrorFactor } from './corrected-t-test';
import { mean, standardDeviation } from './moments';

/** Options of `deltaMInterval`. */
export interface DeltaMIntervalOptions {
  /**
   * `'jackknife'`: t interval of the jackknife pseudo-values with the variance corrected as in `correctedTTest`; `'percentile'` or `'bca'`:
   * bootstrap over seeds, which takes them as independent. @default 'jackknife'
   */
  readonly method?: 'jackknife' | 'percentile' | 'bca';
  /** Correlation between the scores of two seeds, as in `correctedTTest`; only the jackknife uses it. @default 0 */
  readonly rho?: number;
  /** Level of the interval, in (0, 1). @default 0.95 */
  readonly level?: number;
  /** Bootstrap resamples. @default 9999 */
  readonly resamples?: number;
  /** Seed of the bootstrap. @default 0 */
  readonly seed?: number;
}

/** Delta-m over seeds: of the mean scores, with intervals; fractions, so 0.05 is 5 %. */
export interface DeltaMInterval {
  readonly total: Interval;
  readonly terms: Readonly<Record<string, Interval>>;
  /** Seeds in which every metric of both sides is finite. */
  readonly n: number;
  /** Seeds left out because some metric is not. */
  readonly dropped: number;
}

const values = (scores: TaskScores): number[] => Object.values(scores).flat() as number[];

/** Per task and metric the mean over these seeds. */
function meanScores(seeds: readonly TaskScores[]): TaskScores {
  return Object.fromEntries(
    Object.entries(seeds[0]!).map(([task, first]) => {
      const metrics = typeof first === 'number' ? 1 : first.length;
      const at = (seed: TaskScores, m: number): number => [seed[task]!].flat()[m] as number;
      return [task, Array.from({ length: metrics }, (_, m) => mean(seeds.map((seed) => at(seed, m))))];
    }),
  );
}

/**
 * Delta-m of mean scores over seeds, with an interval that carries the spread of the single-task base as well as that of the method: seeds
 * are resampled, or left out one at a time, with the method and its base together.
 * @param base per seed and task what single-task learning scored
 * @param scores per seed and task what the method scored, on the same seeds in the same order
 * @param better per task whether its metric is better higher or lower
 * @param options method, correlation, level, resamples and seed
 * @throws TypeError when seeds or tasks do not match, or for an unknown option
 * @throws RangeError when an option is out of range
 */
export function deltaMInterval(
  base: readonly TaskScores[],
  scores: readonly TaskScores[],
  better: TaskBetter,
  options: DeltaMIntervalOptions = {},
): DeltaMInterval {
  const who = 'deltaMInterval';
  const defaults = { method: 'jackknife', rho: 0, level: 0.95, resamples: 9999, seed: 0 } as const;
  const { method, rho, level, resamples, seed } = withDefaults<Required<DeltaMIntervalOptions>>(who, options, defaults);
  checkNumber(who, 'rho', rho, 0, 1, true);
  checkNumber(who, 'level', level, Number.MIN_VALUE, 1, true);
  if (!['jackknife', 'percentile', 'bca'].includes(method))
    throw new RangeError(`${who}: method must be 'jackknife', 'percentile' or 'bca', got ${JSON.stringify(method)}.`);
  if (base.length !== scores.length)
    throw new TypeError(`${who}: base and scores must hold the same seeds; got ${base.length} and ${scores.length}.`);
  const kept = base.flatMap((one, i) => ([...values(one), ...values(scores[i]!)].every(Number.isFinite) ? [i] : []));
  const n = kept.length;
  const of = (rows: ArrayLike<number>): { total: number; terms: Readonly<Record<string, number>> } => {
    const seeds = Array.from(rows, (row) => kept[row]!);
    return deltaM(meanScores(seeds.map((i) => base[i]!)), meanScores(seeds.map((i) => scores[i]!)), better);
  };
  const all = Int32Array.from({ length: n }, (_, i) => i);
  const pick = (name: string | undefined, rows: ArrayLike<number>): number => (name === undefined ? of(rows).total : of(rows).terms[name]!);
  const jackknife = (name: string | undefined): Interval => {
    const value = pick(name, all);
    if (n < 2) return { value, low: Number.NaN, high: Number.NaN };
    const pseudo = Array.from(
      all,
      (row) =>
        n * value -
        (n - 1) *
          pick(
            name,
            all.filter((other) => other !== row),
          ),
    );
    const reach = tQuantile((1 + level) / 2, n - 1) * standardDeviation(pseudo) * correctedErrorFactor(n, rho);
    return { value, low: value - reach, high: value + reach };
  };
  const interval = (name: string | undefined): Interval => {
    if (n === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN };
    if (method === 'jackknife') return jackknife(name);
    const bootstrap: BootstrapOptions = { method, level, resamples, seed };
    return bootstrapRows(n, (rows) => pick(name, rows), bootstrap);
  };
  const terms = Object.fromEntries(Object.keys(base[0] ?? {}).map((name) => [name, interval(name)]));
  return { total: interval(undefined), terms, n, dropped: base.length - n };
}
