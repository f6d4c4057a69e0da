import { ratioContributions } from './contributions';
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

/**
 * What each row adds to `r2`, by the delta method. The labels' own mean is where their squares are least, so that what a row changes of it adds
 * nothing. `[rows]`
 */
export function r2Contributions(labels: ArrayLike<number>, predictions: ArrayLike<number>): Float64Array {
  const known = Array.from(labels).filter((label) => !Number.isNaN(label));
  const mean = known.reduce((a, b) => a + b, 0) / known.length;
  return ratioContributions(
    Float64Array.from(labels, (label, i) => (label - predictions[i]!) ** 2),
    Float64Array.from(labels, (label) => (label - mean) ** 2),
    () => -1,
  );
}
