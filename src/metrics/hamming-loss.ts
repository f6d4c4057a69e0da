import { checkTasks, hasBrokenPrediction } from './observed-tasks';

/**
 * Hamming loss: the share of wrong cells among all labeled cells (row and task); NaN without labels.
 * @param labels per task `[rows]` class codes, NaN where missing
 * @param predicted per task `[rows]` class codes
 * @throws TypeError when the numbers of tasks or rows differ
 */
export function hammingLoss(labels: readonly ArrayLike<number>[], predicted: readonly ArrayLike<number>[]): number {
  const rows = checkTasks('hammingLoss', labels, predicted);
  if (hasBrokenPrediction(labels, predicted)) return Number.NaN;
  let cells = 0;
  let wrong = 0;
  labels.forEach((column, t) => {
    for (let i = 0; i < rows; i++) {
      if (Number.isNaN(column[i]!)) continue;
      cells++;
      if (column[i] !== predicted[t]![i]) wrong++;
    }
  });
  return wrong / cells;
}
