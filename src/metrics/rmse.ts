import { observed } from './observed';

/**
 * Root of the mean squared error, in units of the label; NaN without labels.
 * @param labels `[rows]`, NaN where missing
 * @param predictions `[rows]`
 * @throws TypeError when the lengths differ
 */
export function rmse(labels: ArrayLike<number>, predictions: ArrayLike<number>): number {
  const rows = observed('rmse', labels, predictions);
  if (!rows.defined) return Number.NaN;
  let sum = 0;
  rows.labels.forEach((label, i) => {
    sum += (label - rows.predictions[i]!) ** 2;
  });
  return Math.sqrt(sum / rows.labels.length);
}

/** Squared error of each row; NaN for rows without label. */
export function rowSquares(labels: ArrayLike<number>, predictions: ArrayLike<number>): Float64Array {
  return Float64Array.from(labels, (label, i) => (label - predictions[i]!) ** 2);
}
