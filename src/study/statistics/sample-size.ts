import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { checkInteger, checkNumber, withDefaults } from '../../options/check';
import { correctedErrorFactor } from './corrected-t-test';

/** More seeds than anybody runs: taken as never. */
const MOST_SEEDS = 1e9;

/** What the power of the corrected t test depends on. */
export interface PowerOptions {
  /** The true mean difference. Required. */
  readonly effect: number;
  /** Standard deviation of the differences, as `correctedTTest` estimates it; above 0. Required. */
  readonly sd: number;
  /** Level of the two-sided test, in (0, 1); divide it by the size of the family for Holm's first step. @default 0.05 */
  readonly alpha?: number;
  /** Correlation between the differences of two seeds, as in `correctedTTest`. @default 0 */
  readonly rho?: number;
}

/** Options of `seedsNeeded`. */
export interface SeedsNeededOptions extends PowerOptions {
  /** The wanted chance to find the effect, in (0, 1). @default 0.8 */
  readonly power?: number;
}

/** Simpson's rule with 160 intervals. */
function integral(f: (x: number) => number, from: number, to: number): number {
  const intervals = 160;
  const width = (to - from) / intervals;
  let sum = 0;
  for (let i = 0; i <= intervals; i++) sum += (i === 0 || i === intervals ? 1 : i % 2 === 1 ? 4 : 2) * f(from + i * width);
  return (sum * width) / 3;
}

/** P(T > c) of the noncentral t, c > 0: the normal tail averaged over the distribution of the estimated spread relative to the true one. */
function upperTail(c: number, degreesOfFreedom: number, noncentrality: number): number {
  const reach = 10 / Math.sqrt(2 * degreesOfFreedom);
  const from = Math.max(0, 1 - reach);
  const to = 1 + reach;
  // The density up to a constant, near 1 at its peak; the constant cancels in the ratio below.
  const density = (w: number): number =>
    Math.exp((degreesOfFreedom === 1 ? 0 : (degreesOfFreedom - 1) * Math.log(w)) + (degreesOfFreedom * (1 - w * w)) / 2);
  // Above `last` the normal tail is below 1e-15. A large c makes it steep, so it gets a grid of its own.
  const last = Math.min(to, (noncentrality + 8) / c);
  if (last <= from) return 0;
  return integral((w) => density(w) * normalCdf(noncentrality - c * w, 0, 1), from, last) / integral(density, from, to);
}

function powerAt(n: number, effect: number, sd: number, alpha: number, rho: number): number {
  const noncentrality = Math.abs(effect) / (sd * correctedErrorFactor(n, rho));
  const c = tQuantile(1 - alpha / 2, n - 1);
  return upperTail(c, n - 1, noncentrality) + upperTail(c, n - 1, -noncentrality);
}

function checkPowerOptions(who: string, { effect, sd, alpha, rho }: Required<PowerOptions>): void {
  if (!Number.isFinite(effect)) throw new RangeError(`${who}: effect must be a finite number, got ${String(effect)}`);
  checkNumber(who, 'sd', sd, Number.MIN_VALUE);
  checkNumber(who, 'alpha', alpha, Number.MIN_VALUE, 1, true);
  checkNumber(who, 'rho', rho, 0, 1, true);
}

/**
 * The chance that the two-sided corrected t test with n seeds finds an effect (noncentral t distribution).
 * @param n number of seeds, at least 2
 * @param options effect, spread, level and correlation
 * @throws TypeError for an unknown option
 * @throws RangeError when an argument is out of range
 */
export function correctedTPower(n: number, options: PowerOptions): number {
  const who = 'correctedTPower';
  const all = withDefaults<Required<PowerOptions>>(who, options, { effect: Number.NaN, sd: Number.NaN, alpha: 0.05, rho: 0 });
  checkInteger(who, 'n', n, 2);
  checkPowerOptions(who, all);
  return powerAt(n, all.effect, all.sd, all.alpha, all.rho);
}

/**
 * The smallest number of seeds with which the corrected t test has the wanted power. `Infinity` where no number of seeds will do: with
 * overlapping training sets (rho > 0) more seeds do not add data without end, and only more rows can show so small an effect.
 * @param options effect, spread, power, level and correlation
 * @throws TypeError for an unknown option
 * @throws RangeError when an option is out of range
 */
export function seedsNeeded(options: SeedsNeededOptions): number {
  const who = 'seedsNeeded';
  const defaults = { effect: Number.NaN, sd: Number.NaN, power: 0.8, alpha: 0.05, rho: 0 };
  const { power, ...all } = withDefaults<Required<SeedsNeededOptions>>(who, options, defaults);
  checkPowerOptions(who, all);
  checkNumber(who, 'power', power, Number.MIN_VALUE, 1, true);
  const { effect, sd, alpha, rho } = all;
  if (effect === 0) return Number.POSITIVE_INFINITY;
  const limit = Math.abs(effect) / (sd * Math.sqrt(rho / (1 - rho)));
  const critical = normalQuantile(1 - alpha / 2, 0, 1);
  const most = normalCdf(limit - critical, 0, 1) + normalCdf(-limit - critical, 0, 1);
  if (most <= power) return Number.POSITIVE_INFINITY;
  // Bracket the answer from the normal approximation with Guenther's correction, which is rarely off by more than one; then bisect.
  const wanted = Math.abs(effect) / sd / (critical + normalQuantile(power, 0, 1));
  const perSeed = wanted ** 2 - rho / (1 - rho);
  const guess = wanted > 0 && perSeed > 0 ? Math.min(MOST_SEEDS, Math.ceil(1 / perSeed + critical ** 2 / 2)) : 2;
  const enough = (n: number): boolean => n >= 2 && powerAt(n, effect, sd, alpha, rho) >= power;
  let high = Math.max(2, guess);
  let low = high - 1;
  for (let step = 1; !enough(high); step *= 2) {
    if (high > MOST_SEEDS) return Number.POSITIVE_INFINITY;
    low = high;
    high += step;
  }
  for (let step = 1; enough(low); step *= 2) {
    high = low;
    low = Math.max(1, low - step);
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
