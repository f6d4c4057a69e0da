import type { Affinity } from './affinity';
import { spearman } from './similarity';

/** Activations of one network on the same inputs: `[rows, units]`. */
export type Representation = readonly ArrayLike<number>[];

/** How alike two networks represent the same inputs. */
export type RepresentationMeasure = 'cka' | 'rsa';

function checkPair(who: string, x: Representation, y: Representation): void {
  if (x.length !== y.length || x.length < 3)
    throw new TypeError(`${who}: expected the same 3 or more rows, got ${x.length} and ${y.length}.`);
  for (const r of [x, y]) {
    if (r[0]!.length === 0 || r.some((row) => row.length !== r[0]!.length))
      throw new TypeError(`${who}: every row must have the same units, at least 1.`);
  }
}

/** Columns less their mean. */
function centered(x: Representation): Float64Array[] {
  const units = x[0]!.length;
  return Array.from({ length: units }, (_, u) => {
    const column = Float64Array.from(x, (row) => row[u]!);
    const mean = column.reduce((a, b) => a + b, 0) / column.length;
    return column.map((v) => v - mean);
  });
}

/** Squared Frobenius norm of X'Y. */
function crossNorm(x: readonly Float64Array[], y: readonly Float64Array[]): number {
  let sum = 0;
  for (const a of x) {
    for (const b of y) {
      let dot = 0;
      for (let r = 0; r < a.length; r++) dot += a[r]! * b[r]!;
      sum += dot * dot;
    }
  }
  return sum;
}

/**
 * Linear centered kernel alignment (Kornblith et al. 2019, 1905.00414): |Y'X|^2 / (|X'X| |Y'Y|) of the centered activations, in [0, 1];
 * blind to rotation and to a common scale. With few rows and many units it is high for unrelated networks too.
 * @param x `[rows, units]`
 * @param y `[rows, units of the other]`
 * @returns NaN where a representation is constant
 */
export function linearCka(x: Representation, y: Representation): number {
  checkPair('linearCka', x, y);
  const [a, b] = [centered(x), centered(y)];
  const norm = Math.sqrt(crossNorm(a, a) * crossNorm(b, b));
  return norm > 0 ? crossNorm(a, b) / norm : Number.NaN;
}

/** 1 - Pearson correlation between every two rows. */
function dissimilarities(x: Representation): Float64Array {
  const rows = x.map((row) => {
    const values = Float64Array.from(row);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const shifted = values.map((v) => v - mean);
    const norm = Math.hypot(...shifted);
    return norm > 0 ? shifted.map((v) => v / norm) : shifted;
  });
  const out: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < i; j++) {
      let dot = 0;
      for (let u = 0; u < rows[i]!.length; u++) dot += rows[i]![u]! * rows[j]![u]!;
      out.push(1 - dot);
    }
  }
  return Float64Array.from(out);
}

/**
 * Representational similarity analysis (Kriegeskorte et al. 2008; for task grouping Dwivedi and Roig 2019, 1904.11740): Spearman
 * correlation between the two networks' dissimilarities (1 - Pearson) of all pairs of rows. In [-1, 1].
 * @param x `[rows, units]`, at least 2 units
 * @param y `[rows, units of the other]`
 */
export function rsa(x: Representation, y: Representation): number {
  checkPair('rsa', x, y);
  return spearman(dissimilarities(x), dissimilarities(y));
}

/**
 * Affinity by how alike networks, trained one per task, represent the same inputs.
 * @param representations per task, all on the same rows
 * @param measure 'cka' (linear) or 'rsa'
 * @throws TypeError when the rows differ
 */
export function representationAffinity(
  representations: Readonly<Record<string, Representation>>,
  measure: RepresentationMeasure,
): Affinity {
  if (measure !== 'cka' && measure !== 'rsa')
    throw new RangeError(`representationAffinity: measure must be 'cka' or 'rsa', got ${JSON.stringify(measure)}.`);
  const compare = measure === 'cka' ? linearCka : rsa;
  const tasks = Object.keys(representations);
  const values = tasks.map(() => tasks.map(() => 1));
  tasks.forEach((a, i) => {
    for (let j = 0; j < i; j++) {
      const v = compare(representations[a]!, representations[tasks[j]!]!);
      values[i]![j] = v;
      values[j]![i] = v;
    }
  });
  return { kind: measure, tasks, values, directed: false, neutral: 0, ceiling: 1, notes: [] };
}
