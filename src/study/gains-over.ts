import { checkNumber, didYouMean, withDefaults } from '../options/check';
import type { Figure } from '../plots/figure';
import { type Gain, gains } from '../plots/gains';
import { figureBundle, type MimeBundle } from '../plots/mime';
import { type Cell, htmlTable, type Table, textTable } from '../plots/table';
import { type AverageEstimate, averageEstimateOf } from './answers';
import type { ComparisonData } from './comparison-data';
import { type Comparisons, commonMethods, type Entry, entriesOf } from './several-comparisons';
import { type Direction, hierarchicalGains, populationGain, seedsNeeded, standardDeviation, wilcoxonSignedRank } from './statistics';
import { FEWEST_SEEDS } from './statistics/decide';
import type { Credible } from './statistics/population-gain';
import { interval, short, signed } from './words';

/** Options of `gainsOver`. */
export interface GainsOverOptions {
  /** The method that is judged. @default the first comparison's primary method */
  readonly method?: string;
  /** What it is compared with. @default the first comparison's baseline */
  readonly baseline?: string;
  /** Chance of any false difference, in (0, 1): intervals have the level 1 - alpha. @default 0.05 */
  readonly alpha?: number;
}

/** The gain on one data set, on average over its tasks. */
export interface DataSetGain {
  readonly name: string;
  /** Mean gain over the baseline, positive is better. */
  readonly effect: number;
  readonly standardError: number;
  readonly seeds: number;
  /** The gain that is believed, shrunken toward those of the other data sets; the probability of a gain, and of a loss beyond the margin. */
  readonly believed: number;
  readonly pGain: number;
  readonly pHarm: number;
}

/** What several data sets say of one method against another. */
export interface GainsOver {
  readonly method: string;
  readonly baseline: string;
  readonly dataSets: readonly DataSetGain[];
  /** Data sets that say nothing, and why. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  /** The common metric of all tasks; else `margins`: each gain in units of its task's margin. */
  readonly unit: string;
  readonly margin: number;
  readonly alpha: number;
  /** The mean gain over data sets like these, with its credible interval; NaN with fewer than two. */
  readonly mean: Credible;
  /** Probability that this mean is above 0, and that it is a loss beyond the margin. */
  readonly pGain: number;
  readonly pHarm: number;
  /** Probability that the method beats the baseline on a data set that was not seen, with its interval (Bouthillier et al. 2021). */
  readonly newGain: Credible;
  /** Probability that it loses more than the margin there. */
  readonly newHarm: Credible;
  /** Whether the interval of the mean excludes 0; always open with too few data sets for an exact rank test to show anything at alpha. */
  readonly direction: Direction;
  /** Whether the interval of the mean excludes a loss of the margin; never with too few data sets. */
  readonly asGood: boolean;
  /** Exact two-sided Wilcoxon signed-rank p value of the gains: it assumes no normality, and knows nothing of their errors (Demsar 2006). */
  readonly wilcoxonP: number;
  readonly sentence: string;
  table(): Table;
  /** The gains figure, a row per data set. */
  plot(): Figure;
  toMime(): readonly MimeBundle[];
  toString(): string;
}

/** Data sets below which even signs that all agree have a p value above alpha. */
const fewestFor = (alpha: number): number => 1 + Math.ceil(Math.log2(1 / alpha) - 1e-9);

/** Standard error, in margins, of a gain that is exactly 0 in every prediction: the model asks for one. */
const EXACT = 0.01;

/** A comparison of just two of its methods. */
function pairOf(data: ComparisonData, method: string, baseline: string): ComparisonData {
  const { rowVariances, ...rest } = data;
  // What is kept of the rows is of gains over the comparison's own baseline.
  const kept = rowVariances && baseline === data.baseline ? { rowVariances } : {};
  return { ...rest, ...kept, methods: data.methods.filter(({ name }) => name === method || name === baseline), baseline, primary: method };
}

/** Why a data set says nothing; undefined where it does. */
function silenceOf({ seeds, standardError, identical }: AverageEstimate): string | undefined {
  if (seeds < FEWEST_SEEDS) return `${seeds} ${seeds === 1 ? 'seed counts' : 'seeds count'}, at least ${FEWEST_SEEDS} are needed`;
  if (Number.isNaN(standardError) && !identical) return 'no spread over seeds to judge by';
  return undefined;
}

/** @throws RangeError where two comparisons are of one table: its rows would count twice */
function checkTables(entries: readonly Entry[]): void {
  for (const [i, [name, { fingerprint }]] of entries.entries()) {
    const same = entries.slice(0, i).find(([, other]) => other.fingerprint === fingerprint);
    if (same)
      throw new RangeError(
        `gainsOver: "${same[0]}" and "${name}" are comparisons of the same table, which is one data set; give one of them (tasks of one table share rows and are no independent data sets)`,
      );
  }
}

/**
 * Asks of several data sets whether a method is better than another, and with what probability it would be on a new one: the gains on average over
 * the tasks of each data set, with their errors, in a hierarchical model (`statistics.populationGain`). A data set counts once, however many tasks
 * it has. For the ranks of more than two methods see `ranksOver`.
 * @param comparisons a list, or comparisons by the names of their data sets, each of another table
 * @throws TypeError for an unknown option, RangeError for a method that not all comparisons have, or two comparisons of one table
 * @example
 * gainsOver({ emotions: first, yeast: second, flare: third }).sentence
 */
export function gainsOver(comparisons: Comparisons, options: GainsOverOptions = {}): GainsOver {
  const who = 'gainsOver';
  const entries = entriesOf(who, comparisons);
  const common = commonMethods(who, entries);
  const [, first] = entries[0]!;
  const base = options.baseline ?? (common.includes(first.baseline) ? first.baseline : common[0]!);
  const others = common.filter((name) => name !== base);
  const own = first.primary !== undefined && others.includes(first.primary) ? first.primary : others[0]!;
  const { method, baseline, alpha } = withDefaults<Required<GainsOverOptions>>(who, options, { method: own, baseline: base, alpha: 0.05 });
  for (const [option, name] of Object.entries({ method, baseline })) {
    if (common.includes(name) && (option === 'baseline' || name !== baseline)) continue;
    const names = option === 'baseline' ? common : common.filter((one) => one !== baseline);
    throw new RangeError(`gainsOver: ${option} must be one of ${names.join(', ')}, got ${JSON.stringify(name)}${didYouMean(name, names)}`);
  }
  checkNumber(who, 'alpha', alpha, Number.MIN_VALUE, 1, true);
  checkTables(entries);
  const found = entries.map(([name, data]) => ({ name, ...averageEstimateOf(pairOf(data, method, baseline), method) }));
  const leftOut = found.flatMap((one) => {
    const why = silenceOf(one);
    return why === undefined ? [] : [{ name: one.name, why }];
  });
  const kept = found.filter((one) => silenceOf(one) === undefined);
  const oneUnit = kept.every(({ unit, margin }) => unit === found[0]!.unit && margin === found[0]!.margin);
  const unit = oneUnit ? found[0]!.unit : 'margins';
  const margin = oneUnit ? found[0]!.margin : 1;
  const estimates = kept.map((one) => {
    const by = oneUnit ? 1 : one.margin;
    const error = one.identical ? EXACT * margin : one.standardError / by;
    return { effect: one.effect / by, standardError: error, degreesOfFreedom: one.degreesOfFreedom };
  });
  return makeGainsOver(
    { method, baseline, unit, margin, alpha, leftOut },
    kept.map(({ name, seeds }) => ({ name, seeds })),
    estimates,
  );
}

type About = Pick<GainsOver, 'method' | 'baseline' | 'unit' | 'margin' | 'alpha' | 'leftOut'>;
type Estimates = Parameters<typeof populationGain>[0];

const unknown: Credible = { value: Number.NaN, low: Number.NaN, high: Number.NaN };

function makeGainsOver(about: About, named: readonly { readonly name: string; readonly seeds: number }[], estimates: Estimates): GainsOver {
  const { margin, alpha } = about;
  const beliefs = estimates.length > 0 ? hierarchicalGains(estimates, { scale: margin }).tasks : [];
  const dataSets = named.map(({ name, seeds }, d): DataSetGain => {
    const { effect, standardError } = estimates[d]!;
    const { mean, pGain, pHarm } = beliefs[d]!;
    return { name, effect, standardError, seeds, believed: mean, pGain, pHarm };
  });
  const some = estimates.length > 1;
  const population = some ? populationGain(estimates, { scale: margin, level: 1 - alpha }) : undefined;
  const { mean, pGain, pHarm, newGain, newHarm } = population ?? {
    ...{ mean: unknown, newGain: unknown, newHarm: unknown },
    ...{ pGain: Number.NaN, pHarm: Number.NaN },
  };
  const enough = estimates.length >= fewestFor(alpha);
  const direction: Direction = !enough ? 'open' : mean.low > 0 ? 'better' : mean.high < 0 ? 'worse' : 'open';
  const asGood = enough && mean.low > -margin;
  const wilcoxonP = wilcoxonSignedRank(estimates.map(({ effect }) => effect)).p;
  const said = { ...about, dataSets, mean, pGain, pHarm, newGain, newHarm, direction, asGood, wilcoxonP };
  const sentence = sentenceOf(said);
  const table = (): Table => ({
    title: sentence,
    columns: ['data set', 'gain', 'standard error', 'seeds', 'believed', 'P(gain)', 'P(harm)'],
    rows: dataSets.map((one): Cell[] => [one.name, one.effect, one.standardError, one.seeds, one.believed, one.pGain, one.pHarm]),
    notes: about.leftOut.map(({ name, why }) => `${name} is left out: ${why}`),
  });
  const plot = (): Figure => plotOf(said);
  const text = (): string => textTable(table());
  const result: GainsOver = {
    ...said,
    sentence,
    table,
    plot,
    toMime: () => [{ 'text/html': htmlTable(table()), 'text/plain': text() }, ...(dataSets.length > 0 ? [figureBundle(plot())] : [])],
    toString: text,
  };
  return Object.defineProperties(result, { [Symbol.for('nodejs.util.inspect.custom')]: { value: text } });
}

type Said = Omit<GainsOver, 'sentence' | 'table' | 'plot' | 'toMime' | 'toString'>;

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const probability = (share: number): string => (share > 0.995 ? '> 0.99' : share < 0.005 ? '< 0.01' : share.toFixed(2));

/** One of the last four of the twelve sentences that a reader may be told, see README.md beside this file. */
function sentenceOf({ method, baseline, dataSets, leftOut, unit, margin, mean, newGain, direction, asGood, alpha }: Said): string {
  const count = dataSets.length;
  const left =
    leftOut.length > 0
      ? ` ${plural(leftOut.length, 'data set')} left out: ${leftOut.map(({ name, why }) => `${name}, ${why}`).join('; ')}.`
      : '';
  if (count === 0) return `No data set says anything of ${method} against ${baseline}.${left}`;
  if (count === 1) {
    const [{ name, effect }] = dataSets as [DataSetGain];
    return `${name} alone says nothing of ${method} against ${baseline} on other data sets: gain ${signed(effect)} ${unit}.${left}`;
  }
  const matters = unit === 'margins' ? 'the margins' : `${short(margin)} ${unit}`;
  const on = `On ${plural(count, 'data set')}`;
  const numbers = `${signed(mean.value)} ${unit}${interval([mean.low, mean.high])} on average over data sets like these; P(${method} > ${baseline}) on a new one ${probability(newGain.value)} [${probability(newGain.low)}, ${probability(newGain.high)}]`;
  if (direction !== 'open') return `${on} ${method} is ${direction} than ${baseline}: ${numbers}.${left}`;
  if (asGood) return `${on} ${method} is at least as good as ${baseline}, within ${matters}: ${numbers}.${left}`;
  const least = fewestFor(alpha);
  const sd = standardDeviation(dataSets.map(({ effect }) => effect));
  const needed = count >= least && sd > 0 ? Math.max(least, seedsNeeded({ effect: margin, sd, alpha })) : Number.POSITIVE_INFINITY;
  const more =
    count < least
      ? `; ${plural(count, 'data set')} cannot show a difference at ${100 * alpha} %, it takes at least ${least}`
      : Number.isFinite(needed) && needed > count
        ? `; about ${needed} data sets would show a gain of ${matters}`
        : '';
  return `${on} it is open whether ${method} is better or worse than ${baseline}: ${numbers}${more}.${left}`;
}

function plotOf({ method, baseline, dataSets, unit, margin, mean, pGain, direction, asGood, alpha }: Said): Figure {
  if (dataSets.length === 0) throw new RangeError('gainsOver: no data set says anything, so there are no gains to draw');
  const common = { method, metric: unit, margin };
  const word = direction === 'better' ? 'positive' : direction === 'worse' ? 'negative' : asGood ? 'as good' : 'unclear';
  const average: Gain = {
    ...common,
    task: 'data sets like these',
    effect: mean.value,
    low: mean.low,
    high: mean.high,
    pGain,
    verdict: word,
    average: true,
  };
  const rows = dataSets.map(
    ({ name, effect, standardError, believed, pGain: odds }): Gain => ({
      ...common,
      ...{ task: name, effect, low: effect - standardError, high: effect + standardError },
      ...{ believed, pGain: odds, verdict: 'not judged' },
    }),
  );
  return gains([...(dataSets.length > 1 ? [average] : []), ...rows], {
    title: `Gain of ${method} over ${baseline} on ${plural(dataSets.length, 'data set')}`,
    baseline,
    interval: `${Number((100 * (1 - alpha)).toPrecision(4))} % interval of the mean, one standard error of a data set's gain`,
  });
}
