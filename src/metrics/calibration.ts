import { meanContributions } from './contributions';
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

/** The bin of a probability. */
const binOf = (p: number, bins: number): number => Math.max(0, Math.min(bins - 1, Math.floor(p * bins)));

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
    const at = binOf(p, bins);
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
  const { right, confidence } = rightsOf(rows.labels, rows.predictions, classes);
  return bin(right, confidence, bins);
}

/** Whether the most probable class of each row is its label (NaN without one), and its probability. */
function rightsOf(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): { readonly right: Float64Array; readonly confidence: Float64Array } {
  const confidence = new Float64Array(labels.length);
  const right = Float64Array.from(labels, (label, i) => {
    const row = Array.from({ length: classes }, (_, c) => probabilities[i * classes + c]!);
    confidence[i] = Math.max(...row);
    return Number.isNaN(label) ? Number.NaN : Number(row.indexOf(confidence[i]!) === label);
  });
  return { right, confidence };
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

/**
 * What each row adds to the expected calibration error of the bins of a reliability diagram. The error is the sum over the bins of the size of
 * the summed gaps of confidence and event, over the rows: a row's own gap has the sign of its bin. Where a bin is calibrated exactly, which
 * is a corner of the error, its rows add their gap to neither side.
 * @param labels `[rows]` class codes, NaN where missing
 * @param probabilities `[rows]` of class 1, or `[rows, classes]`
 * @param classes the number of classes; absent where there is one probability a row
 * @param bins number of bins. Default 10
 * @returns `[rows]`
 */
export function calibrationErrorContributions(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes?: number,
  bins = 10,
): Float64Array {
  const { right, confidence } =
    classes === undefined ? { right: labels, confidence: probabilities } : rightsOf(labels, probabilities, classes);
  const gaps = Float64Array.from(labels, (label, i) => (Number.isNaN(label) ? Number.NaN : confidence[i]! - right[i]!));
  const sums = new Float64Array(bins);
  for (const [i, gap] of gaps.entries()) if (!Number.isNaN(gap)) sums[binOf(confidence[i]!, bins)]! += gap;
  return meanContributions(gaps.map((gap, i) => (Number.isNaN(gap) ? gap : gap * Math.sign(sums[binOf(confidence[i]!, bins)]!))));
}
