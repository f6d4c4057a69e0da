/**
 * What each row adds to a metric: the row's influence, so scaled that the contributions of all rows sum to 0 and their squares sum to the metric's
 * sampling variance over the rows. Rows without a label add 0. Of a difference of two models, contributions are the differences of theirs.
 */

/** Of the mean of a loss. @param losses `[rows]`, NaN for rows that do not count */
export function meanContributions(losses: ArrayLike<number>): Float64Array {
  return ratioContributions(
    losses,
    Float64Array.from(losses, (loss) => (Number.isNaN(loss) ? Number.NaN : 1)),
  );
}

/**
 * Of a ratio of sums over the rows, or of a function of it, by the delta method.
 * @param numerators `[rows]`, NaN for rows that do not count
 * @param denominators `[rows]`
 * @param slope derivative of the function at the ratio; the ratio itself without
 */
export function ratioContributions(
  numerators: ArrayLike<number>,
  denominators: ArrayLike<number>,
  slope: (ratio: number) => number = () => 1,
): Float64Array {
  let [over, under] = [0, 0];
  for (let i = 0; i < numerators.length; i++) {
    if (Number.isNaN(numerators[i]!)) continue;
    over += numerators[i]!;
    under += denominators[i]!;
  }
  const ratio = over / under;
  const factor = slope(ratio) / under;
  return Float64Array.from({ length: numerators.length }, (_, i) =>
    Number.isNaN(numerators[i]!) ? 0 : factor * (numerators[i]! - ratio * denominators[i]!),
  );
}

/** Of the root of the mean of squared errors. @param squares `[rows]`, NaN for rows that do not count */
export function rootMeanContributions(squares: ArrayLike<number>): Float64Array {
  return ratioContributions(squares, new Float64Array(squares.length).fill(1), (mean) => 0.5 / Math.sqrt(mean));
}

/**
 * Of the area under the ROC curve, by placements (DeLong, DeLong, Clarke-Pearson 1988): a positive row's share of the negatives that it is above,
 * less the area, over the positives; and the other way round. Ties count one half.
 * @param labels `[rows]` 0 or 1, NaN where missing
 * @param scores `[rows]`
 */
export function rocAucContributions(labels: ArrayLike<number>, scores: ArrayLike<number>): Float64Array {
  const known = Array.from({ length: labels.length }, (_, i) => i).filter((i) => !Number.isNaN(labels[i]!));
  known.sort((a, b) => scores[a]! - scores[b]!);
  const positives = known.reduce((count, i) => count + labels[i]!, 0);
  const negatives = known.length - positives;
  const placements = new Float64Array(labels.length);
  let [positivesBelow, negativesBelow] = [0, 0];
  for (let start = 0; start < known.length; ) {
    let end = start;
    let tiedPositives = 0;
    while (end < known.length && scores[known[end]!] === scores[known[start]!]) tiedPositives += labels[known[end++]!]!;
    const tiedNegatives = end - start - tiedPositives;
    for (const i of known.slice(start, end)) {
      placements[i] =
        labels[i] === 1 ? (negativesBelow + tiedNegatives / 2) / negatives : (positives - positivesBelow - tiedPositives / 2) / positives;
    }
    positivesBelow += tiedPositives;
    negativesBelow += tiedNegatives;
    start = end;
  }
  const area = known.reduce((sum, i) => sum + (labels[i] === 1 ? placements[i]! : 0), 0) / positives;
  for (const i of known) placements[i] = (placements[i]! - area) / (labels[i] === 1 ? positives : negatives);
  return placements;
}

/**
 * Of the mean over the classes of the one-versus-rest areas, each by placements; classes that are absent, which have no area, are left out.
 * @param labels `[rows]` class codes, NaN where missing
 * @param probabilities `[rows, classes]`
 * @returns NaN where the labels hold one class only
 */
export function multiclassRocAucContributions(labels: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): Float64Array {
  const present = new Set(Array.from(labels).filter((label) => !Number.isNaN(label)));
  const result = new Float64Array(labels.length);
  for (const c of present) {
    const own = rocAucContributions(
      Float64Array.from(labels, (label) => (Number.isNaN(label) ? label : Number(label === c))),
      Float64Array.from(labels, (_, i) => probabilities[i * classes + c]!),
    );
    for (const [i, value] of own.entries()) result[i]! += value / present.size;
  }
  return result;
}

/**
 * Of the average precision: its derivative by the weight of each row. A row counts in the precision at its own score (where it is positive), and in
 * the hits and the length of the list at all lower ones.
 * @param labels `[rows]` 0 or 1, NaN where missing
 * @param scores `[rows]`
 */
export function averagePrecisionContributions(labels: ArrayLike<number>, scores: ArrayLike<number>): Float64Array {
  const known = Array.from({ length: labels.length }, (_, i) => i).filter((i) => !Number.isNaN(labels[i]!));
  known.sort((a, b) => scores[b]! - scores[a]!);
  const positives = known.reduce((count, i) => count + labels[i]!, 0);
  const result = new Float64Array(labels.length);
  const ties: { readonly rows: readonly number[]; readonly hits: number; readonly found: number; readonly length: number }[] = [];
  let [found, area] = [0, 0];
  for (let start = 0; start < known.length; ) {
    let end = start;
    let hits = 0;
    while (end < known.length && scores[known[end]!] === scores[known[start]!]) hits += labels[known[end++]!]!;
    found += hits;
    area += (hits * found) / end / positives;
    ties.push({ rows: known.slice(start, end), hits, found, length: end });
    start = end;
  }
  // Over this score and all lower ones: sum of 1 / length, and of hits so far / length^2, by positive row.
  let [inverse, share] = [0, 0];
  for (const { rows, hits, found: above, length } of ties.reverse()) {
    inverse += hits / length;
    share += (hits * above) / length ** 2;
    for (const i of rows) result[i] = (labels[i]! * (above / length - area + inverse) - share) / positives;
  }
  return result;
}
