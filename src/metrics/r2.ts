import { observed } from './observed';

/**
 * Coefficient of determination, 1 - SSE / SST with SST around the mean of these labels; NaN when the labels are all equal
 * (scikit-learn says 0 or 1 there).
 * @param labels `[rows]`, NaN where missing
 * @param predictions `[rows]`
 * @throws TypeError when the lengths differ
 */
export function r2(labels: ArrayLike<number>, predictions: ArrayLike<number>): number {
  const rows = observed('r2', labels, predictions);
  if (!rows.defined) return Number.NaN;
  // All labels equal is asked of the labels: a mean that is rounded leaves a total that is not exactly 0.
  if (rows.labels.every((label) => label === rows.labels[0])) return Number.NaN;
  const mean = rows.labels.reduce((a, b) => a + b, 0) / rows.labels.length;
  let error = 0;
  let total = 0;
  rows.labels.forEach((label, i) => {
    error += (label - rows.predictions[i]!) ** 2;
    total += (label - mean) ** 2;
  });
  return 1 - error / total;
}
