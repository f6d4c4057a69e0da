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
