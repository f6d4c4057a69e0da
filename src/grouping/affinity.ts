import tQuantile = require('@stdlib/stats-base-dists-t-quantile');
import normalQuantile = require('@stdlib/stats-base-dists-normal-quantile');

import { type CallSpecs, numberOption, readCall } from '../options/spec';

/** What an affinity measures. */
export type AffinityKind =
  | 'gradient-cosine'
  | 'tag'
  | 'pairwise'
  | 'leave-one-out'
  | 'weight-cosine'
  | 'cka'
  | 'rsa'
  | 'spearman'
  | 'mutual-information'
  | 'phi'
  | 'other';

/** How much tasks have to do with each other. Plain data, safe to write as JSON. */
export interface Affinity {
  readonly kind: AffinityKind;
  readonly tasks: readonly string[];
  /** `[tasks, tasks]`; row = the task that acts, column = the task acted upon. NaN where nothing is known. */
  readonly values: readonly (readonly number[])[];
  /** Whether `values[i][j]` and `values[j][i]` are different questions. */
  readonly directed: boolean;
  /** The value that means "nothing to do with each other": 0 for cosines, correlations and relative gains. */
  readonly neutral: number;
  /** The largest value the measure can take (1 for cosines and correlations); absent where there is none. */
  readonly ceiling?: number;
  /** Bounds of an interval about each value, `[tasks, tasks]`; absent where nothing tells how sure the values are. */
  readonly low?: readonly (readonly number[])[];
  readonly high?: readonly (readonly number[])[];
  /** Coverage of the interval, in (0, 1). */
  readonly confidence?: number;
  /** How many runs (one per seed) the values are means and the intervals are over; absent where they are of something else. */
  readonly runs?: number;
  /** What a reader should know: steps left out, pairs with few rows, what the interval is over. */
  readonly notes: readonly string[];
}

/** Options of the affinities that are measured in several runs. */
export interface RunOptions {
  /** Coverage of the interval over runs, in (0, 1). @default 0.95 */
  readonly confidence?: number;
}

const runSpecs: CallSpecs<RunOptions> = {
  confidence: numberOption(0.95, 'coverage of the interval over runs', { above: 0, below: 1 }),
};

function checkSquare(who: string, matrix: readonly ArrayLike<number>[], size: number): void {
  if (matrix.length !== size) throw new TypeError(`${who}: expected ${size} rows (one per task), got ${matrix.length}.`);
  matrix.forEach((row, i) => {
    if (row.length !== size) throw new TypeError(`${who}: row ${i} must have ${size} values (one per task), got ${row.length}.`);
  });
}

function square(size: number, at: (i: number, j: number) => number): number[][] {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => at(i, j)));
}

/**
 * Checks that an affinity is well formed.
 * @throws TypeError when a matrix is not `[tasks, tasks]`, only one bound is there, or a task is named twice
 * @throws RangeError when a bound is on the wrong side of its value
 */
export function checkAffinity(affinity: Affinity): void {
  const { tasks, values, low, high } = affinity;
  const twice = tasks.find((t, i) => tasks.indexOf(t) !== i);
  if (twice !== undefined) throw new TypeError(`affinity: task '${twice}' is named twice.`);
  checkSquare('affinity values', values, tasks.length);
  if ((low === undefined) !== (high === undefined)) throw new TypeError("affinity: give both 'low' and 'high', or neither.");
  if (low === undefined || high === undefined) return;
  checkSquare('affinity low', low, tasks.length);
  checkSquare('affinity high', high, tasks.length);
  tasks.forEach((from, i) => {
    tasks.forEach((to, j) => {
      if (low[i]![j]! > values[i]![j]! || high[i]![j]! < values[i]![j]!) {
        throw new RangeError(
          `affinity: the value of '${from}' on '${to}' (${values[i]![j]}) lies outside its interval [${low[i]![j]}, ${high[i]![j]}].`,
        );
      }
    });
  });
}

/**
 * The affinity without direction: the mean of both directions (of the bounds too, which is conservative), or the known one where
 * only one is known.
 */
export function symmetrize(affinity: Affinity): Affinity {
  checkAffinity(affinity);
  const mean = (m: readonly (readonly number[])[]): number[][] =>
    square(m.length, (i, j) => {
      const [a, b] = [m[i]![j]!, m[j]![i]!];
      return Number.isNaN(a) ? b : Number.isNaN(b) ? a : (a + b) / 2;
    });
  return {
    ...affinity,
    directed: false,
    values: mean(affinity.values),
    ...(affinity.low === undefined || affinity.high === undefined ? {} : { low: mean(affinity.low), high: mean(affinity.high) }),
  };
}

/** A matrix per run -> mean over the runs in which a value is known, with a Student t interval where there are at least two. */
function overRuns(
  base: Pick<Affinity, 'kind' | 'tasks' | 'directed' | 'neutral' | 'notes'> & { readonly ceiling?: number },
  runs: readonly number[][][],
  options: RunOptions | undefined,
): Affinity {
  const { confidence } = readCall<RunOptions>(base.kind, runSpecs, options);
  const size = base.tasks.length;
  const known = (i: number, j: number): number[] => runs.map((run) => run[i]![j]!).filter((v) => !Number.isNaN(v));
  const mean = (v: readonly number[]): number => (v.length === 0 ? Number.NaN : v.reduce((s, x) => s + x, 0) / v.length);
  const values = square(size, (i, j) => mean(known(i, j)));
  if (runs.length < 2) return { ...base, values };
  const half = square(size, (i, j) => {
    const v = known(i, j);
    if (v.length < 2) return Number.NaN;
    const center = mean(v);
    const variance = v.reduce((s, x) => s + (x - center) ** 2, 0) / (v.length - 1);
    return tQuantile(0.5 + confidence / 2, v.length - 1) * Math.sqrt(variance / v.length);
  });
  return {
    ...base,
    values,
    low: square(size, (i, j) => values[i]![j]! - half[i]![j]!),
    high: square(size, (i, j) => values[i]![j]! + half[i]![j]!),
    confidence,
    runs: runs.length,
    notes: [...base.notes, `interval: Student t over ${runs.length} runs`],
  };
}

function checkRuns(who: string, runs: readonly unknown[]): void {
  if (!Array.isArray(runs) || runs.length === 0)
    throw new TypeError(`${who}: expected an array of runs (one per seed), got ${runs?.length ?? runs}.`);
}

/** Losses seen when every task in turn takes a trial step on the shared parameters. */
export interface LookaheadLosses {
  /** Loss of each task before the steps: `[steps, tasks]`. NaN where the batch had no label of the task. */
  readonly before: readonly ArrayLike<number>[];
  /** `after[step][i][j]`: loss of task j after a step on the shared parameters along task i's gradient alone. */
  readonly after: readonly (readonly ArrayLike<number>[])[];
}

/**
 * Inter-task affinity of TAG (Fifty et al. 2021, 2109.04617): one minus the ratio of task j's loss after and before a step of task i,
 * averaged over training. Positive: i's steps lower j's loss. The diagonal is a task's effect on itself.
 * Steps in which a loss is missing or not positive are left out of that pair's mean, and counted in the notes.
 * @param tasks names of the tasks
 * @param runs one per seed; with two or more the result has an interval
 * @throws TypeError on shapes that do not match
 */
export function tagAffinity(tasks: readonly string[], runs: readonly LookaheadLosses[], options?: RunOptions): Affinity {
  checkRuns('tagAffinity', runs);
  const size = tasks.length;
  let leftOut = 0;
  const means = runs.map(({ before, after }, r) => {
    if (before.length !== after.length || before.length === 0) {
      throw new TypeError(
        `tagAffinity: runs[${r}] has losses before ${before.length} steps and after ${after.length}; expected as many, and at least 1.`,
      );
    }
    const sum = square(size, () => 0);
    const count = square(size, () => 0);
    before.forEach((losses, step) => {
      if (losses.length !== size) {
        throw new TypeError(`tagAffinity: runs[${r}].before[${step}] must have ${size} losses (one per task), got ${losses.length}.`);
      }
      checkSquare(`tagAffinity: runs[${r}].after[${step}]`, after[step]!, size);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          const [was, is] = [losses[j]!, after[step]![i]![j]!];
          if (!(was > 0) || !Number.isFinite(was) || !Number.isFinite(is)) {
            leftOut++;
            continue;
          }
          sum[i]![j]! += 1 - is / was;
          count[i]![j]!++;
        }
      }
    });
    return square(size, (i, j) => sum[i]![j]! / count[i]![j]!);
  });
  const notes = leftOut === 0 ? [] : [`${leftOut} of the looked-ahead losses were missing or not positive and were left out`];
  return overRuns({ kind: 'tag', tasks, directed: true, neutral: 0, notes }, means, options);
}

/** Errors of one run of the pairwise search of Standley et al. 2020. Lower is better: pass 1 - AUC for an AUC. */
export interface PairwiseErrors {
  /** Error of each task trained alone: `[tasks]`. */
  readonly alone: ArrayLike<number>;
  /** `pairs[i][j]`: error of task j in the network trained on i and j; the diagonal is not read. */
  readonly pairs: readonly ArrayLike<number>[];
}

/**
 * Affinity by training every pair of tasks (Standley et al. 2020, 1905.07553): by what share task i's company lowers task j's error.
 * @param runs one per seed, trained with the same seed alone and in pairs
 * @throws TypeError on shapes that do not match
 * @throws RangeError when an error alone is not positive, so that no share of it can be told
 */
export function pairwiseAffinity(tasks: readonly string[], runs: readonly PairwiseErrors[], options?: RunOptions): Affinity {
  checkRuns('pairwiseAffinity', runs);
  const gains = runs.map(({ alone, pairs }, r) => {
    if (alone.length !== tasks.length)
      throw new TypeError(`pairwiseAffinity: runs[${r}].alone must have ${tasks.length} errors, got ${alone.length}.`);
    checkSquare(`pairwiseAffinity: runs[${r}].pairs`, pairs, tasks.length);
    tasks.forEach((t, j) => {
      if (!(alone[j]! > 0))
        throw new RangeError(`pairwiseAffinity: the error of '${t}' alone must be positive, got ${alone[j]} in runs[${r}].`);
    });
    return square(tasks.length, (i, j) => (i === j ? 0 : 1 - pairs[i]![j]! / alone[j]!));
  });
  return overRuns({ kind: 'pairwise', tasks, directed: true, neutral: 0, notes: [] }, gains, options);
}

/** Errors of one run of leave-one-out transfer. Lower is better. */
export interface LeaveOneOutErrors {
  /** Error of each task in the network trained on all tasks: `[tasks]`. */
  readonly together: ArrayLike<number>;
  /** `without[i][j]`: error of task j in the network trained on all tasks but i; the diagonal is not read. */
  readonly without: readonly ArrayLike<number>[];
}

/**
 * Affinity by leaving out one task at a time: by what share task i's presence among all others lowers task j's error.
 * It asks what i adds to the company that j has anyway, so two tasks that could stand in for each other both look useless.
 * @param runs one per seed
 * @throws TypeError on shapes that do not match
 * @throws RangeError when an error is not positive
 */
export function leaveOneOutAffinity(tasks: readonly string[], runs: readonly LeaveOneOutErrors[], options?: RunOptions): Affinity {
  checkRuns('leaveOneOutAffinity', runs);
  const gains = runs.map(({ together, without }, r) => {
    if (together.length !== tasks.length) {
      throw new TypeError(`leaveOneOutAffinity: runs[${r}].together must have ${tasks.length} errors, got ${together.length}.`);
    }
    checkSquare(`leaveOneOutAffinity: runs[${r}].without`, without, tasks.length);
    return square(tasks.length, (i, j) => {
      if (i === j) return 0;
      const error = without[i]![j]!;
      if (!(error > 0)) {
        throw new RangeError(
          `leaveOneOutAffinity: the error of '${tasks[j]}' without '${tasks[i]}' must be positive, got ${error} in runs[${r}].`,
        );
      }
      return 1 - together[j]! / error;
    });
  });
  return overRuns({ kind: 'leave-one-out', tasks, directed: true, neutral: 0, notes: [] }, gains, options);
}

/** Cosines of a Gramian; NaN in the rows of zero vectors. */
function cosines(gramian: readonly ArrayLike<number>[]): number[][] {
  return square(gramian.length, (i, j) => {
    const norms = Math.sqrt(gramian[i]![i]! * gramian[j]![j]!);
    return norms > 0 ? Math.min(1, Math.max(-1, gramian[i]![j]! / norms)) : Number.NaN;
  });
}

/**
 * Affinity as the mean cosine between the tasks' gradients of the shared parameters, over training.
 * @param runs `[runs][steps]` Gramians `[tasks, tasks]` of the gradients; the interval is over runs, since steps depend on each other
 * @throws TypeError on shapes that do not match
 */
export function gradientCosineAffinity(
  tasks: readonly string[],
  runs: readonly (readonly (readonly ArrayLike<number>[])[])[],
  options?: RunOptions,
): Affinity {
  checkRuns('gradientCosineAffinity', runs);
  const means = runs.map((steps, r) => {
    checkRuns(`gradientCosineAffinity: runs[${r}]`, steps);
    const perStep = steps.map((gramian, s) => {
      checkSquare(`gradientCosineAffinity: runs[${r}][${s}]`, gramian, tasks.length);
      return cosines(gramian);
    });
    return square(tasks.length, (i, j) => {
      const known = perStep.map((c) => c[i]![j]!).filter((v) => !Number.isNaN(v));
      return known.length === 0 ? Number.NaN : known.reduce((a, b) => a + b, 0) / known.length;
    });
  });
  return overRuns({ kind: 'gradient-cosine', tasks, directed: false, neutral: 0, ceiling: 1, notes: [] }, means, options);
}

/**
 * Affinity as the cosine between the weight vectors of linear models, one per task.
 * The interval is Fisher's z with standard error 1 / sqrt(features - 2): how far cosines of unrelated, isotropic weight vectors
 * scatter. It knows nothing of the rows the weights were fitted on.
 * @param weights `[tasks, features]`, at least 3 features
 * @throws TypeError on shapes that do not match
 */
export function weightCosineAffinity(tasks: readonly string[], weights: readonly ArrayLike<number>[], options?: RunOptions): Affinity {
  const { confidence } = readCall<RunOptions>('weightCosineAffinity', runSpecs, options);
  const features = weights[0]?.length ?? 0;
  if (weights.length !== tasks.length || features < 3 || weights.some((w) => w.length !== features)) {
    throw new TypeError(
      `weightCosineAffinity: weights must be [${tasks.length} tasks, at least 3 features], got ${weights.length} rows of ${[...new Set(weights.map((w) => w.length))].join(', ')}.`,
    );
  }
  const values = cosines(
    square(tasks.length, (i, j) => {
      let dot = 0;
      for (let f = 0; f < features; f++) dot += weights[i]![f]! * weights[j]![f]!;
      return dot;
    }),
  );
  const half = normalQuantile(0.5 + confidence / 2, 0, 1) / Math.sqrt(features - 2);
  const bound = (side: number): number[][] =>
    square(tasks.length, (i, j) => (i === j ? values[i]![j]! : Math.tanh(Math.atanh(values[i]![j]!) + side * half)));
  return {
    kind: 'weight-cosine',
    tasks,
    values,
    directed: false,
    neutral: 0,
    ceiling: 1,
    low: bound(-1),
    high: bound(1),
    confidence,
    notes: [`interval: Fisher z over ${features} features`],
  };
}
