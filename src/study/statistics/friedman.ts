import chiSquareCdf from '@stdlib/stats-base-dists-chisquare-cdf';
import fCdf from '@stdlib/stats-base-dists-f-cdf';
import type { Better } from '../../metrics/delta-m';
import { ranks, tieSizes } from './ranks';

/** Result of the Friedman test. */
export interface Friedman {
  /** Blocks (data sets, or data sets and tasks) in which every method has a score. */
  readonly blocks: number;
  /** Blocks left out because some method has no finite score there. */
  readonly dropped: number;
  /** Per method its mean rank, 1 is best; NaN without blocks. */
  readonly meanRanks: readonly number[];
  /** Friedman's statistic, corrected for ties; NaN when all is tied. */
  readonly chiSquare: number;
  /** Its p value by the chi-square distribution. */
  readonly p: number;
  /** The less conservative F statistic of Iman and Davenport (1980). */
  readonly f: number;
  /** Its p value; where ranks agree in every block and F is infinite, that of the exact test of untied ranks, k!^(1 - blocks). */
  readonly fP: number;
  /** The exact p value, over all orders of the ranks in each block; NaN where there are too many to go through. The one to use where it is there. */
  readonly exactP: number;
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** Sets of rank sums that the exact test goes through at most. */
const MOST_SETS = 200_000;

/** The distinct orders of some ranks. */
function ordersOf(ranked: ArrayLike<number>): number[][] {
  if (ranked.length === 0) return [[]];
  const seen = new Set<number>();
  return Array.from(ranked).flatMap((first, i) => {
    if (seen.has(first)) return [];
    seen.add(first);
    return ordersOf(Array.from(ranked).filter((_, j) => j !== i)).map((rest) => [first, ...rest]);
  });
}

/** Share of all orders of the blocks' ranks whose rank sums are as far apart as these; NaN where there are too many. */
function exactPOf(ranked: readonly Float64Array[]): number {
  const methods = ranked[0]?.length ?? 0;
  if (ranked.length < 2 || methods > 6) return Number.NaN;
  const spreadOf = (sums: readonly number[]): number => sums.reduce((total, sum) => total + sum * sum, 0);
  const observed = spreadOf(Array.from({ length: methods }, (_, m) => ranked.reduce((sum, block) => sum + block[m]!, 0)));
  let sets = new Map<string, { readonly sums: readonly number[]; readonly ways: number }>();
  sets.set('', { sums: Array<number>(methods).fill(0), ways: 1 });
  for (const block of ranked) {
    const orders = ordersOf(block);
    if (sets.size * orders.length > MOST_SETS) return Number.NaN;
    const next = new Map<string, { readonly sums: readonly number[]; readonly ways: number }>();
    for (const { sums, ways } of sets.values()) {
      for (const order of orders) {
        // Which method has which sum plays no part in how far they are apart.
        const added = sums.map((sum, m) => sum + order[m]!).sort((a, b) => a - b);
        const key = added.join();
        next.set(key, { sums: added, ways: (next.get(key)?.ways ?? 0) + ways / orders.length });
      }
    }
    sets = next;
  }
  // Rank sums are halves: what is equal is equal but for the rounding of squares.
  return Math.min(
    1,
    [...sets.values()].reduce((p, { sums, ways }) => p + (spreadOf(sums) >= observed - 1e-6 ? ways : 0), 0),
  );
}

/**
 * Friedman test (1937) of whether methods differ over blocks, with Iman and Davenport's (1980) F (Demsar 2006).
 * @param scores `[blocks][methods]`, NaN where a method has no score
 * @param better whether a higher or a lower score is better; one for all or one per block
 * @throws TypeError when the blocks have unequal numbers of methods, or `better` has not one entry per block
 * @throws RangeError when there are fewer than two methods
 */
export function friedman(scores: readonly (readonly number[])[], better: Better | readonly Better[]): Friedman {
  const methods = scores[0]?.length ?? 0;
  if (scores.some((block) => block.length !== methods))
    throw new TypeError('friedman: every block must have one score per method, NaN where there is none.');
  if (methods < 2) throw new RangeError(`friedman: at least 2 methods are needed, got ${methods}.`);
  if (typeof better !== 'string' && better.length !== scores.length)
    throw new TypeError(`friedman: better must be one direction, or one per block (${scores.length}); got ${better.length}.`);
  const ranked: Float64Array[] = [];
  scores.forEach((block, b) => {
    if (block.every(Number.isFinite)) ranked.push(ranks(block, typeof better === 'string' ? better : better[b]!));
  });
  const n = ranked.length;
  const meanRanks = Array.from({ length: methods }, (_, m) => ranked.reduce((sum, block) => sum + block[m]!, 0) / n);
  const ties = ranked.reduce((sum, block) => sum + tieSizes(block).reduce((s, size) => s + size * (size * size - 1), 0), 0);
  const untied = 1 - ties / (methods * (methods * methods - 1) * n);
  const squares = meanRanks.reduce((sum, rank) => sum + (rank - (methods + 1) / 2) ** 2, 0);
  const chiSquare = untied > 0 ? (12 * n * squares) / (methods * (methods + 1)) / untied : Number.NaN;
  const f = ((n - 1) * chiSquare) / (n * (methods - 1) - chiSquare);
  return {
    blocks: n,
    dropped: scores.length - n,
    meanRanks,
    chiSquare,
    p: 1 - chiSquareCdf(chiSquare, methods - 1),
    f,
    // Ranks that agree in every block leave no residual: F is infinite, and rounding may make it negative. That has the chance below, not 0.
    fP:
      n < 2
        ? Number.NaN
        : f < 0 || f === Number.POSITIVE_INFINITY
          ? factorial(methods) ** (1 - n)
          : 1 - fCdf(f, methods - 1, (methods - 1) * (n - 1)),
    exactP: exactPOf(ranked),
  };
}
