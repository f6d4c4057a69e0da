import { f1, f1Counts } from './f1';
import { checkTasks, hasBrokenPrediction } from './observed-tasks';

/**
 * Plain mean over binary tasks of their F1; tasks where it is undefined are left out (scikit-learn with `zero_division=nan`).
 * @param labels per task `[rows]` 0 or 1, NaN where missing
 * @param predicted per task `[rows]` 0 or 1
 * @throws TypeError when the numbers of tasks or rows differ
 */
export function multilabelMacroF1(labels: readonly ArrayLike<number>[], predicted: readonly ArrayLike<number>[]): number {
  checkTasks('multilabelMacroF1', labels, predicted);
  if (hasBrokenPrediction(labels, predicted)) return Number.NaN;
  const values = labels.map((column, t) => f1(column, predicted[t]!)).filter((value) => !Number.isNaN(value));
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/**
 * F1 of the counts pooled over binary tasks, so common labels weigh more; NaN where nothing is positive or predicted so.
 * @param labels per task `[rows]` 0 or 1, NaN where missing
 * @param predicted per task `[rows]` 0 or 1
 * @throws TypeError when the numbers of tasks or rows differ
 */
export function multilabelMicroF1(labels: readonly ArrayLike<number>[], predicted: readonly ArrayLike<number>[]): number {
  checkTasks('multilabelMicroF1', labels, predicted);
  if (hasBrokenPrediction(labels, predicted)) return Number.NaN;
  let hits = 0;
  let misses = 0;
  labels.forEach((column, t) => {
    // A missing label must count neither way, so its prediction is taken out too.
    const said = Array.from(column, (label, i) => (Number.isNaN(label) ? Number.NaN : predicted[t]![i]!));
    const counts = f1Counts(column, said, 1);
    hits += counts.hits;
    misses += counts.misses;
  });
  return hits / (hits + misses);
}
