import { observed } from './observed';

/**
 * Share of the labeled rows whose class is predicted; NaN without labels.
 * @param labels `[rows]` class codes, NaN where missing
 * @param predicted `[rows]` class codes
 * @throws TypeError when the lengths differ
 */
export function accuracy(labels: ArrayLike<number>, predicted: ArrayLike<number>): number {
  const rows = observed('accuracy', labels, predicted);
  if (!rows.defined) return Number.NaN;
  let right = 0;
  rows.labels.forEach((label, i) => {
    if (label === rows.predictions[i]) right++;
  });
  return right / rows.labels.length;
}
