import chiSquareCdf from '@stdlib/stats-base-dists-chisquare-cdf';
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { checkNumber, withDefaults } from '../../options/check';

/** What is known of the gain on one task. */
export interface TaskEstimate {
  readonly effect: number;
  /** Above 0. */
  readonly standardError: number;
  /** At least 1. */
  readonly degreesOfFreedom: number;
}

/** Options of `hierarchicalGains`. */
export interface HierarchicalOptions {
  /** Scale of the priors, in units of the effects: the margin, so that gains of a few margins are thought usual. Required. */
  readonly scale: number;
  /** The smallest loss that matters, above 0. @default the scale */
  readonly margin?: number;
  /** Standard error of the mean of the effects; it tells how much of the errors the tasks have in common. @default as if they had nothing in common */
  readonly meanStandardError?: number;
}

/** What is believed of the gain on one task, or on the mean of all tasks. */
export interface Believed {
  /** Posterior mean: shrunken toward the mean of the tasks, and that toward 0. */
  readonly mean: number;
  /** Probability of a gain above 0. */
  readonly pGain: number;
  /** Probability of a loss beyond the margin. */
  readonly pHarm: number;
  /** Expected loss of taking the method: the mean of max(0, -gain). */
  readonly expectedLoss: number;
}

/** What is believed of the gains on several tasks. */
export interface HierarchicalGains {
  readonly tasks: readonly Believed[];
  /** Of the mean over these very tasks. */
  readonly average: Believed;
  /** Probability that any task loses more than the margin. */
  readonly pAnyHarm: number;
}

/** Points that stand for the precision of a t distribution as a mixture of normal ones, for the tasks' mean and spread, and the common error. */
const POINTS = { precision: 6, mean: 31, spread: 12, common: 5 } as const;

/** Points of the grid whose weight is smaller than that of the best by this, in the logarithm, add nothing. */
const NEGLIGIBLE = 14;

/** Weight by which a Student t of 3 degrees of freedom falls off: the shape of the priors. */
export const t3 = (z: number): number => (1 + (z * z) / 3) ** -2;

const density = (x: number, variance: number): number => Math.exp((-x * x) / (2 * variance)) / Math.sqrt(variance);
const phi = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
/** E max(0, -x) of a normal x. */
const lossOf = (m: number, sd: number): number => sd * phi(m / sd) - m * normalCdf(-m / sd, 0, 1);

/** Variances that a t likelihood is a mixture of, relative to the squared standard error. */
export function mixture(degreesOfFreedom: number): number[] {
  return Array.from({ length: POINTS.precision }, (_, k) => {
    const wanted = (k + 0.5) / POINTS.precision;
    let [low, high] = [0, 20 * degreesOfFreedom + 100];
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (chiSquareCdf(middle, degreesOfFreedom) < wanted) low = middle;
      else high = middle;
    }
    return degreesOfFreedom / high;
  });
}

/** The likelihood of one task's estimate, given the tasks' mean and spread. */
function likelihoodOf(deviation: number, variances: readonly number[], spread: number): number {
  let sum = 0;
  for (const variance of variances) sum += density(deviation, variance + spread * spread);
  return sum / variances.length;
}

/** What is believed of one task, given the tasks' mean and spread and the common error. */
interface Given {
  readonly believed: Believed;
  readonly variance: number;
}

function given(estimate: number, variances: readonly number[], mean: number, spread: number, margin: number): Given {
  let [likelihood, first, second, gain, harm, loss] = [0, 0, 0, 0, 0, 0];
  for (const variance of variances) {
    const weight = density(estimate - mean, variance + spread * spread);
    const kept = (spread * spread) / (variance + spread * spread);
    const center = mean + kept * (estimate - mean);
    const sd = Math.sqrt(Math.max(kept * variance, 1e-300));
    likelihood += weight;
    first += weight * center;
    second += weight * (center * center + sd * sd);
    gain += weight * normalCdf(center / sd, 0, 1);
    harm += weight * normalCdf((-margin - center) / sd, 0, 1);
    loss += weight * lossOf(center, sd);
  }
  const m = first / likelihood;
  const believed = { mean: m, pGain: gain / likelihood, pHarm: harm / likelihood, expectedLoss: loss / likelihood };
  return { believed, variance: Math.max(0, second / likelihood - m * m) };
}

const zero: Believed = { mean: 0, pGain: 0, pHarm: 0, expectedLoss: 0 };
const plus = (a: Believed, b: Believed, weight: number): Believed => ({
  mean: a.mean + weight * b.mean,
  pGain: a.pGain + weight * b.pGain,
  pHarm: a.pHarm + weight * b.pHarm,
  expectedLoss: a.expectedLoss + weight * b.expectedLoss,
});

/**
 * What to believe of the gains of a method on several tasks: a hierarchical normal model with t likelihoods (after Corani, Benavoli et al. 2017,
 * 1609.08905, for tasks of one data set). Gains of the tasks are normal about a mean; the mean has a Student t prior of 3 degrees of freedom with
 * scale 2, their spread half of one with scale 1, in units of `scale`. What the errors of the tasks have in common (they share rows and seeds) is
 * one normal error more. Integrated on a grid; nothing is drawn.
 * @param estimates `[tasks]`
 * @throws RangeError for a standard error or scale that is not above 0
 */
export function hierarchicalGains(estimates: readonly TaskEstimate[], options: HierarchicalOptions): HierarchicalGains {
  const who = 'hierarchicalGains';
  const defaults = { scale: Number.NaN, margin: Number.NaN, meanStandardError: Number.NaN };
  const { scale, margin: stated, meanStandardError } = withDefaults<Required<HierarchicalOptions>>(who, options, defaults);
  checkNumber(who, 'scale', scale, Number.MIN_VALUE);
  for (const { standardError } of estimates) checkNumber(who, 'standardError', standardError, Number.MIN_VALUE);
  const margin = Number.isNaN(stated) ? scale : stated;
  const count = estimates.length;
  const squares = estimates.map(({ standardError }) => standardError ** 2);
  const alone = squares.reduce((a, b) => a + b, 0) / count ** 2;
  // The mean's variance is common + (alone - common / count). No task's own error can be more than wholly common.
  const told = Number.isNaN(meanStandardError) || count < 2 ? 0 : (meanStandardError ** 2 - alone) / (1 - 1 / count);
  const common = Math.min(Math.max(0, told), 0.9 * Math.min(...squares));
  const variances = estimates.map(({ degreesOfFreedom }, t) => mixture(degreesOfFreedom).map((v) => v * (squares[t]! - common)));
  const center = estimates.reduce((sum, { effect }) => sum + effect, 0) / count;
  const between = Math.sqrt(estimates.reduce((sum, { effect }) => sum + (effect - center) ** 2, 0) / count);
  const errorsSeen = estimates.map(({ standardError }) => standardError);
  const widest = Math.max(between, ...errorsSeen);
  const reach = 5 * Math.sqrt(alone + common + (widest * widest) / count);
  const means = Array.from({ length: POINTS.mean }, (_, i) => center + reach * ((2 * i) / (POINTS.mean - 1) - 1));
  // From far below the errors, where it is as good as 0, to far above what is seen or thought, evenly in the logarithm.
  const [least, most] = [Math.min(scale, ...errorsSeen) / 20, Math.min(10 * scale, 5 * widest)];
  const spreads = Array.from({ length: POINTS.spread }, (_, i) => least * (Math.max(most, 2 * least) / least) ** (i / (POINTS.spread - 1)));
  const errors = common === 0 ? [0] : Array.from({ length: POINTS.common }, (_, i) => Math.sqrt(common) * (i - (POINTS.common - 1) / 2));
  const points = spreads.flatMap((spread) =>
    means.flatMap((mean) =>
      errors.map((error) => {
        const prior = t3(mean / (2 * scale)) * t3(spread / scale) * spread * (common === 0 ? 1 : density(error, common));
        const logs = estimates.map(({ effect }, t) => Math.log(likelihoodOf(effect - error - mean, variances[t]!, spread)));
        return { spread, mean, error, log: logs.reduce((a, b) => a + b, Math.log(prior)) };
      }),
    ),
  );
  const highest = points.reduce((most, { log }) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  let total = 0;
  let tasks: Believed[] = estimates.map(() => zero);
  let [average, safe] = [zero, 0];
  for (const { spread, mean, error, log } of points) {
    if (!(log > highest - NEGLIGIBLE)) continue;
    const weight = Math.exp(log - highest);
    const own = estimates.map(({ effect }, t) => given(effect - error, variances[t]!, mean, spread, margin));
    total += weight;
    tasks = tasks.map((one, t) => plus(one, own[t]!.believed, weight));
    const m = own.reduce((sum, { believed }) => sum + believed.mean, 0) / count;
    const sd =
      Math.sqrt(
        Math.max(
          own.reduce((sum, { variance }) => sum + variance, 0),
          1e-300,
        ),
      ) / count;
    const whole = { mean: m, pGain: normalCdf(m / sd, 0, 1), pHarm: normalCdf((-margin - m) / sd, 0, 1), expectedLoss: lossOf(m, sd) };
    average = plus(average, whole, weight);
    safe += weight * own.reduce((product, { believed }) => product * (1 - believed.pHarm), 1);
  }
  const scaled = (one: Believed): Believed => plus(zero, one, 1 / total);
  return { tasks: tasks.map(scaled), average: scaled(average), pAnyHarm: 1 - safe / total };
}
