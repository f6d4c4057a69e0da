import { observed } from './observed';

/**
 * Relative root mean squared error: sqrt(SSE / SSE of predicting the training mean), so 1 is no better than the mean
 * (Spyromitros-Xioufis 2016, 1211.6581); NaN without labels or when the mean predicts them exactly.
 * @param labels `[rows]`, NaN where missing
 * @param predictions `[rows]`
 * @param trainMean the mean of the task's labels in the training part
 * @throws TypeError when the lengths differ
 */
export function relativeRmse(labels: ArrayLike<number>, predictions: ArrayLike<number>, trainMean: number): number {
  const rows = observed('relativeRmse', labels, predictions);
  if (!rows.defined) return Number.NaN;
  let error = 0;
  let baseline = 0;
  rows.labels.forEach((label, i) => {
    error += (label - rows.predictions[i]!) ** 2;
    baseline += (label - trainMean) ** 2;
  });
  return baseline === 0 ? Number.NaN : Math.sqrt(error / baseline);
}

/**
 * aRRMSE: the plain mean over tasks of `relativeRmse`; tasks where it is undefined are left out, NaN when it is for all.
 * @param labels per task `[rows]`, NaN where missing
 * @param predictions per task `[rows]`
 * @param trainMeans per task the mean of its labels in the training part
 * @throws TypeError when the numbers of tasks or rows differ
 */
export function averageRelativeRmse(
  labels: readonly ArrayLike<number>[],
  predictions: readonly ArrayLike<number>[],
  trainMeans: ArrayLike<number>,
): number {
  if (predictions.length !== labels.length || trainMeans.length !== labels.length) {
    throw new TypeError(
      `averageRelativeRmse: labels, predictions and trainMeans must have one entry per task; got ${labels.length}, ${predictions.length} and ${trainMeans.length}.`,
    );
  }
  const values = labels.map((task, t) => relativeRmse(task, predictions[t]!, trainMeans[t]!)).filter((value) => !Number.isNaN(value));
  return values.reduce((a, b) => a + b, 0) / values.length;
}
