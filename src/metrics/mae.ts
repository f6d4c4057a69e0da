import { observed } from './observed';

/**
 * Mean absolute error, in units of the label; NaN without labels.
 * @param labels `[rows]`, NaN where missing
 * @param predictions `[rows]`
 * @throws TypeError when the lengths differ
 */
export function mae(labels: ArrayLike<number>, predictions: ArrayLike<number>): number {
  const rows = observed('mae', labels, predictions);
  if (!rows.defined) return Number.NaN;
  let sum = 0;
  rows.labels.forEach((label, i) => {
    sum += Math.abs(label - rows.predictions[i]!);
  });
  return sum / rows.labels.length;
}

/** Absolute error of each row; NaN for rows without label. */
export function rowErrors(labels: ArrayLike<number>, predictions: ArrayLike<number>): Float64Array {
  return Float64Array.from(labels, (label, i) => Math.abs(label - predictions[i]!));
}
