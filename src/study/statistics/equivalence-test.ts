import tCdf from '@stdlib/stats-base-dists-t-cdf';
import { checkNumber, withDefaults } from '../../options/check';
import { correctedTTest } from './corrected-t-test';
import { renamed } from './renamed';

/** Options of `equivalenceTest`. */
export interface EquivalenceOptions {
  /** The smallest difference that matters, above 0, in units of the metric. Required. */
  readonly margin: number;
  /** Correlation between the differences of two seeds, as in `correctedTTest`. @default 0 */
  readonly rho?: number;
}

/** Two one-sided tests of "the difference is at least as large as the margin, one way or the other". */
export interface Equivalence {
  /** p value of "at most -margin". */
  readonly lowP: number;
  /** p value of "at least margin". */
  readonly highP: number;
  /** The larger of both: small means that the difference is too small to matter. NaN when n < 2 or without spread. */
  readonly p: number;
}

/**
 * Equivalence by two one-sided t tests (TOST, Schuirmann 1987) on paired differences, with the variance corrected as in `correctedTTest`.
 * Differences that are all the same, 0 or not, give NaN: without spread there is nothing to judge by.
 * @param differences `[seeds]`, NaN where a seed has none
 * @param options the margin and the correlation
 * @throws TypeError for an unknown option
 * @throws RangeError when an option is out of range
 */
export function equivalenceTest(differences: ArrayLike<number>, options: EquivalenceOptions): Equivalence {
  const who = 'equivalenceTest';
  const { margin, rho } = withDefaults<Required<EquivalenceOptions>>(who, renamed(who, options), { margin: Number.NaN, rho: 0 });
  checkNumber(who, 'margin', margin, Number.MIN_VALUE);
  const { t, effect, standardError, degreesOfFreedom } = correctedTTest(differences, { rho });
  if (Number.isNaN(t)) return { lowP: Number.NaN, highP: Number.NaN, p: Number.NaN };
  const lowP = tCdf(-(effect + margin) / standardError, degreesOfFreedom);
  const highP = tCdf((effect - margin) / standardError, degreesOfFreedom);
  return { lowP, highP, p: Math.max(lowP, highP) };
}
