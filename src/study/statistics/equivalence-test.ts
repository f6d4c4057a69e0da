import tCdf from '@stdlib/stats-base-dists-t-cdf';
import { checkNumber, withDefaults } from '../../options/check';
import { correctedTTest } from './corrected-t-test';

/** Options of `equivalenceTest`. */
export interface EquivalenceOptions {
  /** The smallest difference that matters, above 0, in units of the metric. Required. */
  readonly smallestEffect: number;
  /** Correlation between the differences of two seeds, as in `correctedTTest`. @default 0 */
  readonly rho?: number;
}

/** Two one-sided tests of "the difference is at least as large as the smallest effect, one way or the other". */
export interface Equivalence {
  /** p value of "at most -smallestEffect". */
  readonly lowP: number;
  /** p value of "at least smallestEffect". */
  readonly highP: number;
  /** The larger of both: small means that the difference is too small to matter. NaN when n < 2 or without spread. */
  readonly p: number;
}

/**
 * Equivalence by two one-sided t tests (TOST, Schuirmann 1987) on paired differences, with the variance corrected as in `correctedTTest`.
 * Differences that are all exactly 0 are equivalent with p 0.
 * @param differences `[seeds]`, NaN where a seed has none
 * @param options the smallest effect that matters, and the correlation
 * @throws TypeError for an unknown option
 * @throws RangeError when an option is out of range
 */
export function equivalenceTest(differences: ArrayLike<number>, options: EquivalenceOptions): Equivalence {
  const who = 'equivalenceTest';
  const { smallestEffect, rho } = withDefaults<Required<EquivalenceOptions>>(who, options, { smallestEffect: Number.NaN, rho: 0 });
  checkNumber(who, 'smallestEffect', smallestEffect, Number.MIN_VALUE);
  const { t, effect, standardError, degreesOfFreedom } = correctedTTest(differences, { rho });
  if (Number.isNaN(t)) return { lowP: Number.NaN, highP: Number.NaN, p: Number.NaN };
  if (standardError === 0) return { lowP: 0, highP: 0, p: 0 };
  const lowP = tCdf(-(effect + smallestEffect) / standardError, degreesOfFreedom);
  const highP = tCdf((effect - smallestEffect) / standardError, degreesOfFreedom);
  return { lowP, highP, p: Math.max(lowP, highP) };
}
