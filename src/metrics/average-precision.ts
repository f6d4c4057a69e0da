import { observedClasses } from './observed';

/**
 * Average precision of a binary task: the sum over thresholds of the gain in recall times the precision there, without
 * interpolation; NaN when no label is positive (scikit-learn says 0 there).
 * @param labels `[rows]` 0 or 1, NaN where missing
 * @param scores `[rows]` any score that rises with the chance of class 1
 * @throws TypeError when the lengths differ
 * @throws RangeError when a label is neither 0 nor 1
 */
export function averagePrecision(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  const rows = observedClasses('averagePrecision', labels, scores, 2, 1);
  if (!rows.defined) return Number.NaN;
  const score = rows.predictions;
  const order = Array.from(score, (_, i) => i).sort((a, b) => score[b]! - score[a]!);
  let found = 0;
  let sum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let tied = 0;
    while (end < order.length && score[order[end]!] === score[order[start]!]) tied += rows.labels[order[end++]!]!;
    found += tied;
    sum += (tied * found) / end;
    start = end;
  }
  return sum / found;
}
