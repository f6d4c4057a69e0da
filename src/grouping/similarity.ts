import { ranks } from '../numeric/ranks';
import { type CallSpecs, COUNT, choiceOption, numberOption, optional, readCall, SEED } from '../options/spec';
import { type Random, random } from '../random/random';
import { kindOf } from '../tasks/registry';
import type { Labels } from '../tasks/task';
import type { Affinity } from './affinity';

/** How alike two tasks' labels are, before any training. */
export type LabelMeasure = 'spearman' | 'mutual-information' | 'phi';

/** Options of `labelSimilarity`. */
export interface LabelSimilarityOptions {
  /** @default 'spearman', or 'mutual-information' where a task has more than two classes */
  readonly measure?: LabelMeasure;
  /** Bootstrap samples of the rows for the interval; 0 for no interval. @default 200 */
  readonly replicates?: number;
  /** Coverage of the interval, in (0, 1). @default 0.95 */
  readonly confidence?: number;
  /** Fewest rows with both labels from which a pair is compared. @default 10 */
  readonly minimumRows?: number;
  /** Equally filled bins of a regression task's values (mutual information only). @default 5 */
  readonly bins?: number;
  /** Seed of the bootstrap. @default 0 */
  readonly seed?: number;
}

const similaritySpecs: CallSpecs<LabelSimilarityOptions, 'measure'> = {
  measure: optional(
    choiceOption('spearman', ['spearman', 'mutual-information', 'phi'], 'how alike labels are'),
    "'spearman', or 'mutual-information' where a task has more than two classes",
  ),
  replicates: numberOption(200, 'bootstrap samples of the rows', { ...COUNT, min: 0 }),
  confidence: numberOption(0.95, 'coverage of the interval', { above: 0, below: 1 }),
  minimumRows: numberOption(10, 'fewest rows from which a pair is compared', { ...COUNT, min: 3 }),
  bins: numberOption(5, "equally filled bins of a regression task's values", { ...COUNT, min: 2 }),
  seed: numberOption(0, 'seed of the bootstrap', SEED),
};

/** The values less their mean. */
function centered(values: Float64Array): Float64Array {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.map((v) => v - mean);
}

/**
 * Pearson correlation of centered values, each counted as often as `weights` says; NaN where a side is constant.
 */
function pearson(x: Float64Array, y: Float64Array, weights?: Uint8Array): number {
  let [n, sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const w = weights === undefined ? 1 : weights[i]!;
    const a = x[i]!;
    const b = y[i]!;
    n += w;
    sx += w * a;
    sy += w * b;
    sxx += w * a * a;
    syy += w * b * b;
    sxy += w * a * b;
  }
  const [xx, yy] = [sxx - (sx * sx) / n, syy - (sy * sy) / n];
  // What rounding leaves of a constant side is not variation.
  return xx > 1e-12 * sxx && yy > 1e-12 * syy ? (sxy - (sx * sy) / n) / Math.sqrt(xx * yy) : Number.NaN;
}

/**
 * Spearman's rank correlation, ties sharing their mean rank.
 * @returns NaN where a side is constant
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return pearson(centered(ranks(x)), centered(ranks(y)));
}

/** Codes 0 to k - 1 of equally filled bins; equal values share a bin. */
function quantileBins(values: ArrayLike<number>, bins: number): Int32Array {
  const n = values.length;
  return Int32Array.from(ranks(values), (rank) => Math.min(bins - 1, Math.floor(((rank - 0.5) / n) * bins)));
}

/** Values as codes 0 to k - 1, in order of first appearance. */
function codesOf(values: ArrayLike<number>): Float64Array {
  const seen = new Map<number, number>();
  return Float64Array.from(values, (v) => {
    if (!seen.has(v)) seen.set(v, seen.size);
    return seen.get(v)!;
  });
}

/** Entropy of counts in nats, and how many of them are not 0. */
function entropy(counts: Float64Array, n: number): { readonly nats: number; readonly present: number } {
  let [nats, present] = [0, 0];
  for (const c of counts) {
    if (c === 0) continue;
    nats -= (c / n) * Math.log(c / n);
    present++;
  }
  return { nats, present };
}

/**
 * Mutual information of two codings as a share of the geometric mean of their entropies (Strehl and Ghosh 2002), less the bias of the
 * plug-in estimate, (kx - 1)(ky - 1) / 2n (Roulston 1999), so that unrelated labels lie about 0 rather than above it.
 */
function normalisedInformation(x: Float64Array, y: Float64Array, weights?: Uint8Array): number {
  const [kx, ky] = [x, y].map((codes) => codes.reduce((a, b) => Math.max(a, b), 0) + 1) as [number, number];
  const [cx, cy, cxy] = [new Float64Array(kx), new Float64Array(ky), new Float64Array(kx * ky)];
  let n = 0;
  for (let i = 0; i < x.length; i++) {
    const w = weights === undefined ? 1 : weights[i]!;
    n += w;
    cx[x[i]!]! += w;
    cy[y[i]!]! += w;
    cxy[x[i]! * ky + y[i]!]! += w;
  }
  const [hx, hy] = [entropy(cx, n), entropy(cy, n)];
  const information = hx.nats + hy.nats - entropy(cxy, n).nats - ((hx.present - 1) * (hy.present - 1)) / (2 * n);
  return hx.nats > 0 && hy.nats > 0 ? information / Math.sqrt(hx.nats * hy.nats) : Number.NaN;
}

/** Labels as a measure compares them. */
interface Codings {
  /** Rows with a label, per task. */
  readonly known: readonly (readonly number[])[];
  /** A task's labels in some of its rows. */
  readonly coded: (t: number, rows: readonly number[]) => Float64Array;
}

function codings(labels: readonly Labels[], measure: LabelMeasure, bins: number): Codings {
  const coding = (l: Labels, rows: readonly number[]): Float64Array => {
    const values = rows.map((r) => l.values[r]!);
    if (measure !== 'mutual-information') return centered(measure === 'spearman' ? ranks(values) : Float64Array.from(values));
    return codesOf(kindOf(l.task).scale === 'interval' ? quantileBins(values, bins) : values);
  };
  const known = labels.map((l) => [...l.values.keys()].filter((r) => !Number.isNaN(l.values[r]!)));
  // Where these are all of a task's rows the coding is at hand.
  const whole = labels.map((l, t) => coding(l, known[t]!));
  return { known, coded: (t, rows) => (rows.length === known[t]!.length ? whole[t]! : coding(labels[t]!, rows)) };
}

/** @throws TypeError when the measure does not suit a task's kind, or the tasks have different numbers of rows */
function checkLabels(who: string, labels: readonly Labels[], measure: LabelMeasure): void {
  for (const l of labels) {
    if (l.length !== 1) throw new TypeError(`${who}: task '${l.task.name}' has ${l.length} labels a row; sequences cannot be compared.`);
    if (l.values.length !== labels[0]!.values.length) {
      throw new TypeError(
        `${who}: task '${l.task.name}' has ${l.values.length} rows, '${labels[0]!.task.name}' ${labels[0]!.values.length}; tasks must share rows.`,
      );
    }
    const suits =
      measure === 'mutual-information' ||
      kindOf(l.task).link === 'logistic' ||
      (measure === 'spearman' && kindOf(l.task).scale !== 'nominal');
    if (!suits)
      throw new TypeError(
        `${who}: ${measure} does not suit the ${l.task.kind} task '${l.task.name}'; use { measure: 'mutual-information' }.`,
      );
  }
}

/**
 * How alike the tasks' labels are, pair by pair over the rows in which both are known: a first look before any training.
 * 'spearman': rank correlation (of two binary tasks: phi). 'mutual-information': normalized, for classes of any number, regression
 * values being binned. 'phi': binary tasks only. A pair with too few rows or a constant label is NaN, and noted.
 * The interval is the percentile bootstrap over the rows of the table, the same samples for all pairs; for Spearman the ranks are those of the
 * whole sample.
 * Cost: pairs x rows x replicates; 139 tasks of 3,000 rows and 200 replicates are 6e9 steps, some 20 s.
 * @param labels as in `TaskData.labels`, one value per row
 * @throws TypeError when the measure does not suit a task's kind, or the tasks have different numbers of rows
 */
export function labelSimilarity(labels: readonly Labels[], options?: LabelSimilarityOptions): Affinity {
  const who = 'labelSimilarity';
  const many = labels.some((l) => kindOf(l.task).scale === 'nominal' && !kindOf(l.task).link);
  const filled = readCall<LabelSimilarityOptions, 'measure'>(who, similaritySpecs, options);
  const { measure = many ? 'mutual-information' : 'spearman', replicates, confidence, minimumRows, bins, seed } = filled;
  checkLabels(who, labels, measure);
  const { known, coded } = codings(labels, measure, bins);
  const statistic = measure === 'mutual-information' ? normalisedInformation : pearson;
  const n = labels.length;
  const blank = (): number[][] => Array.from({ length: n }, () => new Array<number>(n).fill(Number.NaN));
  const [values, low, high] = [blank(), blank(), blank()];
  const notes: string[] = [];
  const samples = bootstrapSamples(labels[0]?.values.length ?? 0, replicates, random(seed, who));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [labels[i]!, labels[j]!];
      const rows = known[i]!.filter((r) => !Number.isNaN(b.values[r]!));
      const set = (m: number[][], v: number): void => {
        m[i]![j] = v;
        m[j]![i] = v;
      };
      if (rows.length < minimumRows) {
        notes.push(`'${b.task.name}' and '${a.task.name}' share ${rows.length} labeled rows, too few to compare`);
        continue;
      }
      const [x, y] = [coded(i, rows), coded(j, rows)];
      const value = statistic(x, y);
      if (Number.isNaN(value))
        notes.push(`'${b.task.name}' and '${a.task.name}' cannot be compared: a label is constant in their shared rows`);
      set(values, value);
      if (replicates === 0 || Number.isNaN(value)) continue;
      const whole = rows.length === a.values.length;
      const found = bootstrapped(samples, whole ? undefined : rows, (weights) => statistic(x, y, weights));
      // A percentile interval may miss the estimate by a hair where the statistic is at its bound.
      set(low, Math.min(quantile(found, (1 - confidence) / 2), value));
      set(high, Math.max(quantile(found, (1 + confidence) / 2), value));
    }
  }
  for (let i = 0; i < n; i++) for (const m of [values, low, high]) m[i]![i] = 1;
  return {
    kind: measure,
    tasks: labels.map((l) => l.task.name),
    values,
    directed: false,
    neutral: 0,
    ceiling: 1,
    ...(replicates === 0 ? {} : { low, high, confidence }),
    notes: [...notes, ...(replicates === 0 ? [] : [`interval: percentile bootstrap, ${replicates} samples of the rows`])],
  };
}

/** How often each row is in each of some samples with replacement; a row is in none more than 255 times. */
function bootstrapSamples(rows: number, replicates: number, draw: Random): Uint8Array[] {
  return Array.from({ length: replicates }, () => {
    const counts = new Uint8Array(rows);
    for (let i = 0; i < rows; i++) counts[draw.below(rows)]!++;
    return counts;
  });
}

/**
 * A statistic of each sample, where it is defined, in rising order.
 * @param rows those that the statistic is of; undefined: all
 */
function bootstrapped(
  samples: readonly Uint8Array[],
  rows: readonly number[] | undefined,
  statistic: (weights: Uint8Array) => number,
): number[] {
  const weights = new Uint8Array(rows?.length ?? 0);
  return samples
    .map((sample) => {
      if (!rows) return statistic(sample);
      for (let k = 0; k < rows.length; k++) weights[k] = sample[rows[k]!]!;
      return statistic(weights);
    })
    .filter((v) => !Number.isNaN(v))
    .sort((p, q) => p - q);
}

/** Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). */
function quantile(sorted: readonly number[], p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  return sorted[below]! + (at - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
}
