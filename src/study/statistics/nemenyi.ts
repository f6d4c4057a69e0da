import studentizedRangeCdf from '@stdlib/stats-base-dists-studentized-range-cdf';
import studentizedRangeQuantile from '@stdlib/stats-base-dists-studentized-range-quantile';
import { checkInteger, checkNumber } from '../../options/check';

/** Which methods differ by the Nemenyi test; what a critical-difference diagram shows. */
export interface Nemenyi {
  /** Mean ranks further apart than this differ. */
  readonly criticalDifference: number;
  /** `[methods][methods]` p values, corrected for all pairs; 1 on the diagonal. */
  readonly p: readonly (readonly number[])[];
  /** Largest groups of methods that do not differ, each by rising mean rank: the bars of the diagram. Groups of one are left out. */
  readonly groups: readonly (readonly number[])[];
}

/**
 * Critical difference of mean ranks, q sqrt(k (k + 1) / (6 N)) with q the studentized range quantile over sqrt 2 (Nemenyi 1963, Demsar 2006).
 * @param methods number of methods, at least 2
 * @param blocks number of blocks (data sets), at least 1
 * @param alpha chance of any false difference. Default 0.05
 * @throws RangeError when an argument is out of range
 */
export function criticalDifference(methods: number, blocks: number, alpha = 0.05): number {
  checkInteger('criticalDifference', 'methods', methods, 2);
  checkInteger('criticalDifference', 'blocks', blocks, 1);
  checkNumber('criticalDifference', 'alpha', alpha, Number.MIN_VALUE, 1, true);
  const q = studentizedRangeQuantile(1 - alpha, methods, Number.POSITIVE_INFINITY) / Math.SQRT2;
  return q * Math.sqrt((methods * (methods + 1)) / (6 * blocks));
}

/**
 * Nemenyi's test of all pairs of methods after a Friedman test.
 * @param meanRanks per method its mean rank, as `friedman` gives
 * @param blocks number of blocks the ranks are means of
 * @param alpha chance of any false difference. Default 0.05
 * @throws RangeError when an argument is out of range
 */
export function nemenyi(meanRanks: readonly number[], blocks: number, alpha = 0.05): Nemenyi {
  const k = meanRanks.length;
  const limit = criticalDifference(k, blocks, alpha);
  const unit = Math.sqrt((k * (k + 1)) / (6 * blocks));
  const p = meanRanks.map((a) =>
    meanRanks.map((b) =>
      a === b ? 1 : Math.min(1, Math.max(0, 1 - studentizedRangeCdf((Math.abs(a - b) / unit) * Math.SQRT2, k, Number.POSITIVE_INFINITY))),
    ),
  );
  const order = meanRanks.map((_, i) => i).sort((a, b) => meanRanks[a]! - meanRanks[b]!);
  const groups: number[][] = [];
  let lastEnd = 0;
  order.forEach((first, start) => {
    const end = order.filter((other) => meanRanks[other]! <= meanRanks[first]! + limit).length;
    if (end > lastEnd && end - start > 1) groups.push(order.slice(start, end));
    lastEnd = Math.max(lastEnd, end);
  });
  return { criticalDifference: limit, p, groups };
}
