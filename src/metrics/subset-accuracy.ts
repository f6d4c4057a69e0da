import { checkTasks, hasBrokenPrediction } from './observed-tasks';

/**
 * Subset accuracy: the share of rows predicted right in every task. A row counts when it has at least one label, and is right when all
 * the labels it has are; NaN without labels.
 * @param labels per task `[rows]` class codes, NaN where missing
 * @param predicted per task `[rows]` class codes
 * @throws TypeError when the numbers of tasks or rows differ
 */
export function subsetAccuracy(labels: readonly ArrayLike<number>[], predicted: readonly ArrayLike<number>[]): number {
  const rows = checkTasks('subsetAccuracy', labels, predicted);
  if (hasBrokenPrediction(labels, predicted)) return Number.NaN;
  let counted = 0;
  let right = 0;
  for (let i = 0; i < rows; i++) {
    const tasks = labels.flatMap((column, t) => (Number.isNaN(column[i]!) ? [] : [t]));
    if (tasks.length === 0) continue;
    counted++;
    if (tasks.every((t) => labels[t]![i] === predicted[t]![i])) right++;
  }
  return right / counted;
}
