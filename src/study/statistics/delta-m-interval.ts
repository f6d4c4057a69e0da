import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { deltaM, type TaskBetter, type TaskScores } from '../../metrics/delta-m';
import { checkNumber, withDefaults } from '../../options/check';
import { bootstrapRows, type Interval } from './bootstrap';
import { correctedErrorFactor } from './corrected-t-test';
import { standardDeviation } from './moments';

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

/** One seed's scores as one list, metric after metric. */
const flat = (scores: TaskScores): number[] => Object.values(scores).flat() as number[];

/** The scores that `flat` would turn into this list, with the tasks and metrics of `like`. */
function unflatten(list: readonly number[], like: TaskScores): TaskScores {
  let next = 0;
  return Object.fromEntries(
    Object.entries(like).map(([task, metrics]) => {
      const start = next;
      next += typeof metrics === 'number' ? 1 : metrics.length;
      return [task, list.slice(start, next)];
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
  const names = Object.keys(base[0] ?? {});
  const rowsOf = (side: readonly TaskScores[]): number[][] =>
    side.map((one) => flat(Object.fromEntries(names.map((name) => [name, one[name]!]))));
  base.forEach((one, i) => {
    // Checks that the tasks and metrics of both sides match; each seed must have those of the first.
    deltaM(one, scores[i]!, better);
    if (
      Object.keys(one).length !== names.length ||
      names.some((name) => !Object.hasOwn(one, name) || [one[name]].flat().length !== [base[0]![name]].flat().length)
    )
      throw new TypeError(
        `${who}: seed ${i} must have the tasks and metrics of the first (${names.join(', ')}), NaN where one is missing.`,
      );
  });
  const baseRows = rowsOf(base);
  const scoreRows = rowsOf(scores);
  const kept = baseRows.flatMap((row, i) => ([...row, ...scoreRows[i]!].every(Number.isFinite) ? [i] : []));
  const n = kept.length;
  const meanOf = (rows: readonly (readonly number[])[], indices: Int32Array): TaskScores =>
    unflatten(
      rows[0]!.map((_, m) => indices.reduce((sum, index) => sum + rows[kept[index]!]![m]!, 0) / indices.length),
      base[0]!,
    );
  const gains = (indices: Int32Array): number[] => {
    const { total, terms } = deltaM(meanOf(baseRows, indices), meanOf(scoreRows, indices), better);
    return [total, ...names.map((name) => terms[name]!)];
  };
  const jackknife = (): Interval[] => {
    const all = Int32Array.from({ length: n }, (_, i) => i);
    const values = gains(all);
    const leftOut = Array.from(all, (row) => gains(all.filter((other) => other !== row)));
    return values.map((value, s) => {
      if (n < 2) return { value, low: Number.NaN, high: Number.NaN };
      const pseudo = leftOut.map((left) => n * value - (n - 1) * left[s]!);
      const reach = tQuantile((1 + level) / 2, n - 1) * standardDeviation(pseudo) * correctedErrorFactor(n, rho);
      return { value, low: value - reach, high: value + reach };
    });
  };
  const none: Interval = { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const intervals =
    n === 0
      ? [none, ...names.map(() => none)]
      : method === 'jackknife'
        ? jackknife()
        : bootstrapRows(n, gains, { method, level, resamples, seed });
  return {
    total: intervals[0]!,
    terms: Object.fromEntries(names.map((name, i) => [name, intervals[i + 1]!])),
    n,
    dropped: base.length - n,
  };
}
