import type { ComparisonData, RunRecord, TaskRecord } from './comparison-data';
import { mean, type PairedComparison, pairedComparison, pairedDifferences } from './statistics';
import { finiteValues } from './statistics/paired-differences';
import { correlationOfRatio, resamplingRatio, rowVariance, type SeedContributions } from './statistics/row-variance';
import { runOf } from './values';

/** Runs of one method, one a seed; undefined where the run is not finished. */
export type Runs = readonly (RunRecord | undefined)[];

/** The gains of one method over another on one metric, or on the average of several tasks. */
export interface Gains {
  /** `[seeds]` positive is better. NaN where a seed has none; a seed in which only the method failed has its worst gain. */
  readonly values: Float64Array;
  /** `[seeds]` what each test row adds to the gain; absent where a seed counts but its rows are not kept. */
  readonly rows?: readonly (SeedContributions | undefined)[];
  /** Seeds in which the method failed and the other did not. */
  readonly failed: number;
  /** Whether all predictions that count are exactly the same. */
  readonly identical: boolean;
}

/** How the runs of a study belong together. */
export interface Design {
  /** Rows for testing over rows for training; NaN where all seeds share one test set. */
  readonly testOverTrain: number;
  readonly alpha: number;
}

/** How the runs of a comparison belong together. */
export function designOf({ rho, alpha }: Pick<ComparisonData, 'rho' | 'alpha'>): Design {
  return { testOverTrain: rho === 0 ? Number.NaN : rho / (1 - rho), alpha };
}

/** The runs of a method in the order of the seeds. */
export function runsOf(data: ComparisonData, method: string): Runs {
  return data.seeds.map((seed) => runOf(data, method, seed));
}

const scoreOf = (run: RunRecord | undefined, task: string, metric: string): number => run?.metrics[task]?.[metric] ?? Number.NaN;

/** What each test row adds to a gain; undefined where it is not known of one of the two. */
function contributionsOf(
  method: RunRecord | undefined,
  baseline: RunRecord | undefined,
  task: string,
  metric: string,
  sign: number,
): SeedContributions | undefined {
  const [own, base] = [method?.evidence, baseline?.evidence];
  const [more, less] = [own?.contributions[task]?.[metric], base?.contributions[task]?.[metric]];
  if (!own || !base || !more || !less || more.length !== less.length) return undefined;
  const values = Float64Array.from(more, (value, i) => sign * (value - less[i]!));
  return { units: own.groups ?? own.rows, values };
}

function samePredictions(method: RunRecord | undefined, baseline: RunRecord | undefined, task: string): boolean {
  const [a, b] = [method?.evidence?.predictions[task], baseline?.evidence?.predictions[task]];
  return a !== undefined && b !== undefined && a.length === b.length && a.every((value, i) => value === b[i]);
}

/**
 * The gains of one method over another on one task, seed by seed.
 *
 * A seed in which the method alone failed is not dropped, since a method that fails when it does badly would look good by what is left: it counts
 * with the worst gain that was seen, and with a loss of the margin at least.
 * @param margin the smallest difference that matters
 */
export function gainsOf(
  method: Runs,
  baseline: Runs,
  { name, metric, better }: Pick<TaskRecord, 'name' | 'metric' | 'better'>,
  margin: number,
): Gains {
  const values = pairedDifferences(
    method.map((run) => scoreOf(run, name, metric)),
    baseline.map((run) => scoreOf(run, name, metric)),
    better,
  );
  const counts = Array.from(values, (value) => Number.isFinite(value));
  const sign = better === 'lower' ? -1 : 1;
  const worst = Math.min(-margin, ...finiteValues(values));
  let failed = 0;
  for (const [s, run] of method.entries()) {
    if (run?.failure === undefined || !Number.isFinite(scoreOf(baseline[s], name, metric)) || !counts.includes(true)) continue;
    values[s] = worst;
    failed++;
  }
  const rows =
    values.length === 0 ? [] : method.map((run, s) => (counts[s] ? contributionsOf(run, baseline[s], name, metric, sign) : undefined));
  const known = counts.every((own, s) => !own || rows[s] !== undefined);
  const identical = counts.some((own, s) => own && samePredictions(method[s], baseline[s], name));
  return {
    values,
    ...(known ? { rows } : {}),
    failed,
    identical: identical && failed === 0 && counts.every((own, s) => !own || samePredictions(method[s], baseline[s], name)),
  };
}

/**
 * The gains on the weighted average of several tasks, seed by seed. A task whose metric is undefined in a seed is there with its mean gain in
 * the other seeds, so that the average is over the same tasks in every seed; the spread is enlarged for the cells that this fills.
 * @param gains of each task, over the same seeds
 * @param weights of each task, in what unit gains are averaged
 */
export function averageGains(gains: readonly Gains[], weights: readonly number[]): Gains {
  const seeds = gains[0]!.values.length;
  const means = gains.map(({ values }) => mean(finiteValues(values)));
  const used = gains.flatMap((_, t) => (Number.isFinite(means[t]!) ? [t] : []));
  const values = new Float64Array(seeds).fill(Number.NaN);
  let [cells, seen] = [0, 0];
  for (let s = 0; s < seeds; s++) {
    const here = used.filter((t) => Number.isFinite(gains[t]!.values[s]!));
    if (here.length === 0) continue;
    cells += used.length;
    seen += here.length;
    values[s] = used.reduce((sum, t) => sum + weights[t]! * (here.includes(t) ? gains[t]!.values[s]! : means[t]!), 0) / used.length;
  }
  const center = mean(finiteValues(values));
  const spread = Math.sqrt(cells / seen);
  const known = used.every((t) => gains[t]!.rows !== undefined);
  const rows = Array.from({ length: seeds }, (_, s): SeedContributions | undefined => {
    const parts = used.flatMap((t) => (gains[t]!.rows?.[s] ? [{ part: gains[t]!.rows[s], weight: weights[t]! / used.length }] : []));
    if (parts.length === 0) return undefined;
    return {
      units: Float64Array.from(parts.flatMap(({ part }) => Array.from(part.units))),
      values: Float64Array.from(parts.flatMap(({ part, weight }) => Array.from(part.values, (value) => weight * value))),
    };
  });
  return {
    values: spread > 1 ? values.map((value) => center + spread * (value - center)) : values,
    ...(known ? { rows } : {}),
    failed: Math.max(0, ...used.map((t) => gains[t]!.failed)),
    identical: used.length > 0 && used.every((t) => gains[t]!.identical),
  };
}

/** The variance from shared test rows; NaN where they are not known. */
export function rowVarianceOf({ values, rows }: Gains): number {
  if (!rows) return Number.NaN;
  const seeds = Array.from(values).flatMap((value, s) => (Number.isFinite(value) ? [rows[s] ?? { units: [], values: [] }] : []));
  return rowVariance(seeds);
}

/**
 * A method against another by their gains: interval, test and equivalence test, with the variance of the design.
 * @param shared the variance from shared test rows, where it is known from elsewhere than the gains' own rows
 */
export function comparedBy(gains: Gains, design: Design, margin: number, shared: number = rowVarianceOf(gains)): PairedComparison {
  const ratio = resamplingRatio(gains.values, { testOverTrain: design.testOverTrain, rowVariance: shared });
  const level = 1 - design.alpha;
  if (!Number.isNaN(ratio)) return pairedComparison(gains.values, { rho: correlationOfRatio(ratio), margin, level });
  const nothing = { t: Number.NaN, p: Number.NaN, low: Number.NaN, high: Number.NaN, equivalenceP: Number.NaN, rho: Number.NaN };
  return { ...pairedComparison(gains.values, { rho: 0, margin, level }), ...nothing };
}
