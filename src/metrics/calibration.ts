import { observedClasses } from './observed';

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  /** Edges of the bin: low <= probability < high (the last bin holds its upper edge). */
  readonly low: number;
  readonly high: number;
  /** Rows in the bin. */
  readonly count: number;
  /** Mean predicted probability in the bin; NaN when it is empty. */
  readonly confidence: number;
  /** How often the event happened in the bin; NaN when it is empty. */
  readonly frequency: number;
}

function bin(events: ArrayLike<number>, probabilities: ArrayLike<number>, bins: number): ReliabilityBin[] {
  if (!Number.isInteger(bins) || bins < 1)
    throw new RangeError(`reliabilityBins: bins must be an integer of at least 1, got ${bins}. Use 10 or 15.`);
  const count = new Float64Array(bins);
  const confidence = new Float64Array(bins);
  const frequency = new Float64Array(bins);
  for (let i = 0; i < events.length; i++) {
    const p = probabilities[i]!;
    // A softmax in single precision may end a rounding above 1.
    if (p < -1e-6 || p > 1 + 1e-6)
      throw new RangeError(`reliabilityBins: probabilities must lie in [0, 1], got ${p}. Apply the sigmoid or softmax first.`);
    const at = Math.max(0, Math.min(bins - 1, Math.floor(p * bins)));
    count[at]!++;
    confidence[at]! += p;
    frequency[at]! += events[i]!;
  }
  return Array.from(count, (n, i) => ({
    low: i / bins,
    high: (i + 1) / bins,
    count: n,
    confidence: confidence[i]! / n,
    frequency: frequency[i]! / n,
  }));
}

/**
 * Reliability diagram of a binary task: bins of equal width over the probability of class 1; empty list without labels.
 * @param labels `[rows]` 0 or 1, NaN where missing
 * @param probabilities `[rows]` of class 1
 * @param bins number of bins. Default 10
 * @throws TypeError when the lengths differ
 * @throws RangeError when a label is neither 0 nor 1, a probability is outside [0, 1], or `bins` is below 1
 */
export function reliabilityBins(labels: ArrayLike<number>, probabilities: ArrayLike<number>, bins = 10): ReliabilityBin[] {
  const rows = observedClasses('reliabilityBins', labels, probabilities, 2, 1);
  return rows.defined ? bin(rows.labels, rows.predictions, bins) : [];
}

/**
 * Reliability diagram of a multiclass task: bins over the probability of the predicted class, the event being that it is right
 * (Guo 2017, 1706.04599); empty list without labels.
 * @param labels `[rows]` class codes, NaN where missing
 * @param probabilities `[rows, classes]`
 * @param classes the number of classes
 * @param bins number of bins. Default 10
 * @throws TypeError when the lengths do not match
 * @throws RangeError when a label is no class code, a probability is outside [0, 1], or `bins` is below 1
 */
export function multiclassReliabilityBins(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  bins = 10,
): ReliabilityBin[] {
  const rows = observedClasses('multiclassReliabilityBins', labels, probabilities, classes, classes);
  if (!rows.defined) return [];
  const confidence = new Float64Array(rows.labels.length);
  const right = rows.labels.map((label, i) => {
    const row = rows.predictions.subarray(i * classes, (i + 1) * classes);
    confidence[i] = Math.max(...row);
    return Number(row.indexOf(confidence[i]!) === label);
  });
  return bin(right, confidence, bins);
}

/**
 * Expected calibration error (Naeini 2015): the gap between confidence and frequency, averaged over the bins by their share of the
 * rows; NaN for an empty list.
 * @param bins what `reliabilityBins` or `multiclassReliabilityBins` gave
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  let rows = 0;
  let sum = 0;
  for (const { count, confidence, frequency } of bins) {
    if (count === 0) continue;
    rows += count;
    sum += count * Math.abs(confidence - frequency);
  }
  return sum / rows;
}
