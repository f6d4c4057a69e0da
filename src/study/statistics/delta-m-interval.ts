import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { deltaM, type TaskBetter, type TaskScores } from '../../metrics/delta-m';
import { checkNumber, withDefaults } from '../../options/check';
import { bootstrapRows, type Interval } from './bootstrap';
import { correctedErrorFactor, correctedTTest } from './corrected-t-test';
import { FEWEST_SEEDS } from './decide';
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

/**
 * Delta-m over seeds: of the mean scores, with intervals; fractions, so 0.05 is 5 %. The ends are NaN where seeds have no spread to judge by, and all
 * of a term is NaN where the base is not told from 0: a gain relative to nearly nothing is no number to go by.
 */
export interface DeltaMInterval {
  readonly total: Interval;
  readonly terms: Readonly<Record<string, Interval>>;
  /** Seeds in which every metric of both sides is finite. Each term is over the seeds in which its own metrics are. */
  readonly n: number;
  /** Seeds in which some metric is not. */
  readonly dropped: number;
}

/** Spread below this share of the largest value is rounding, not spread. */
const ROUNDING = 1e-10;

/**
 * Whether the mean of a base is told from 0 (Fieller 1954: else no bounded interval of a ratio holds what it says); with fewer seeds than give a verdict, or
 * without spread, whether it is not 0.
 */
function isToldFromZero(values: Float64Array, rho: number, level: number): boolean {
  const { effect, low, high } = correctedTTest(values, { rho, level });
  return values.length < FEWEST_SEEDS || Number.isNaN(low) ? effect !== 0 : low > 0 || high < 0;
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

/** Scores of both sides by seed, with the metrics of all tasks in one row. */
interface Paired {
  readonly names: readonly string[];
  readonly base: readonly TaskScores[];
  readonly better: TaskBetter;
  /** `[seeds, metrics]` */
  readonly baseRows: readonly (readonly number[])[];
  readonly scoreRows: readonly (readonly number[])[];
  /** Where each metric of a task is in a row. */
  readonly places: readonly (readonly number[])[];
}

/** @throws TypeError when seeds or tasks do not match */
function pair(who: string, base: readonly TaskScores[], scores: readonly TaskScores[], better: TaskBetter): Paired {
  if (base.length !== scores.length)
    throw new TypeError(`${who}: base and scores must hold the same seeds; got ${base.length} and ${scores.length}.`);
  const names = Object.keys(base[0] ?? {});
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
  const rowsOf = (side: readonly TaskScores[]): number[][] =>
    side.map((one) => flat(Object.fromEntries(names.map((name) => [name, one[name]!]))));
  let next = 0;
  const places = names.map((name) => [base[0]![name]].flat().map(() => next++));
  return { names, base, better, baseRows: rowsOf(base), scoreRows: rowsOf(scores), places };
}

/** Whether a seed has all metrics of a task on both sides. */
const isUsable = ({ places, baseRows, scoreRows }: Paired, seed: number, t: number): boolean =>
  places[t]!.every((m) => Number.isFinite(baseRows[seed]![m]!) && Number.isFinite(scoreRows[seed]![m]!));

/** The mean gain over tasks and that of each task, as a function of the seeds that count. */
function gainsBy(paired: Paired, keptOf: readonly Int32Array[], rho: number, level: number): (seeds: Int32Array) => number[] {
  const { names, base, better, baseRows, scoreRows, places } = paired;
  const defined = names.map((_, t) =>
    places[t]!.every((m) =>
      isToldFromZero(
        Float64Array.from(keptOf[t]!, (i) => baseRows[i]![m]!),
        rho,
        level,
      ),
    ),
  );
  const meanOf = (rows: readonly (readonly number[])[], seeds: Int32Array): TaskScores => {
    const list = names.flatMap((_, t) => {
      const own = seeds.filter((i) => isUsable(paired, i, t));
      return places[t]!.map((m) => (defined[t] ? own.reduce((sum, i) => sum + rows[i]![m]!, 0) / own.length : Number.NaN));
    });
    return unflatten(list, base[0]!);
  };
  return (seeds) => {
    const { terms } = deltaM(meanOf(baseRows, seeds), meanOf(scoreRows, seeds), better);
    const own = names.map((name) => terms[name]!);
    return [own.reduce((a, b) => a + b, 0) / own.length, ...own];
  };
}

/** @param ownSeeds of each value the seeds that it has: leaving out another changes nothing */
function jackknife(
  gains: (seeds: Int32Array) => number[],
  every: Int32Array,
  ownSeeds: readonly Int32Array[],
  rho: number,
  level: number,
): Interval[] {
  const leftOut = Array.from(every, (row) => gains(every.filter((other) => other !== row)));
  return gains(every).map((value, s) => {
    const own = ownSeeds[s]!;
    const n = own.length;
    const pseudo = Float64Array.from(own, (row) => n * value - (n - 1) * leftOut[row]![s]!);
    const spread = standardDeviation(pseudo);
    if (n < 2 || !(spread > ROUNDING * Math.max(...pseudo.map(Math.abs)))) return { value, low: Number.NaN, high: Number.NaN };
    const reach = tQuantile((1 + level) / 2, n - 1) * spread * correctedErrorFactor(n, rho);
    return { value, low: value - reach, high: value + reach };
  });
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
  const paired = pair(who, base, scores, better);
  const { names, baseRows, scoreRows } = paired;
  const every = Int32Array.from(base, (_, i) => i);
  const whole = every.filter((i) => [...baseRows[i]!, ...scoreRows[i]!].every(Number.isFinite)).length;
  const keptOf = names.map((_, t) => every.filter((i) => isUsable(paired, i, t)));
  const complete = every.filter((i) => names.every((_, t) => isUsable(paired, i, t)));
  const gains = gainsBy(paired, keptOf, rho, level);
  const resampled = (): Interval[] =>
    bootstrapRows(complete.length, (indices) => gains(Int32Array.from(indices, (i) => complete[i]!)), {
      method: method as 'bca',
      level,
      resamples,
      seed,
    }).map((one) => (one.low === one.high ? { ...one, low: Number.NaN, high: Number.NaN } : one));
  const anyTask = every.filter((i) => names.some((_, t) => isUsable(paired, i, t)));
  const none: Interval = { value: Number.NaN, low: Number.NaN, high: Number.NaN };
  const intervals =
    base.length === 0 || (method !== 'jackknife' && complete.length === 0)
      ? [none, ...names.map(() => none)]
      : method === 'jackknife'
        ? jackknife(gains, every, [anyTask, ...keptOf], rho, level)
        : resampled();
  return {
    total: intervals[0]!,
    terms: Object.fromEntries(names.map((name, i) => [name, intervals[i + 1]!])),
    n: whole,
    dropped: base.length - whole,
  };
}
