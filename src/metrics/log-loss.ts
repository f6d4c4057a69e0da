import { observedClasses } from './observed';

/** How near 0 and 1 a probability may come: the spacing of its number type at 1, as in scikit-learn, so that no loss is infinite. */
const margin = (probabilities: ArrayLike<number>): number => (probabilities instanceof Float32Array ? 2 ** -23 : 2 ** -52);

/**
 * Negative log likelihood of each row in nats, clipped as `logLoss` does; NaN for rows without label.
 * @param labels `[rows]` class codes, NaN where missing
 * @param probabilities `[rows]` of class 1, or `[rows, classes]`
 * @param classes the number of classes; absent where there is one probability a row
 */
export function rowLogLosses(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes?: number): Float64Array {
  const e = margin(probabilities);
  const clipped = (p: number): number => Math.min(1 - e, Math.max(e, p));
  return Float64Array.from(labels, (label, i) => {
    if (Number.isNaN(label)) return Number.NaN;
    if (classes !== undefined) return -Math.log(clipped(probabilities[i * classes + label]!));
    const p = clipped(probabilities[i]!);
    return label === 1 ? -Math.log(p) : -Math.log1p(-p);
  });
}

/**
 * Mean negative log likelihood of a binary task in nats, probabilities clipped to [e, 1 - e] with e = 2^-52 (2^-23 for a
 * `Float32Array`); NaN without labels.
 * @param labels `[rows]` 0 or 1, NaN where missing
 * @param probabilities `[rows]` of class 1
 * @throws TypeError when the lengths differ
 * @throws RangeError when a label is neither 0 nor 1
 */
export function logLoss(labels: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  const rows = observedClasses('logLoss', labels, probabilities, 2, 1);
  if (!rows.defined) return Number.NaN;
  const e = margin(probabilities);
  let sum = 0;
  rows.labels.forEach((label, i) => {
    const p = Math.min(1 - e, Math.max(e, rows.predictions[i]!));
    sum -= label === 1 ? Math.log(p) : Math.log1p(-p);
  });
  return sum / rows.labels.length;
}

/**
 * Mean negative log likelihood of a multiclass task in nats, clipped as `logLoss` does; NaN without labels.
 * @param labels `[rows]` class codes, NaN where missing
 * @param probabilities `[rows, classes]`
 * @param classes the number of classes
 * @throws TypeError when the lengths do not match
 * @throws RangeError when a label is no class code
 */
export function multiclassLogLoss(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number {
  const rows = observedClasses('multiclassLogLoss', labels, probabilities, classes, classes);
  if (!rows.defined) return Number.NaN;
  const e = margin(probabilities);
  let sum = 0;
  rows.labels.forEach((label, i) => {
    sum -= Math.log(Math.min(1 - e, Math.max(e, rows.predictions[i * classes + label]!)));
  });
  return sum / rows.labels.length;
}
