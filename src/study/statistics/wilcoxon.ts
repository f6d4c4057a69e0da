import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { withDefaults } from '../../options/check';
import { finiteValues } from './paired-differences';
import { ranks } from './ranks';

/** Options of `wilcoxonSignedRank`. */
export interface WilcoxonOptions {
  /** `'wilcox'` drops differences of 0 before ranking, `'pratt'` after. @default 'wilcox' */
  readonly zeros?: 'wilcox' | 'pratt';
}

/** Result of the Wilcoxon signed-rank test. */
export interface Wilcoxon {
  /** Differences that were ranked with a sign. */
  readonly n: number;
  /** Differences that were exactly 0. */
  readonly zeros: number;
  /** Differences that were not finite. */
  readonly dropped: number;
  /** Sum of the ranks of positive differences. */
  readonly positive: number;
  /** Sum of the ranks of negative differences. */
  readonly negative: number;
  /** Two-sided p value; NaN when no difference has a sign. */
  readonly p: number;
  /** How p was found: over all signs (up to 50 differences, ties included), or by the normal approximation. */
  readonly method: 'exact' | 'normal';
}

const EXACT_UP_TO = 50;

/** Two-sided p of a positive rank sum over all 2^n signs of these ranks. Ranks are halves, so sums are counted in halves. */
function exactP(ranked: readonly number[], positive: number): number {
  const doubled = ranked.map((rank) => Math.round(2 * rank));
  const total = doubled.reduce((a, b) => a + b, 0);
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  let reached = 0;
  for (const rank of doubled) {
    for (let sum = reached; sum >= 0; sum--) ways[sum + rank]! += ways[sum]!;
    reached += rank;
  }
  const at = Math.round(2 * positive);
  const tail = Math.min(at, total - at);
  let count = 0;
  for (let sum = 0; sum <= tail; sum++) count += ways[sum]!;
  return Math.min(1, (2 * count) / 2 ** ranked.length);
}

/**
 * Wilcoxon signed-rank test (1945) of paired differences. Up to 50 differences the p value is exact, given the ranks, ties too; above, the
 * normal approximation with tie correction and without continuity correction, as SciPy's. It takes the seeds as independent: with
 * overlapping training sets it finds differences too easily.
 * @param differences `[seeds]`, NaN where a seed has none (dropped)
 * @param options what to do with zeros
 * @throws TypeError for an unknown option
 */
export function wilcoxonSignedRank(differences: ArrayLike<number>, options: WilcoxonOptions = {}): Wilcoxon {
  const { zeros: treatment } = withDefaults<Required<WilcoxonOptions>>('wilcoxonSignedRank', options, { zeros: 'wilcox' });
  if (treatment !== 'wilcox' && treatment !== 'pratt')
    throw new RangeError(`wilcoxonSignedRank: zeros must be 'wilcox' or 'pratt', got ${JSON.stringify(treatment)}.`);
  const finite = finiteValues(differences);
  const signed = finite.filter((value) => value !== 0);
  const n = signed.length;
  const zeros = finite.length - n;
  const pool = treatment === 'pratt' ? finite : signed;
  const ranked = ranks(pool.map(Math.abs));
  const kept: number[] = [];
  let positive = 0;
  pool.forEach((value, i) => {
    if (value === 0) return;
    kept.push(ranked[i]!);
    if (value > 0) positive += ranked[i]!;
  });
  const total = kept.reduce((a, b) => a + b, 0);
  const about = { n, zeros, dropped: differences.length - finite.length, positive, negative: total - positive };
  if (n === 0) return { ...about, p: Number.NaN, method: 'exact' };
  if (n <= EXACT_UP_TO) return { ...about, p: exactP(kept, positive), method: 'exact' };
  // Under random signs the sum has this variance given the ranks: the textbook formula with its corrections for ties and zeros.
  const variance = kept.reduce((sum, rank) => sum + rank * rank, 0) / 4;
  const z = (positive - total / 2) / Math.sqrt(variance);
  return { ...about, p: Math.min(1, 2 * normalCdf(-Math.abs(z), 0, 1)), method: 'normal' };
}
