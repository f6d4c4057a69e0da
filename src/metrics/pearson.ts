import { observed } from './observed';

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
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}
