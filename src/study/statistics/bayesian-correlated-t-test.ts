import tCdf from '@stdlib/stats-base-dists-t-cdf';
import { checkNumber, withDefaults } from '../../options/check';
import { correctedTTest } from './corrected-t-test';

/** Options of `bayesianCorrelatedTTest`. */
export interface BayesianOptions {
  /** Half the width of the region of practical equivalence, at least 0, in units of the metric. @default 0 */
  readonly rope?: number;
  /** Correlation between the differences of two seeds, as in `correctedTTest`. @default 0 */
  readonly rho?: number;
}

/** Posterior of the mean difference: a Student t with location `effect`, scale `scale` and `degreesOfFreedom`. */
export interface BayesianPosterior {
  /** Posterior probability that the difference is below -rope: the method is worse. */
  readonly worse: number;
  /** Posterior probability that the difference lies within the rope. */
  readonly same: number;
  /** Posterior probability that the difference is above rope: the method is better. */
  readonly better: number;
  readonly effect: number;
  readonly scale: number;
  readonly degreesOfFreedom: number;
}

/**
 * Bayesian correlated t test (Benavoli 2017, 1606.04316): posterior probabilities that a method is worse, practically the same, or
 * better. NaN with fewer than two seeds, or when all differences are equal.
 * @param differences `[seeds]`, positive is better, NaN where a seed has none
 * @param options the rope and the correlation
 * @throws TypeError for an unknown option
 * @throws RangeError when an option is out of range
 */
export function bayesianCorrelatedTTest(differences: ArrayLike<number>, options: BayesianOptions = {}): BayesianPosterior {
  const who = 'bayesianCorrelatedTTest';
  const { rope, rho } = withDefaults<Required<BayesianOptions>>(who, options, { rope: 0, rho: 0 });
  checkNumber(who, 'rope', rope, 0);
  const { t, effect, standardError: scale, degreesOfFreedom } = correctedTTest(differences, { rho });
  const about = { effect, scale, degreesOfFreedom };
  if (Number.isNaN(t)) return { worse: Number.NaN, same: Number.NaN, better: Number.NaN, ...about };
  const worse = tCdf((-rope - effect) / scale, degreesOfFreedom);
  const better = tCdf((effect - rope) / scale, degreesOfFreedom);
  return { worse, same: Math.max(0, 1 - worse - better), better, ...about };
}
