import { observedClasses } from './observed';

/** The area by ranks (Mann-Whitney), ties counting one half; NaN unless both classes are there. */
function area(positive: (row: number) => boolean, score: (row: number) => number, rows: number): number {
  const order = Array.from({ length: rows }, (_, i) => i).sort((a, b) => score(a) - score(b));
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < rows; ) {
    let end = start;
    let tied = 0;
    while (end < rows && score(order[end]!) === score(order[start]!)) {
      if (positive(order[end]!)) tied++;
      end++;
    }
    // Tied rows share the mean of the ranks start + 1 ... end.
    rankSum += (tied * (start + 1 + end)) / 2;
    positives += tied;
    start = end;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (rows - positives));
}

/**
 * Area under the ROC curve of a binary task, ties counting one half; NaN when the labels hold one class only.
 * @param labels `[rows]` 0 or 1, NaN where missing
 * @param scores `[rows]` any score that rises with the chance of class 1
 * @throws TypeError when the lengths differ
 * @throws RangeError when a label is neither 0 nor 1
 */
export function rocAuc(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  const rows = observedClasses('rocAuc', labels, scores, 2, 1);
  if (!rows.defined) return Number.NaN;
  return area(
    (i) => rows.labels[i] === 1,
    (i) => rows.predictions[i]!,
    rows.labels.length,
  );
}

/**
 * Mean over the classes of the one-versus-rest area under the ROC curve (macro). Classes absent from the labels have no area and are
 * left out (scikit-learn gives NaN for the whole); NaN when fewer than two classes are there.
 * @param labels `[rows]` class codes, NaN where missing
 * @param probabilities `[rows, classes]`
 * @param classes the number of classes
 * @throws TypeError when the lengths do not match
 * @throws RangeError when a label is no class code
 */
export function multiclassRocAuc(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number {
  const rows = observedClasses('multiclassRocAuc', labels, probabilities, classes, classes);
  if (!rows.defined) return Number.NaN;
  let sum = 0;
  let counted = 0;
  for (let c = 0; c < classes; c++) {
    const value = area(
      (i) => rows.labels[i] === c,
      (i) => rows.predictions[i * classes + c]!,
      rows.labels.length,
    );
    if (Number.isNaN(value)) continue;
    sum += value;
    counted++;
  }
  return sum / counted;
}
