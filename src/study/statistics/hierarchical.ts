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
const POINTS = { precision: 5, mean: 15, spread: 12, common: 5 } as const;

/** Between two points of the tasks' mean, in its standard deviations given the spread. */
const STEP = 0.8;

/** Points of the grid whose weight is smaller than that of the best by this, in the logarithm, add nothing. */
const NEGLIGIBLE = 11;

/** Nor do parts of a task's likelihood that are a smaller share of it than this. */
const NEGLIGIBLE_PART = 1e-4;

/** Degrees of freedom of the tasks' gains about their mean: heavy tails, so that one task may differ from all others. */
const TAILS = 3;

/** Shares of a t distribution's precisions that one normal part each stands for: finer where tails come from. */
const TAIL_SHARES = [0.005, 0.025, 0.1, 0.27, 0.6];

/** Weight by which a Student t of 3 degrees of freedom falls off: the shape of the priors. */
export const t3 = (z: number): number => (1 + (z * z) / 3) ** -2;

const density = (x: number, variance: number): number => Math.exp((-x * x) / (2 * variance)) / Math.sqrt(variance);
const phi = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
/** E max(0, -x) of a normal x, which is below 0 with probability `below`. */
const lossOf = (m: number, sd: number, below: number): number => sd * phi(m / sd) - m * below;

/** Equal shares of a t distribution's precisions. */
const EVEN_SHARES: readonly number[] = Array.from({ length: POINTS.precision }, () => 1 / POINTS.precision);

/** A normal part of a t distribution: its share, and its variance relative to the squared scale. */
export interface Part {
  readonly share: number;
  readonly variance: number;
}

/** Normal parts of a t distribution, each at the middle of its share of the precisions; equal shares unless given. */
export function mixture(degreesOfFreedom: number, shares: readonly number[] = EVEN_SHARES): Part[] {
  let below = 0;
  return shares.map((share) => {
    const wanted = below + share / 2;
    below += share;
    let [low, high] = [0, 20 * degreesOfFreedom + 100];
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (chiSquareCdf(middle, degreesOfFreedom) < wanted) low = middle;
      else high = middle;
    }
    return { share, variance: degreesOfFreedom / high };
  });
}

const tails = mixture(TAILS, TAIL_SHARES);

/** A task's estimate: its error's and its gain's normal parts; `unit` is how far its gain is expected to spread, relative to the others. */
interface Observed {
  readonly effect: number;
  readonly errors: readonly Part[];
  readonly unit: number;
}

/** A normal part of a task's likelihood, given the spread: its weight is `factor` times exp(-`decay` deviation^2). */
interface LikelihoodPart {
  readonly factor: number;
  readonly decay: number;
  /** The share of a deviation from the tasks' mean that is believed, and the standard deviation of what is believed. */
  readonly kept: number;
  readonly sd: number;
}

function partsGiven({ errors, unit }: Observed, spread: number): LikelihoodPart[] {
  return errors.flatMap((error) =>
    tails.map((tail) => {
      const own = (spread * unit) ** 2 * tail.variance;
      const variance = error.variance + own;
      const kept = own / variance;
      const sd = Math.sqrt(Math.max(kept * error.variance, 1e-300));
      return { factor: (error.share * tail.share) / Math.sqrt(variance), decay: 1 / (2 * variance), kept, sd };
    }),
  );
}

function likelihoodOf(deviation: number, parts: readonly LikelihoodPart[]): number {
  let sum = 0;
  for (const { factor, decay } of parts) sum += factor * Math.exp(-decay * deviation * deviation);
  return sum;
}

/** What is believed of one task, given the tasks' mean and spread and the common error. */
interface Given {
  readonly believed: Believed;
  readonly variance: number;
}

/** @param effect without the common error */
function given(effect: number, parts: readonly LikelihoodPart[], mean: number, margin: number): Given {
  const deviation = effect - mean;
  const least = NEGLIGIBLE_PART * likelihoodOf(deviation, parts);
  let [likelihood, first, second, gain, harm, loss] = [0, 0, 0, 0, 0, 0];
  for (const { factor, decay, kept, sd } of parts) {
    const weight = factor * Math.exp(-decay * deviation * deviation);
    if (weight < least) continue;
    const center = mean + kept * deviation;
    const below = normalCdf(-center / sd, 0, 1);
    likelihood += weight;
    first += weight * center;
    second += weight * (center * center + sd * sd);
    gain += weight * (1 - below);
    harm += weight * normalCdf((-margin - center) / sd, 0, 1);
    loss += weight * lossOf(center, sd, below);
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

/** What is believed of the mean over tasks whose gains are known apart, given the rest. */
function averageOf(own: readonly Given[], margin: number): Believed {
  const mean = own.reduce((sum, { believed }) => sum + believed.mean, 0) / own.length;
  const variance = own.reduce((sum, one) => sum + one.variance, 0);
  const sd = Math.sqrt(Math.max(variance, 1e-300)) / own.length;
  const below = normalCdf(-mean / sd, 0, 1);
  return { mean, pGain: 1 - below, pHarm: normalCdf((-margin - mean) / sd, 0, 1), expectedLoss: lossOf(mean, sd, below) };
}

/** A point of the grid over the tasks' spread, mean and common error, with the logarithm of its weight. */
interface Point {
  /** Parts of the tasks' likelihoods, given the spread. */
  readonly parts: readonly (readonly LikelihoodPart[])[];
  readonly mean: number;
  readonly error: number;
  readonly log: number;
}

/**
 * A mean and its standard deviation, from effects about it that are normal with these variances: where a grid of means has to lie.
 * @param effects `[tasks]` @param variances `[tasks]`
 */
export function meanGiven(effects: readonly number[], variances: readonly number[]): { readonly at: number; readonly sd: number } {
  const total = variances.reduce((sum, variance) => sum + 1 / variance, 0);
  return { at: effects.reduce((sum, effect, t) => sum + effect / variances[t]!, 0) / total, sd: 1 / Math.sqrt(total) };
}

/** @param variances of the tasks' own errors, `[tasks]` */
function gridOf(observed: readonly Observed[], variances: readonly number[], common: number, scale: number): Point[] {
  const effects = observed.map(({ effect }) => effect);
  const center = effects.reduce((sum, effect) => sum + effect, 0) / effects.length;
  const widest = Math.sqrt(Math.max(...effects.map((effect) => (effect - center) ** 2), ...variances.map((v) => v + common)));
  // From far below the errors, where it is as good as 0, to far above what is seen or thought, evenly in the logarithm.
  const least = Math.min(scale, ...variances.map((v) => Math.sqrt(v + common))) / 20;
  const most = Math.max(2 * least, Math.min(10 * scale, 5 * widest));
  const spreads = Array.from({ length: POINTS.spread }, (_, i) => least * (most / least) ** (i / (POINTS.spread - 1)));
  const errors = common === 0 ? [0] : Array.from({ length: POINTS.common }, (_, i) => Math.sqrt(common) * (i - (POINTS.common - 1) / 2));
  return spreads.flatMap((spread) => {
    const { at, sd } = meanGiven(
      effects,
      observed.map(({ unit }, t) => variances[t]! + (spread * unit) ** 2),
    );
    const parts = observed.map((one) => partsGiven(one, spread));
    return errors.flatMap((error) =>
      Array.from({ length: POINTS.mean }, (_, i) => {
        const mean = at - error + STEP * sd * (i - (POINTS.mean - 1) / 2);
        // The spacing of means differs by spread, and that of spreads is even in the logarithm.
        const prior = t3(mean / (2 * scale)) * t3(spread / scale) * spread * sd * (common === 0 ? 1 : density(error, common));
        const log = effects.reduce((sum, effect, t) => sum + Math.log(likelihoodOf(effect - error - mean, parts[t]!)), Math.log(prior));
        return { parts, mean, error, log };
      }),
    );
  });
}

/**
 * What to believe of the gains of a method on several tasks: a hierarchical model with t likelihoods (after Corani, Benavoli et al. 2017, 1609.08905,
 * for tasks of one data set). Gains of the tasks are Student t of 3 degrees of freedom about a mean, as one task may differ from all others; the mean
 * has a t prior of 3 degrees of freedom with scale 2, their spread half of one with scale 1, in units of `scale`. Deviates in that a task's gain
 * spreads with the root of its standard error: who has few labels has more to gain or lose. What the errors of the tasks have in common (they share
 * rows and seeds) is one normal error more. Integrated on a grid that lies where the data say; nothing is drawn.
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
  const variances = squares.map((square) => square - common);
  const usual = Math.exp(squares.reduce((sum, square) => sum + Math.log(square), 0) / count);
  const observed = estimates.map(({ effect, degreesOfFreedom }, t) => ({
    effect,
    errors: mixture(degreesOfFreedom).map(({ share, variance }) => ({ share, variance: variance * variances[t]! })),
    unit: (squares[t]! / usual) ** 0.25,
  }));
  const points = gridOf(observed, variances, common, scale);
  const highest = points.reduce((most, { log }) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  let total = 0;
  let tasks: Believed[] = estimates.map(() => zero);
  let [average, safe] = [zero, 0];
  for (const { parts, mean, error, log } of points) {
    if (!(log > highest - NEGLIGIBLE)) continue;
    const weight = Math.exp(log - highest);
    const own = estimates.map(({ effect }, t) => given(effect - error, parts[t]!, mean, margin));
    total += weight;
    tasks = tasks.map((one, t) => plus(one, own[t]!.believed, weight));
    average = plus(average, averageOf(own, margin), weight);
    safe += weight * own.reduce((product, { believed }) => product * (1 - believed.pHarm), 1);
  }
  const scaled = (one: Believed): Believed => plus(zero, one, 1 / total);
  return { tasks: tasks.map(scaled), average: scaled(average), pAnyHarm: 1 - safe / total };
}
