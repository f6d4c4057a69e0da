import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { checkNumber, withDefaults } from '../../options/check';
import { meanGiven, mixture, type TaskEstimate, t3 } from './hierarchical';

/** Options of `populationGain`. */
export interface PopulationOptions {
  /** Scale of the priors, in units of the effects: the margin, so that gains of a few margins are thought usual. Required. */
  readonly scale: number;
  /** The smallest loss that matters, above 0. @default the scale */
  readonly margin?: number;
  /** Level of the intervals, in (0, 1). @default 0.95 */
  readonly level?: number;
}

/** A number with its credible interval. */
export interface Credible {
  /** Posterior mean. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What is believed of the gain on data sets like those that were seen. */
export interface PopulationGain {
  /** The mean gain over such data sets. */
  readonly mean: Credible;
  /** Probability that this mean is above 0, and that it is a loss beyond the margin. */
  readonly pGain: number;
  readonly pHarm: number;
  /** Posterior mean of the standard deviation of the gain from one data set to another. */
  readonly spread: number;
  /** Probability of a gain, and of a loss beyond the margin, on a new data set; the intervals are over what is not known of mean and spread. */
  readonly newGain: Credible;
  readonly newHarm: Credible;
}

/** Points of the grid: of the mean, and of the spread in the logarithm. */
const POINTS = { mean: 61, spread: 60 } as const;

/** Between two points of the mean, in its standard deviations given the spread. */
const STEP = 0.25;

/** Points of the grid whose weight is smaller than that of the best by this, in the logarithm, add nothing. */
const NEGLIGIBLE = 20;

/** The likelihood of an estimate, for each mean. */
function likelihoodsOf(effect: number, means: readonly number[], variances: readonly number[], spread: number): Float64Array {
  const sums = new Float64Array(means.length);
  for (const own of variances) {
    const variance = own + spread * spread;
    const factor = 1 / Math.sqrt(variance);
    for (let i = 0; i < sums.length; i++) sums[i]! += factor * Math.exp(-((effect - means[i]!) ** 2) / (2 * variance));
  }
  return sums;
}

/** The quantile of weighted values, interpolated between them. */
function quantileOf(sorted: readonly { readonly value: number; readonly weight: number }[], total: number, share: number): number {
  let below = 0;
  let before: { readonly value: number; readonly at: number } | undefined;
  for (const { value, weight } of sorted) {
    const at = (below + weight / 2) / total;
    if (at >= share) return before ? before.value + ((share - before.at) / (at - before.at)) * (value - before.value) : value;
    before = { value, at };
    below += weight;
  }
  return sorted.at(-1)!.value;
}

function credible(values: readonly number[], weights: readonly number[], level: number): Credible {
  const total = weights.reduce((a, b) => a + b, 0);
  const sorted = values.map((value, i) => ({ value, weight: weights[i]! })).sort((a, b) => a.value - b.value);
  const value = sorted.reduce((sum, one) => sum + one.value * one.weight, 0) / total;
  return { value, low: quantileOf(sorted, total, (1 - level) / 2), high: quantileOf(sorted, total, (1 + level) / 2) };
}

/** A point of the grid with its weight; it stands for the means within half a step. */
interface Point {
  readonly spread: number;
  readonly mean: number;
  readonly step: number;
  readonly weight: number;
}

/** Share of the weight whose mean lies above `from`. */
function shareAbove(points: readonly Point[], from: number): number {
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  return (
    points.reduce((sum, { mean, step, weight }) => sum + weight * Math.min(1, Math.max(0, (mean + step / 2 - from) / step)), 0) / total
  );
}

/** The posterior of mean and spread: for each spread a grid of means where the data say that the mean is, given the spread. */
function posterior(estimates: readonly TaskEstimate[], scale: number): readonly Point[] {
  const squares = estimates.map(({ standardError }) => standardError ** 2);
  const variances = estimates.map(({ degreesOfFreedom }, d) => mixture(degreesOfFreedom).map(({ variance }) => variance * squares[d]!));
  const center = estimates.reduce((sum, { effect }) => sum + effect, 0) / estimates.length;
  const between = Math.sqrt(estimates.reduce((sum, { effect }) => sum + (effect - center) ** 2, 0) / estimates.length);
  const errors = estimates.map(({ standardError }) => standardError);
  const [least, most] = [Math.min(scale, ...errors) / 20, Math.max(10 * scale, 20 * Math.max(between, ...errors))];
  const spreads = Array.from({ length: POINTS.spread }, (_, i) => least * (most / least) ** (i / (POINTS.spread - 1)));
  const logs = spreads.flatMap((spread) => {
    const { at, sd } = meanGiven(
      estimates.map(({ effect }) => effect),
      squares.map((square) => square + spread * spread),
    );
    const step = STEP * sd;
    const means = Array.from({ length: POINTS.mean }, (_, i) => at + step * (i - (POINTS.mean - 1) / 2));
    const own = estimates.map(({ effect }, d) => likelihoodsOf(effect, means, variances[d]!, spread));
    // Spreads are even in the logarithm, and the steps of the mean differ.
    const prior = t3(spread / scale) * spread * step;
    return means.map((mean, i) => {
      const log = own.reduce((sum, likelihoods) => sum + Math.log(likelihoods[i]!), Math.log(t3(mean / (2 * scale)) * prior));
      return { spread, mean, step, log };
    });
  });
  const highest = logs.reduce((most, { log }) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  return logs.flatMap(({ log, ...point }) => (log > highest - NEGLIGIBLE ? [{ ...point, weight: Math.exp(log - highest) }] : []));
}

/**
 * The probability that one method beats another on a data set that has not been seen, and the mean gain over such data sets: a hierarchical normal
 * model of the data sets with t likelihoods, integrated on a grid. The question is that of Bouthillier et al. 2021 (2103.03098), P(A > B) with an
 * interval, over data sets instead of over the randomness of one benchmark, and by this model (after Corani, Benavoli et al. 2017, 1609.08905)
 * instead of their bootstrap of paired scores, since a data set's gain is itself known with an error. Priors as of `hierarchicalGains`: Student t
 * of 3 degrees of freedom, with scale 2 for the mean and half of one with scale 1 for the spread, in units of `scale`.
 * @param estimates `[data sets]` the gain on each, independent of each other: several tasks of one data set are no several data sets
 * @throws RangeError without any estimate, or for a standard error or scale that is not above 0
 */
export function populationGain(estimates: readonly TaskEstimate[], options: PopulationOptions): PopulationGain {
  const who = 'populationGain';
  const defaults = { scale: Number.NaN, margin: Number.NaN, level: 0.95 };
  const { scale, margin: stated, level } = withDefaults<Required<PopulationOptions>>(who, options, defaults);
  checkNumber(who, 'scale', scale, Number.MIN_VALUE);
  checkNumber(who, 'level', level, Number.MIN_VALUE, 1, true);
  if (estimates.length === 0) throw new RangeError(`${who}: at least one data set is needed, got none`);
  for (const { standardError } of estimates) checkNumber(who, 'standardError', standardError, Number.MIN_VALUE);
  const margin = Number.isNaN(stated) ? scale : stated;
  const points = posterior(estimates, scale);
  const weights = points.map(({ weight }) => weight);
  const total = weights.reduce((a, b) => a + b, 0);
  const newly = (from: (mean: number) => number): Credible =>
    credible(
      points.map(({ spread, mean }) => normalCdf(from(mean) / spread, 0, 1)),
      weights,
      level,
    );
  return {
    mean: credible(
      points.map(({ mean }) => mean),
      weights,
      level,
    ),
    pGain: shareAbove(points, 0),
    pHarm: 1 - shareAbove(points, -margin),
    spread: points.reduce((sum, { spread, weight }) => sum + spread * weight, 0) / total,
    newGain: newly((mean) => mean),
    newHarm: newly((mean) => -margin - mean),
  };
}
