import { ratioContributions } from './contributions';
import { observed, observedClasses } from './observed';

/** Twice the true positives, and the false positives plus false negatives, of one class. */
export function f1Counts(labels: ArrayLike<number>, predicted: ArrayLike<number>, positive: number): { hits: number; misses: number } {
  let hits = 0;
  let misses = 0;
  for (let i = 0; i < labels.length; i++) {
    const is = labels[i] === positive;
    const said = predicted[i] === positive;
    if (is && said) hits += 2;
    else if (is !== said) misses++;
  }
  return { hits, misses };
}

/**
 * F1 of the positive class: 2 TP / (2 TP + FP + FN); NaN where the class is neither present nor predicted (scikit-learn says 0 there).
 * @param labels `[rows]` class codes, NaN where missing
 * @param predicted `[rows]` class codes
 * @param positive the code of the class that counts. Default 1
 * @throws TypeError when the lengths differ
 */
export function f1(labels: ArrayLike<number>, predicted: ArrayLike<number>, positive = 1): number {
  const rows = observed('f1', labels, predicted);
  if (!rows.defined) return Number.NaN;
  const { hits, misses } = f1Counts(rows.labels, rows.predictions, positive);
  return hits / (hits + misses);
}

/**
 * Plain mean over the classes of their F1; a class neither present nor predicted is left out, as scikit-learn does.
 * @param labels `[rows]` class codes, NaN where missing
 * @param predicted `[rows]` class codes
 * @param classes the number of classes
 * @throws TypeError when the lengths differ
 * @throws RangeError when a label is no class code
 */
export function macroF1(labels: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): number {
  const rows = observedClasses('macroF1', labels, predicted, classes, 1);
  if (!rows.defined) return Number.NaN;
  let sum = 0;
  let counted = 0;
  for (let c = 0; c < classes; c++) {
    const { hits, misses } = f1Counts(rows.labels, rows.predictions, c);
    if (hits + misses === 0) continue;
    sum += hits / (hits + misses);
    counted++;
  }
  return sum / counted;
}

/**
 * What each row adds to `f1`: 2 TP / (2 TP + FP + FN) is a ratio of sums, 2 for a hit over 1 for each of label and prediction that is the class.
 * `[rows]`
 */
export function f1Contributions(labels: ArrayLike<number>, predicted: ArrayLike<number>, positive = 1): Float64Array {
  const both = Float64Array.from(labels, (label, i) =>
    Number.isNaN(label) ? Number.NaN : 2 * Number(label === positive && predicted[i] === positive),
  );
  return ratioContributions(
    both,
    Float64Array.from(labels, (label, i) => Number(label === positive) + Number(predicted[i] === positive)),
  );
}

/** What each row adds to `macroF1`: the mean over the classes that are present or predicted. `[rows]` */
export function macroF1Contributions(labels: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): Float64Array {
  const result = new Float64Array(labels.length);
  const known = Array.from({ length: labels.length }, (_, i) => i).filter((i) => !Number.isNaN(labels[i]!));
  const counted = Array.from({ length: classes }, (_, c) => c).filter((c) => known.some((i) => labels[i] === c || predicted[i] === c));
  for (const c of counted) {
    for (const [i, value] of f1Contributions(labels, predicted, c).entries()) result[i]! += value / counted.length;
  }
  return result;
}
