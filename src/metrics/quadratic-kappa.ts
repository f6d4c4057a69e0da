import { observed } from './observed';

/** Sums that the quadratic weighted kappa is made of. */
function sums(
  labels: ArrayLike<number>,
  ranks: ArrayLike<number>,
): { readonly n: number; readonly y: number; readonly p: number; readonly squares: number; readonly error: number } {
  let [n, y, p, squares, error] = [0, 0, 0, 0, 0];
  for (let i = 0; i < labels.length; i++) {
    if (Number.isNaN(labels[i]!)) continue;
    n++;
    y += labels[i]!;
    p += ranks[i]!;
    squares += labels[i]! ** 2 + ranks[i]! ** 2;
    error += (labels[i]! - ranks[i]!) ** 2;
  }
  return { n, y: y / n, p: p / n, squares: squares / n, error: error / n };
}

/**
 * Quadratic weighted kappa (Cohen 1968): 1 less the mean squared difference of ranks over that of independent label and prediction; 1 is
 * perfect, 0 chance. NaN without labels, or where labels and predictions are all of one and the same rank.
 * @param labels `[rows]` ranks from 0, NaN where missing
 * @param ranks `[rows]` predicted ranks
 * @throws TypeError when the lengths differ
 */
export function quadraticKappa(labels: ArrayLike<number>, ranks: ArrayLike<number>): number {
  if (!observed('quadraticKappa', labels, ranks).defined) return Number.NaN;
  const { y, p, squares, error } = sums(labels, ranks);
  return 1 - error / (squares - 2 * y * p);
}

/** What each row adds to `quadraticKappa`, by the delta method. `[rows]` */
export function quadraticKappaContributions(labels: ArrayLike<number>, ranks: ArrayLike<number>): Float64Array {
  const { n, y, p, squares, error } = sums(labels, ranks);
  const chance = squares - 2 * y * p;
  return Float64Array.from(labels, (label, i) => {
    if (Number.isNaN(label)) return 0;
    const rank = ranks[i]!;
    const ownError = (label - rank) ** 2 - error;
    const ownChance = label ** 2 + rank ** 2 - squares - 2 * ((label - y) * p + (rank - p) * y);
    return -(ownError / chance - (error * ownChance) / chance ** 2) / n;
  });
}
