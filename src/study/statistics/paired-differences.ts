import type { Better } from '../../metrics/delta-m';

/**
 * Per seed the gain of a method over the baseline, turned so that positive is better; NaN where either has no finite score.
 * @param method `[seeds]` scores
 * @param baseline `[seeds]` scores of the baseline on the same seeds, in the same order
 * @param better whether a higher or a lower score is better
 * @throws TypeError when the lengths differ
 */
export function pairedDifferences(method: ArrayLike<number>, baseline: ArrayLike<number>, better: Better): Float64Array {
  if (method.length !== baseline.length) {
    throw new TypeError(
      `pairedDifferences: method and baseline must have a score for the same seeds, NaN where one failed; got ${method.length} and ${baseline.length} scores.`,
    );
  }
  const sign = better === 'lower' ? -1 : 1;
  return Float64Array.from(method, (score, seed) => {
    const gain = sign * (score - baseline[seed]!);
    return Number.isFinite(gain) ? gain : Number.NaN;
  });
}

/** The finite values: seeds that failed or left the metric undefined have none. */
export function finiteValues(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(Array.from(values).filter(Number.isFinite));
}
