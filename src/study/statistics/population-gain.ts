import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { checkNumber, withDefaults } from '../../options/check';
import { mixture, type TaskEstimate, t3 } from './hierarchical';

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
const POINTS = { mean: 241, spread: 80 } as const;

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

/** Share of the weight of a density, given at even steps, that lies above `from`. */
function shareAbove(points: readonly number[], weights: readonly number[], from: number): number {
  const step = points[1]! - points[0]!;
  const total = weights.reduce((a, b) => a + b, 0);
  // Each point stands for the step around it.
  return points.reduce((sum, at, i) => sum + weights[i]! * Math.min(1, Math.max(0, (at + step / 2 - from) / step)), 0) / total;
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
  const count = estimates.length;
  const variances = estimates.map(({ degreesOfFreedom, standardError }) => mixture(degreesOfFreedom).map((v) => v * standardError ** 2));
  const center = estimates.reduce((sum, { effect }) => sum + effect, 0) / count;
  const between = Math.sqrt(estimates.reduce((sum, { effect }) => sum + (effect - center) ** 2, 0) / count);
  const errors = estimates.map(({ standardError }) => standardError);
  const widest = Math.max(between, ...errors);
  // With few data sets the mean has the tails of a t distribution of few degrees of freedom.
  const reach = (12 * widest) / Math.sqrt(count);
  const means = Array.from({ length: POINTS.mean }, (_, i) => center + reach * ((2 * i) / (POINTS.mean - 1) - 1));
  const [least, most] = [Math.min(scale, ...errors) / 20, Math.max(10 * scale, 20 * widest)];
  const spreads = Array.from({ length: POINTS.spread }, (_, i) => least * (most / least) ** (i / (POINTS.spread - 1)));
  const logs = spreads.map((spread) => {
    const own = estimates.map(({ effect }, d) => likelihoodsOf(effect, means, variances[d]!, spread));
    const prior = t3(spread / scale) * spread;
    return means.map((mean, i) =>
      own.reduce((sum, likelihoods) => sum + Math.log(likelihoods[i]!), Math.log(t3(mean / (2 * scale)) * prior)),
    );
  });
  const highest = Math.max(...logs.map((row) => Math.max(...row)));
  const weights = logs.map((row) => row.map((log) => (log > highest - NEGLIGIBLE ? Math.exp(log - highest) : 0)));
  const ofMean = means.map((_, i) => weights.reduce((sum, row) => sum + row[i]!, 0));
  const ofSpread = weights.map((row) => row.reduce((a, b) => a + b, 0));
  const total = ofMean.reduce((a, b) => a + b, 0);
  const likely = spreads.flatMap((spread, s) =>
    means.flatMap((mean, i) => (weights[s]![i]! > 0 ? [{ spread, mean, weight: weights[s]![i]! }] : [])),
  );
  const newly = (from: (mean: number) => number): Credible =>
    credible(
      likely.map(({ spread, mean }) => normalCdf(from(mean) / spread, 0, 1)),
      likely.map(({ weight }) => weight),
      level,
    );
  return {
    mean: credible(means, ofMean, level),
    pGain: shareAbove(means, ofMean, 0),
    pHarm: 1 - shareAbove(means, ofMean, -margin),
    spread: spreads.reduce((sum, spread, i) => sum + spread * ofSpread[i]!, 0) / total,
    newGain: newly((mean) => mean),
    newHarm: newly((mean) => -margin - mean),
  };
}
