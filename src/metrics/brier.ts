import { observedClasses } from './observed';

/**
 * Brier score of a binary task, the mean of (p - label)^2, in [0, 1]; NaN without labels.
 * @param labels `[rows]` 0 or 1, NaN where missing
 * @param probabilities `[rows]` of class 1
 * @throws TypeError when the lengths differ
 * @throws RangeError when a label is neither 0 nor 1
 */
export function brier(labels: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  const rows = observedClasses('brier', labels, probabilities, 2, 1);
  if (!rows.defined) return Number.NaN;
  let sum = 0;
  rows.labels.forEach((label, i) => {
    sum += (rows.predictions[i]! - label) ** 2;
  });
  return sum / rows.labels.length;
}

/**
 * Brier score of a multiclass task as Brier (1950) defines it: squared errors summed over the classes, so in [0, 2]; NaN without labels.
 * @param labels `[rows]` class codes, NaN where missing
 * @param probabilities `[rows, classes]`
 * @param classes the number of classes
 * @throws TypeError when the lengths do not match
 * @throws RangeError when a label is no class code
 */
export function multiclassBrier(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number {
  const rows = observedClasses('multiclassBrier', labels, probabilities, classes, classes);
  if (!rows.defined) return Number.NaN;
  let sum = 0;
  rows.predictions.forEach((p, i) => {
    const hit = rows.labels[Math.floor(i / classes)] === i % classes;
    sum += (p - Number(hit)) ** 2;
  });
  return sum / rows.labels.length;
}

/** Squared errors of each row, summed over the classes; NaN for rows without label. @param probabilities `[rows, classes]` */
export function rowBriers(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): Float64Array {
  return Float64Array.from(labels, (label, i) => {
    if (Number.isNaN(label)) return Number.NaN;
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += (probabilities[i * classes + c]! - Number(label === c)) ** 2;
    return sum;
  });
}
