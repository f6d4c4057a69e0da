import type { Labels } from '../data/task-data';
import { checkInteger, checkNumber, withDefaults } from '../options';
import { type Random, random } from '../random/random';
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

/** Ranks from 1, ties sharing their mean rank. */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/** Pearson correlation of the chosen positions (all, or a bootstrap sample); NaN where a side is constant. */
function pearson(x: ArrayLike<number>, y: ArrayLike<number>, chosen?: Int32Array): number {
  const n = x.length;
  const at = (i: number): number => (chosen === undefined ? i : chosen[i]!);
  let [mx, my] = [0, 0];
  for (let i = 0; i < n; i++) {
    mx += x[at(i)]! / n;
    my += y[at(i)]! / n;
  }
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [x[at(i)]! - mx, y[at(i)]! - my];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  // What rounding leaves of a constant side is not variation.
  return xx > 1e-24 * n * mx * mx && yy > 1e-24 * n * my * my ? xy / Math.sqrt(xx * yy) : Number.NaN;
}

/**
 * Spearman's rank correlation, ties sharing their mean rank.
 * @returns NaN where a side is constant
 */
export function spearman(x: ArrayLike<number>, y: ArrayLike<number>): number {
  return pearson(midRanks(x), midRanks(y));
}

/** Codes 0 to k - 1 of equally filled bins; equal values share a bin. */
function quantileBins(values: ArrayLike<number>, bins: number): Int32Array {
  const n = values.length;
  return Int32Array.from(midRanks(values), (rank) => Math.min(bins - 1, Math.floor(((rank - 0.5) / n) * bins)));
}

function entropy(counts: Iterable<number>, n: number): number {
  let h = 0;
  for (const c of counts) if (c > 0) h -= (c / n) * Math.log(c / n);
  return h;
}

/**
 * Mutual information of two codings as a share of the geometric mean of their entropies (Strehl and Ghosh 2002), less the bias of the
 * plug-in estimate, (kx - 1)(ky - 1) / 2n (Roulston 1999), so that unrelated labels lie about 0 rather than above it.
 */
function normalisedInformation(x: ArrayLike<number>, y: ArrayLike<number>, chosen?: Int32Array): number {
  const n = x.length;
  const [cx, cy, cxy] = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()];
  for (let i = 0; i < n; i++) {
    const [a, b] = chosen === undefined ? [x[i]!, y[i]!] : [x[chosen[i]!]!, y[chosen[i]!]!];
    cx.set(a, (cx.get(a) ?? 0) + 1);
    cy.set(b, (cy.get(b) ?? 0) + 1);
    cxy.set(a * 65536 + b, (cxy.get(a * 65536 + b) ?? 0) + 1);
  }
  const [hx, hy] = [entropy(cx.values(), n), entropy(cy.values(), n)];
  const information = hx + hy - entropy(cxy.values(), n) - ((cx.size - 1) * (cy.size - 1)) / (2 * n);
  return hx > 0 && hy > 0 ? information / Math.sqrt(hx * hy) : Number.NaN;
}

/**
 * How alike the tasks' labels are, pair by pair over the rows in which both are known: a first look before any training.
 * 'spearman': rank correlation (of two binary tasks: phi). 'mutual-information': normalised, for classes of any number, regression
 * values being binned. 'phi': binary tasks only. A pair with too few rows or a constant label is NaN, and noted.
 * The interval is the percentile bootstrap over rows; for Spearman the ranks are those of the whole sample.
 * Cost: pairs x rows x replicates; 139 tasks of 1,000 rows and 200 replicates are 2e9 steps, so lower the replicates there.
 * @param labels as in `TaskData.labels`, one value per row
 * @throws TypeError when the measure does not suit a task's kind, or the tasks have different numbers of rows
 */
export function labelSimilarity(labels: readonly Labels[], options?: LabelSimilarityOptions): Affinity {
  const who = 'labelSimilarity';
  const many = labels.some((l) => l.task.kind === 'multiclass');
  const { measure, replicates, confidence, minimumRows, bins, seed } = withDefaults<Required<LabelSimilarityOptions>>(who, options, {
    measure: many ? 'mutual-information' : 'spearman',
    replicates: 200,
    confidence: 0.95,
    minimumRows: 10,
    bins: 5,
    seed: 0,
  });
  checkInteger(who, 'replicates', replicates, 0);
  checkInteger(who, 'minimumRows', minimumRows, 3);
  checkInteger(who, 'bins', bins, 2);
  checkNumber(who, 'confidence', confidence, 1e-9, 1, true);
  for (const l of labels) {
    if (l.length !== 1) throw new TypeError(`${who}: task '${l.task.name}' has ${l.length} labels a row; sequences cannot be compared.`);
    if (l.values.length !== labels[0]!.values.length) {
      throw new TypeError(
        `${who}: task '${l.task.name}' has ${l.values.length} rows, '${labels[0]!.task.name}' ${labels[0]!.values.length}; tasks must share rows.`,
      );
    }
    const suits = measure === 'mutual-information' || l.task.kind === 'binary' || (measure === 'spearman' && l.task.kind === 'regression');
    if (!suits)
      throw new TypeError(
        `${who}: ${measure} does not suit the ${l.task.kind} task '${l.task.name}'; use { measure: 'mutual-information' }.`,
      );
  }
  if (measure !== 'mutual-information' && measure !== 'spearman' && measure !== 'phi') {
    throw new RangeError(`${who}: measure must be 'spearman', 'mutual-information' or 'phi', got ${JSON.stringify(measure)}.`);
  }

  const coding = (l: Labels, values: number[]): ArrayLike<number> => {
    if (measure === 'spearman') return midRanks(values);
    return measure === 'mutual-information' && l.task.kind === 'regression' ? quantileBins(values, bins) : values;
  };
  const statistic = measure === 'mutual-information' ? normalisedInformation : pearson;
  const n = labels.length;
  const blank = (): number[][] => Array.from({ length: n }, () => new Array<number>(n).fill(Number.NaN));
  const [values, low, high] = [blank(), blank(), blank()];
  const notes: string[] = [];
  const draw = random(seed, who);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [labels[i]!, labels[j]!];
      const rows = [...a.values.keys()].filter((r) => !Number.isNaN(a.values[r]!) && !Number.isNaN(b.values[r]!));
      const set = (m: number[][], v: number): void => {
        m[i]![j] = v;
        m[j]![i] = v;
      };
      if (rows.length < minimumRows) {
        notes.push(`'${b.task.name}' and '${a.task.name}' share ${rows.length} labelled rows, too few to compare`);
        continue;
      }
      const x = coding(
        a,
        rows.map((r) => a.values[r]!),
      );
      const y = coding(
        b,
        rows.map((r) => b.values[r]!),
      );
      const value = statistic(x, y);
      if (Number.isNaN(value))
        notes.push(`'${b.task.name}' and '${a.task.name}' cannot be compared: a label is constant in their shared rows`);
      set(values, value);
      if (replicates === 0 || Number.isNaN(value)) continue;
      const [from, to] = bootstrap(x, y, statistic, replicates, confidence, draw.split(`${b.task.name}/${a.task.name}`));
      // A percentile interval may miss the estimate by a hair where the statistic is at its bound.
      set(low, Math.min(from, value));
      set(high, Math.max(to, value));
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

function bootstrap(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  statistic: (x: ArrayLike<number>, y: ArrayLike<number>, chosen: Int32Array) => number,
  replicates: number,
  confidence: number,
  draw: Random,
): [number, number] {
  const chosen = new Int32Array(x.length);
  const found: number[] = [];
  for (let r = 0; r < replicates; r++) {
    for (let i = 0; i < chosen.length; i++) chosen[i] = Math.floor(draw.uniform() * x.length);
    const v = statistic(x, y, chosen);
    if (!Number.isNaN(v)) found.push(v);
  }
  found.sort((a, b) => a - b);
  return [quantile(found, (1 - confidence) / 2), quantile(found, (1 + confidence) / 2)];
}

/** Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). */
function quantile(sorted: readonly number[], p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  return sorted[below]! + (at - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!);
}
