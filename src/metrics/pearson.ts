import { observed } from './observed';

/** Means of labels and predictions, and sums of products of their deviations. */
function sums(
  x: Float64Array,
  y: Float64Array,
): { readonly meanX: number; readonly meanY: number; readonly xx: number; readonly yy: number; readonly xy: number } {
  const meanX = x.reduce((a, b) => a + b, 0) / x.length;
  const meanY = y.reduce((a, b) => a + b, 0) / y.length;
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const dx = x[i]! - meanX;
    const dy = y[i]! - meanY;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return { meanX, meanY, xx, yy, xy };
}

/**
 * Pearson's correlation of labels and predictions; NaN when either is constant.
 * @param labels `[rows]`, NaN where missing
 * @param predictions `[rows]`
 * @throws TypeError when the lengths differ
 */
export function pearson(labels: ArrayLike<number>, predictions: ArrayLike<number>): number {
  const rows = observed('pearson', labels, predictions);
  if (!rows.defined) return Number.NaN;
  const x = rows.labels;
  const y = rows.predictions;
  if (x.every((value) => value === x[0]) || y.every((value) => value === y[0])) return Number.NaN;
  const { xx, yy, xy } = sums(x, y);
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

/**
 * What each row adds to `pearson`: (u v - r (u^2 + v^2) / 2) / n with u and v the standardized label and prediction (Devlin, Gnanadesikan and
 * Kettenring 1975). `[rows]`
 */
export function pearsonContributions(labels: ArrayLike<number>, predictions: ArrayLike<number>): Float64Array {
  const rows = observed('pearsonContributions', labels, predictions);
  const { meanX, meanY, xx, yy, xy } = sums(rows.labels, rows.predictions);
  const r = xy / Math.sqrt(xx * yy);
  return Float64Array.from(labels, (label, i) => {
    if (Number.isNaN(label)) return 0;
    const u = (label - meanX) / Math.sqrt(xx);
    const v = (predictions[i]! - meanY) / Math.sqrt(yy);
    return u * v - (r * (u * u + v * v)) / 2;
  });
}
