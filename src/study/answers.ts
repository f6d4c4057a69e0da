import tCdf from '@stdlib/stats-base-dists-t-cdf';
import type { ComparisonData, TaskRecord } from './comparison-data';
import { averageGains, comparedBy, type Design, designOf, type Gains, gainsOf, rowVarianceOf, runsOf } from './contrast';
import {
  type Decision,
  type Direction,
  decide,
  type PairedComparison,
  type Size,
  signFlipTest,
  type Verdict as VerdictWord,
  wilcoxonSignedRank,
} from './statistics';
import { FEWEST_SEEDS } from './statistics/decide';
import { type HierarchicalGains, hierarchicalGains } from './statistics/hierarchical';
import { ownOf } from './values';

/** Usable seeds below which no probability is stated: with five, those of .95 and more came true in 84 to 92 %. */
export const FEWEST_FOR_PROBABILITIES = 10;

/** A gain in the proper score that is looked at beside a task's primary metric. */
export interface ProperGain {
  readonly metric: string;
  /** Mean gain over the baseline, turned so that positive is better. */
  readonly effect: number;
  /** Its interval by itself, not corrected: it gives no verdict. */
  readonly ci: readonly [number, number];
}

/** What a comparison says of one method on one task. */
export interface Verdict {
  readonly task: string;
  readonly method: string;
  readonly metric: string;
  /** Mean gain over the baseline, turned so that positive is better, in units of the metric. */
  readonly effect: number;
  /** Interval of the gain, of the same test as `p`: it excludes 0 exactly where the direction is not open. */
  readonly ci: readonly [number, number];
  /** Level of the interval: 1 - alpha, corrected for the other tasks as `p` is. */
  readonly level: number;
  /** p value of no difference, Holm-corrected over the method's tasks, or over all exploratory ones and the averages that they follow. */
  readonly p: number;
  /** `better`: positive; `worse`: negative; open and below the margin: none; else not enough evidence. */
  readonly verdict: VerdictWord;
  readonly direction: Direction;
  readonly size: Size;
  /** The smallest difference that matters, in units of the metric. */
  readonly margin: number;
  /** True where the method's average over the tasks was not shown to differ: something to look at again, nothing to rely on. */
  readonly exploratory?: true;
  /** Probability of any gain, and of a loss beyond the margin, by a hierarchical model of all tasks; absent below 10 usable seeds. */
  readonly pGain?: number;
  readonly pHarm?: number;
  /** The gain that is believed, shrunken toward that of the other tasks. */
  readonly believed?: number;
  readonly proper?: ProperGain;
  /** Two-sided Wilcoxon signed-rank and sign-flip p values of the same differences, uncorrected: they share no assumption of normality. */
  readonly wilcoxonP: number;
  readonly signFlipP: number;
  /** Seeds that count, and seeds that failed or left the metric undefined. */
  readonly seeds: number;
  readonly dropped: number;
  /** Seeds that would probably show a gain of the margin; only for "not enough evidence". */
  readonly seedsNeeded?: number;
  readonly sentence: string;
}

/** What a comparison says of one method on the average over the tasks. */
export interface AverageVerdict {
  readonly method: string;
  /** Whether it is the method that was declared to be looked at first. */
  readonly primary: boolean;
  /** The tasks that the average is over: those with a score. */
  readonly tasks: readonly string[];
  /** The metric where all tasks have the same; else `margins`: each gain in units of its task's margin. */
  readonly unit: string;
  readonly margin: number;
  readonly effect: number;
  readonly ci: readonly [number, number];
  readonly level: number;
  /** p value of no difference: of the primary method as it is, of the others Holm-corrected. */
  readonly p: number;
  readonly verdict: VerdictWord;
  readonly direction: Direction;
  readonly size: Size;
  readonly exploratory?: true;
  /** p value of "worse by the margin or more" on average, one-sided; and of the same on any task (the largest of all tasks'). */
  readonly asGoodP: number;
  readonly asGoodEverywhereP: number;
  /** Whether it is shown to be at least as good within the margin: on average, and on every task. */
  readonly asGood: boolean;
  readonly asGoodEverywhere: boolean;
  readonly pGain?: number;
  /** Probability that the average, and that any task, loses more than its margin. */
  readonly pHarm?: number;
  readonly pAnyHarm?: number;
  readonly believed?: number;
  readonly expectedLoss?: number;
  /** Standard deviation of one seed's gain. */
  readonly spread: number;
  /** The estimated correlation of two seeds' gains: the share of their variance that more seeds do not take away; see `resamplingRatio`. */
  readonly correlation: number;
  /** The same average of proper scores, in units of their margins or the common metric. */
  readonly proper?: ProperGain;
  readonly seeds: number;
  readonly dropped: number;
  readonly seedsNeeded?: number;
}

/** All that a comparison says. */
export interface Answers {
  /** A method each, in the order of the study. */
  readonly averages: readonly AverageVerdict[];
  readonly verdicts: readonly Verdict[];
}

/** One method against the baseline: its gains and tests. */
interface Contestant {
  readonly name: string;
  readonly gains: readonly Gains[];
  readonly cells: readonly PairedComparison[];
  /** Indices of the tasks of the average. */
  readonly used: readonly number[];
  readonly average: Gains;
  readonly averaged: PairedComparison;
  readonly proper: readonly (ProperGain | undefined)[];
  readonly properAverage: ProperGain | undefined;
}

/** In what unit gains are averaged: as they are where all tasks have one metric, else in margins. */
function unitOf(data: ComparisonData): { readonly unit: string; readonly weights: number[]; readonly margin: number } {
  const margins = data.tasks.map(({ name }) => data.margin[name]!);
  const same = data.tasks.every(({ metric, better }) => metric === data.tasks[0]!.metric && better === data.tasks[0]!.better);
  if (!same) return { unit: 'margins', weights: margins.map((margin) => 1 / margin), margin: 1 };
  return { unit: data.tasks[0]!.metric, weights: margins.map(() => 1), margin: margins.reduce((a, b) => a + b, 0) / margins.length };
}

/** A task as it is judged by its proper score. */
const properRecord = ({ name, proper }: TaskRecord): Pick<TaskRecord, 'name' | 'metric' | 'better'> | undefined =>
  proper && { name, metric: proper.name, better: proper.better };

function properGain(gains: Gains, metric: string, design: Design, shared: number | undefined): ProperGain {
  const { effect, low, high } = comparedBy(gains, design, 0, shared);
  return { metric, effect, ci: [low, high] };
}

function contestantOf(data: ComparisonData, name: string, design: Design): Contestant {
  const runs = runsOf(data, name);
  const base = runsOf(data, data.baseline);
  const { weights, margin } = unitOf(data);
  const kept = data.rowVariances && ownOf(data.rowVariances, name);
  const gains = data.tasks.map((task) => gainsOf(runs, base, task, data.margin[task.name]!));
  const cells = gains.map((own, t) => {
    const { name: task, metric } = data.tasks[t]!;
    return comparedBy(own, design, data.margin[task]!, kept?.tasks[task]?.[metric]);
  });
  const used = cells.flatMap(({ n }, t) => (n > 0 ? [t] : []));
  const over = used.length > 0 ? used : data.tasks.map((_, t) => t);
  const averageOf = (list: readonly Gains[]): Gains =>
    averageGains(
      over.map((t) => list[t]!),
      over.map((t) => weights[t]!),
    );
  const average = averageOf(gains);
  const properTasks = data.tasks.map(properRecord);
  const properGains = properTasks.map((task) => task && gainsOf(runs, base, task, 0));
  const oneProper = properTasks.every((task) => task !== undefined && task.metric === properTasks[0]?.metric);
  const properAverage = oneProper
    ? averageGains(
        over.map((t) => properGains[t]!),
        over.map(() => 1),
      )
    : undefined;
  return {
    name,
    gains,
    cells,
    used,
    average,
    averaged: comparedBy(average, design, margin, kept?.average),
    proper: properGains.map(
      (own, t) => own && properGain(own, properTasks[t]!.metric, design, kept?.tasks[properTasks[t]!.name]?.[properTasks[t]!.metric]),
    ),
    properAverage: properAverage && properGain(properAverage, properTasks[0]!.metric, design, kept?.properAverage),
  };
}

/** The variances from shared test rows of one method's gains, by task and metric, and of their averages. */
export interface RowVariances {
  readonly tasks: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly average: number;
  readonly properAverage: number;
}

/** What of the evidence the verdicts need: it is kept where the evidence itself is left out. */
export function rowVariancesOf(data: ComparisonData): Record<string, RowVariances> {
  if (data.rowVariances) return { ...data.rowVariances };
  const base = runsOf(data, data.baseline);
  const { weights } = unitOf(data);
  return Object.fromEntries(
    data.methods
      .filter(({ name }) => name !== data.baseline)
      .map(({ name }) => {
        const runs = runsOf(data, name);
        const gains = data.tasks.map((task) => gainsOf(runs, base, task, data.margin[task.name]!));
        const propers = data.tasks.map((task) => properRecord(task)).map((task) => task && gainsOf(runs, base, task, 0));
        const own = data.tasks.map((task, t) => [
          task.name,
          { [task.metric]: rowVarianceOf(gains[t]!), ...(propers[t] ? { [task.proper!.name]: rowVarianceOf(propers[t]) } : {}) },
        ]);
        const over = gains.flatMap((one, t) => (one.values.some(Number.isFinite) ? [t] : []));
        const averageOf = (list: readonly (Gains | undefined)[], by: readonly number[]): number => {
          const parts = over.map((t) => list[t]);
          if (parts.length === 0 || parts.some((part) => part === undefined)) return Number.NaN;
          return rowVarianceOf(
            averageGains(
              parts as Gains[],
              over.map((t) => by[t]!),
            ),
          );
        };
        const ones = data.tasks.map(() => 1);
        return [name, { tasks: Object.fromEntries(own), average: averageOf(gains, weights), properAverage: averageOf(propers, ones) }];
      }),
  );
}

/** The gains of a method in each seed, positive is better: by task, and on the average in its unit; NaN where a seed has none. */
export function seedGainsOf(
  data: ComparisonData,
  method: string,
): { readonly tasks: readonly Float64Array[]; readonly average: Float64Array } {
  const [runs, base] = [runsOf(data, method), runsOf(data, data.baseline)];
  const gains = data.tasks.map((task) => gainsOf(runs, base, task, data.margin[task.name]!));
  return { tasks: gains.map(({ values }) => values), average: averageGains(gains, unitOf(data).weights).values };
}

/** The average gain of a method over the tasks as an estimate, for what is asked of several data sets. */
export interface AverageEstimate {
  readonly unit: string;
  readonly margin: number;
  readonly effect: number;
  /** NaN where there is no spread to judge by. */
  readonly standardError: number;
  readonly degreesOfFreedom: number;
  /** Seeds that count. */
  readonly seeds: number;
  /** Whether all predictions are the same. */
  readonly identical: boolean;
}

/** The average gain of a method over the baseline of its comparison. */
export function averageEstimateOf(data: ComparisonData, method: string): AverageEstimate {
  const { average, averaged } = contestantOf(data, method, designOf(data));
  const { effect, standardError, degreesOfFreedom, t, n } = averaged;
  const known = Number.isNaN(t) ? Number.NaN : standardError;
  const { failed, identical } = average;
  return { ...unitOf(data), effect, standardError: known, degreesOfFreedom, seeds: n - failed, identical };
}

/** p value of "worse by the margin or more", one-sided. */
const asGoodPOf = ({ effect, margin, standardError, degreesOfFreedom, t }: PairedComparison): number =>
  Number.isNaN(t) || !(margin > 0) ? Number.NaN : tCdf(-(effect + margin) / standardError, degreesOfFreedom);

/** The largest, NaN where one is. */
const largest = (values: readonly number[]): number => values.reduce((a, b) => (a >= b ? a : b >= a ? b : Number.NaN), 0);

function believe({ cells, gains, used, averaged }: Contestant, data: ComparisonData): HierarchicalGains | undefined {
  const { weights } = unitOf(data);
  const usable = used.every((t) => {
    const { n, standardError, t: statistic } = cells[t]!;
    // Seeds in which it failed have the worst gain in their place: they are no evidence of how gains spread.
    return n - gains[t]!.failed >= FEWEST_FOR_PROBABILITIES && standardError > 0 && !Number.isNaN(statistic);
  });
  if (used.length === 0 || !usable || !(averaged.standardError > 0) || Number.isNaN(averaged.t)) return undefined;
  // In margins, so that all tasks have one prior.
  const estimates = used.map((t) => {
    const { effect, standardError, degreesOfFreedom } = cells[t]!;
    const margin = data.margin[data.tasks[t]!.name]!;
    return { effect: effect / margin, standardError: standardError / margin, degreesOfFreedom };
  });
  const { margin } = unitOf(data);
  const same = weights.every((weight) => weight === 1) ? margin : 1;
  const { effect, standardError, degreesOfFreedom } = averaged;
  // The average is believed by its own test, so that its odds never contradict it; the tasks' model may trust precise tasks more.
  const { average } = hierarchicalGains([{ effect: effect / same, standardError: standardError / same, degreesOfFreedom }], { scale: 1 });
  return { ...hierarchicalGains(estimates, { scale: 1, meanStandardError: standardError / same }), average };
}

/** The methods' averages, each as a decision: the primary one alone, the others by Holm. */
function judgeAverages(
  contestants: readonly Contestant[],
  data: ComparisonData,
): readonly (Decision & { readonly exploratory: boolean })[] {
  const member = ({ name, average, averaged }: Contestant) => ({
    method: name,
    task: 'the average',
    comparison: averaged,
    failed: average.failed,
    identical: average.identical,
  });
  const options = { alpha: data.alpha, baseline: data.baseline };
  const [first] = decide(contestants.filter(({ name }) => name === data.primary).map(member), options);
  const others = contestants.filter(({ name }) => name !== data.primary);
  const passed = first !== undefined && first.direction !== 'open';
  // Where the primary method is not told from the baseline, the others are searched among all.
  const rest = decide((passed ? others : contestants).map(member), options).filter(({ method }) => method !== data.primary);
  return contestants.map(({ name }) =>
    name === data.primary ? { ...first!, exploratory: false } : { ...rest.find(({ method }) => method === name)!, exploratory: !passed },
  );
}

function averageVerdicts(
  contestants: readonly Contestant[],
  data: ComparisonData,
  beliefs: readonly (HierarchicalGains | undefined)[],
): AverageVerdict[] {
  const { unit, margin } = unitOf(data);
  const searched = Math.max(1, contestants.length - 1);
  return judgeAverages(contestants, data).map((decision, i): AverageVerdict => {
    const { averaged, cells, used, average, properAverage, gains } = contestants[i]!;
    const primary = decision.method === data.primary;
    const factor = primary ? 1 : searched;
    const enough = decision.n >= FEWEST_SEEDS;
    const corrected = (p: number): number => (enough ? Math.min(1, factor * p) : Number.NaN);
    // The same predictions in every seed: if they were not so in half of all, this had a chance of 2^-seeds.
    const same = 0.5 ** decision.n;
    const asGoodP = average.identical && enough ? same : corrected(asGoodPOf(averaged));
    const every =
      used.length < data.tasks.length ? Number.NaN : largest(used.map((t) => (gains[t]!.identical ? same : asGoodPOf(cells[t]!))));
    const asGoodEverywhereP = corrected(every);
    const belief = beliefs[i];
    const inUnit = unit === 'margins' ? 1 : margin;
    return {
      method: decision.method,
      primary,
      tasks: used.map((t) => data.tasks[t]!.name),
      unit,
      margin,
      effect: decision.effect,
      ci: [decision.low, decision.high],
      level: decision.level,
      p: decision.p,
      verdict: decision.verdict,
      direction: decision.direction,
      size: decision.size,
      ...(decision.exploratory ? { exploratory: true as const } : {}),
      asGoodP,
      asGoodEverywhereP,
      asGood: asGoodP <= data.alpha,
      asGoodEverywhere: asGoodEverywhereP <= data.alpha,
      ...(belief
        ? {
            pGain: belief.average.pGain,
            pHarm: belief.average.pHarm,
            pAnyHarm: belief.pAnyHarm,
            believed: belief.average.mean * inUnit,
            expectedLoss: belief.average.expectedLoss * inUnit,
          }
        : {}),
      spread: averaged.sd,
      correlation: averaged.rho,
      ...(properAverage ? { proper: properAverage } : {}),
      seeds: decision.n,
      dropped: decision.dropped,
      ...(decision.seedsNeeded === undefined ? {} : { seedsNeeded: decision.seedsNeeded }),
    };
  });
}

/** The verdicts by task: Holm within a method whose average was shown to differ, and over all tasks of the others together. */
function taskVerdicts(
  contestants: readonly Contestant[],
  averages: readonly AverageVerdict[],
  data: ComparisonData,
  beliefs: readonly (HierarchicalGains | undefined)[],
): Verdict[] {
  const open = averages.map(({ direction, exploratory }) => direction === 'open' || exploratory === true);
  const members = contestants.map(({ name, cells, gains }) =>
    data.tasks.map(({ name: task, metric }, t) => ({
      method: name,
      task,
      metric,
      comparison: cells[t]!,
      failed: gains[t]!.failed,
      identical: gains[t]!.identical,
    })),
  );
  const options = { alpha: data.alpha, baseline: data.baseline, oneTestSet: data.rho === 0 && data.seeds.length > 1 };
  // The averages that they follow were looked at already, and count as members.
  const looked = contestants.flatMap(({ name, averaged, average }, i) =>
    open[i] ? [{ method: name, task: '', comparison: averaged, failed: average.failed, identical: average.identical }] : [],
  );
  const exploratory = decide([...members.filter((_, i) => open[i]).flat(), ...looked], options);
  return contestants.flatMap(({ name, gains, used, proper }, i) => {
    const decisions = open[i] ? exploratory.slice(0, -looked.length).filter(({ method }) => method === name) : decide(members[i]!, options);
    return decisions.map((decision, t): Verdict => {
      const { name: task, metric } = data.tasks[t]!;
      const margin = data.margin[task]!;
      const belief = beliefs[i]?.tasks[used.indexOf(t)];
      return {
        task,
        method: name,
        metric,
        effect: decision.effect,
        ci: [decision.low, decision.high],
        level: decision.level,
        p: decision.p,
        verdict: decision.verdict,
        direction: decision.direction,
        size: decision.size,
        margin,
        ...(open[i] ? { exploratory: true as const } : {}),
        ...(belief ? { pGain: belief.pGain, pHarm: belief.pHarm, believed: belief.mean * margin } : {}),
        ...(proper[t] ? { proper: proper[t] } : {}),
        wilcoxonP: wilcoxonSignedRank(gains[t]!.values).p,
        signFlipP: signFlipTest(gains[t]!.values).p,
        seeds: decision.n,
        dropped: decision.dropped,
        ...(decision.seedsNeeded === undefined ? {} : { seedsNeeded: decision.seedsNeeded }),
        sentence: decision.sentence,
      };
    });
  });
}

const known = new WeakMap<ComparisonData, Answers>();

/**
 * All that a comparison says, in the order in which it may be asked without many questions making chance look like an answer: first the average
 * over the tasks of the primary method, at alpha; then the averages of the others, by Holm; then the tasks of those methods whose average differs,
 * by Holm within each. What comes out of turn is marked as exploratory.
 */
export function answersOf(data: ComparisonData): Answers {
  const before = known.get(data);
  if (before) return before;
  const design = designOf(data);
  const contestants = data.methods.filter(({ name }) => name !== data.baseline).map(({ name }) => contestantOf(data, name, design));
  const beliefs = contestants.map((one) => believe(one, data));
  const averages = averageVerdicts(contestants, data, beliefs);
  const answers = { averages, verdicts: taskVerdicts(contestants, averages, data, beliefs) };
  known.set(data, answers);
  return answers;
}
