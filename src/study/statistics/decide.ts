import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { checkNumber, withDefaults } from '../../options/check';
import { holm } from './multiplicity';
import { type PairedComparison, pairedComparison } from './paired-comparison';
import { renamed } from './renamed';
import { seedsNeeded } from './sample-size';

/** What a comparison comes to. */
export type Verdict = 'positive' | 'negative' | 'none' | 'not enough evidence';

/** Which way a difference goes, where that is shown. */
export type Direction = 'better' | 'worse' | 'open';

/** Whether a difference is shown to be larger, or smaller, than the margin. */
export type Size = 'matters' | 'below margin' | 'open';

/** Usable seeds below which nothing is said: a t test of fewer rests on its assumption of normality alone. */
export const FEWEST_SEEDS = 5;

/** One member of a family of comparisons that are judged together. */
export interface FamilyMember {
  readonly method: string;
  readonly task: string;
  /** Name of the metric, for the sentence. */
  readonly metric?: string;
  readonly comparison: PairedComparison;
  /** Seeds among those of the comparison that failed and have the worst gain in its place; they do not count as usable. @default 0 */
  readonly failed?: number;
  /** Whether both gave the same predictions on every test row of every seed. @default false */
  readonly identical?: boolean;
}

/** Options of `decide`. */
export interface DecideOptions {
  /** Chance of any false verdict in the family, in (0, 1). @default 0.05 */
  readonly alpha?: number;
  /** What the methods are compared with, for the sentence. @default 'single-task learning' */
  readonly baseline?: string;
  /** Whether all seeds were tested on the same rows: the sentences then speak of these rows, and never say "helps". @default false */
  readonly oneTestSet?: boolean;
}

/** The verdict on one method and task, with its evidence. */
export interface Decision {
  readonly method: string;
  readonly task: string;
  /** `better`: positive; `worse`: negative; open and below the margin: none; else not enough evidence. */
  readonly verdict: Verdict;
  readonly direction: Direction;
  readonly size: Size;
  /** Mean gain over the baseline, positive is better, in units of the metric; NaN without any. */
  readonly effect: number;
  /**
   * Ends of the interval that belongs to the verdict: they exclude 0 exactly where the direction is not open, and lie within the margin or beyond it
   * where the size says so. NaN where nothing can be said.
   */
  readonly low: number;
  readonly high: number;
  /** Level of the interval: 1 - alpha / k, with k Holm's multiplier of this comparison, or the size of the family where it is open. */
  readonly level: number;
  /** p value of no difference, corrected by Holm over the family; NaN where no test was possible. */
  readonly p: number;
  /** The same before the correction. */
  readonly rawP: number;
  /** p value of a difference that matters, corrected as the interval is; NaN where no margin is stated. */
  readonly equivalenceP: number;
  /** Usable seeds. */
  readonly n: number;
  /** Seeds that failed, or left the metric undefined. */
  readonly dropped: number;
  /**
   * Only for "not enough evidence" with some spread: seeds that would show a gain of the margin (10 % of the spread of one seed where none is
   * stated) with 80 % power at the level of Holm's first step, by the spread and the shared variance seen so far; `Infinity` where more seeds
   * alone will not do. It does not look at the observed gain: power at that says again what p says.
   */
  readonly seedsNeeded?: number;
  /** All of this in plain words. */
  readonly sentence: string;
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
const pText = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${Number(p.toPrecision(2))}`);
const seedsText = (n: number): string => (n === 1 ? '1 seed' : `${n} seeds`);

type Judged = Omit<Decision, 'sentence'>;

function leftText(member: FamilyMember, { n, dropped }: Judged): string {
  const { failed = 0 } = member;
  const total = n + dropped;
  const worst = failed === 0 ? '' : ` It failed in ${failed} of ${seedsText(total)}: each counts as its worst gain.`;
  const left = dropped - failed;
  return left === 0 ? worst : `${worst} ${left} of ${seedsText(total)} left out: the baseline failed, or the metric was undefined.`;
}

function openSentence(member: FamilyMember, judged: Judged, interval: string, baseline: string): string {
  const { method, task, comparison: c } = member;
  const { n, effect, size, seedsNeeded: needed } = judged;
  const unit = member.metric === undefined ? '' : ` ${member.metric}`;
  const left = leftText(member, judged);
  if (member.identical && size === 'below margin')
    return `${method} makes no difference to ${task}: it predicted exactly what ${baseline} did on every test row of ${seedsText(n)}.`;
  if (size === 'below margin')
    return `${method} makes no difference that matters to ${task}: gain ${short(effect)}${unit} over ${baseline}, less than ${short(c.margin)} either way (${interval}).${left}`;
  const head = `Not enough evidence on ${method} for ${task}: `;
  if (n === 0) return `${head}no seed has a score for both it and ${baseline}.${left}`;
  if (n === 1)
    return `${head}one seed gave a gain of ${short(effect)}${unit} over ${baseline}; that is what happened on this split and initialization, and says nothing of others. Run at least ${FEWEST_SEEDS} seeds, better 10.${left}`;
  if (n < FEWEST_SEEDS)
    return `${head}gain ${short(effect)}${unit} over ${baseline} in ${seedsText(n)}; verdicts need at least ${FEWEST_SEEDS}, better 10.${left}`;
  if (Number.isNaN(c.sd) || Number.isNaN(c.t)) {
    if (Number.isNaN(c.rho))
      return `${head}gain ${short(effect)}${unit} over ${baseline} on one test set whose rows were not kept: it says nothing of other rows. Let the seeds vary the split.${left}`;
    const same = effect === 0 ? `exactly the score of ${baseline}` : `the same gain of ${short(effect)}${unit} over ${baseline}`;
    return `${head}all ${seedsText(n)} gave ${same}, so there is no spread to judge it by. Let the seeds vary the split, or test on more rows.${left}`;
  }
  const more =
    needed === undefined
      ? ''
      : needed === Number.POSITIVE_INFINITY
        ? ` More seeds alone would not show a gain of ${short(targetOf(c))}: it takes more rows.`
        : ` About ${seedsText(needed)} would show a gain of ${short(targetOf(c))} with 80 % power.`;
  return `${head}gain ${short(effect)}${unit} over ${baseline} (${interval}).${more}${left}`;
}

function sentenceOf(
  member: FamilyMember,
  judged: Judged,
  family: number,
  { baseline, oneTestSet }: { baseline: string; oneTestSet: boolean },
): string {
  const { method, task, comparison: c } = member;
  const { direction, size, effect, low, high, level, p, n } = judged;
  const unit = member.metric === undefined ? '' : ` ${member.metric}`;
  const percent = Number((100 * level).toPrecision(3));
  const interval = `${percent} % interval of the gain ${short(low)} to ${short(high)}, ${family > 1 ? 'corrected ' : ''}${pText(p)}, ${seedsText(n)}`;
  if (direction === 'open') return openSentence(member, judged, interval, baseline);
  const better = direction === 'better';
  const much =
    size === 'matters' && c.margin > 0 ? `, more than ${short(c.margin)}` : size === 'below margin' ? `, less than ${short(c.margin)}` : '';
  const what = `${short(Math.abs(effect))}${unit} ${better ? 'better' : 'worse'} than ${baseline}${much} (${interval}).${leftText(member, judged)}`;
  if (oneTestSet)
    return `${method} is ${better ? 'better' : 'worse'} on the test rows of ${task}, the same in all seeds: ${what} Other splits were not tried.`;
  return `${method} ${better ? 'helps' : 'harms'} ${task}: ${what}`;
}

/** The gain that a study should be able to show. */
const targetOf = (c: PairedComparison): number => (c.margin > 0 ? c.margin : c.sd / 10);

function judge(member: FamilyMember, p: number, multiplier: number, family: number, alpha: number): Judged {
  const { comparison: c, method, task, failed = 0, identical = false } = member;
  const n = c.n - failed;
  const about = { method, task, effect: c.effect, rawP: c.p, n, dropped: c.dropped + failed };
  if (identical && n >= FEWEST_SEEDS)
    return {
      ...about,
      verdict: 'none',
      direction: 'open',
      size: 'below margin',
      low: 0,
      high: 0,
      level: 1 - alpha,
      p: 1,
      equivalenceP: Number.NaN,
    };
  if (Number.isNaN(p)) {
    const nothing = { low: Number.NaN, high: Number.NaN, level: 1 - alpha, p, equivalenceP: Number.NaN };
    return {
      ...about,
      ...nothing,
      rawP: n < FEWEST_SEEDS ? Number.NaN : c.p,
      verdict: 'not enough evidence',
      direction: 'open',
      size: 'open',
    };
  }
  const shown = p <= alpha;
  const k = shown ? multiplier : family;
  const reachOf = (share: number): number => tQuantile(1 - alpha / share / 2, c.degreesOfFreedom) * c.standardError;
  const [low, high] = [c.effect - reachOf(k), c.effect + reachOf(k)];
  const direction: Direction = !shown ? 'open' : c.effect > 0 ? 'better' : 'worse';
  // Which differences Holm leaves open follows from how large they were seen, and so their number must not make claims of size easier.
  const wide = reachOf(family);
  const size: Size = Math.abs(c.effect) - wide > c.margin ? 'matters' : Math.abs(c.effect) + wide < c.margin ? 'below margin' : 'open';
  const verdict: Verdict =
    direction === 'better' ? 'positive' : direction === 'worse' ? 'negative' : size === 'below margin' ? 'none' : 'not enough evidence';
  const needed =
    verdict === 'not enough evidence' && c.sd > 0
      ? seedsNeeded({ effect: targetOf(c), sd: c.sd, alpha: alpha / family, rho: c.rho })
      : undefined;
  // Twice, since the interval has half of alpha on each side.
  const equivalenceP = Math.min(1, 2 * family * c.equivalenceP);
  return {
    ...about,
    verdict,
    direction,
    size,
    low,
    high,
    level: 1 - alpha / k,
    p,
    equivalenceP,
    ...(needed === undefined ? {} : { seedsNeeded: needed }),
  };
}

/**
 * Judges a family of k comparisons together. Direction: the corrected t test, Holm-corrected over the family. Size: whether the interval of level
 * 1 - alpha / k lies within the margin, or beyond it. Interval and p come from one test and agree: where Holm shows a direction, the interval has
 * the level of that step, else 1 - alpha / k. A comparison can be falsely called different, or falsely called below the margin, but not both,
 * since one of the two is true (simulated in `decide.test.ts`). Fewer than 5 usable seeds give no verdict.
 * @param family all comparisons that are looked at together, usually methods x tasks
 * @param options level and name of the baseline
 * @returns a decision per member, in the given order
 * @throws TypeError for an unknown option
 * @throws RangeError when an option is out of range
 */
export function decide(family: readonly FamilyMember[], options: DecideOptions = {}): Decision[] {
  const who = 'decide';
  const defaults = { alpha: 0.05, baseline: 'single-task learning', oneTestSet: false };
  const { alpha, baseline, oneTestSet } = withDefaults<Required<DecideOptions>>(who, options, defaults);
  checkNumber(who, 'alpha', alpha, Number.MIN_VALUE, 1, true);
  const raw = family.map(({ comparison, failed = 0 }) => (comparison.n - failed < FEWEST_SEEDS ? Number.NaN : comparison.p));
  const ps = holm(raw);
  return family.map((member, i) => {
    const multiplier = raw[i]! > 0 ? ps[i]! / raw[i]! : family.length;
    const judged = judge(member, ps[i]!, multiplier, family.length, alpha);
    return { ...judged, sentence: sentenceOf(member, judged, family.length, { baseline, oneTestSet }) };
  });
}

/** Options of `verdict`. */
export interface VerdictOptions extends Pick<DecideOptions, 'alpha' | 'baseline'> {
  /** Correlation between the differences of two seeds, as in `pairedComparison`. Required. */
  readonly rho: number;
  /** The smallest difference that matters, as in `pairedComparison`. @default 0 */
  readonly margin?: number;
  /** Name of the method, for the sentence. @default 'the method' */
  readonly method?: string;
  /** Name of the task, for the sentence. @default 'the task' */
  readonly task?: string;
}

/**
 * Judges one comparison on its own: `decide` on a family of one. Where several comparisons are looked at, use `decide` on all of them.
 * @param differences `[seeds]`, positive is better, NaN where a seed has none (dropped and counted)
 * @param options correlation, margin, level and names
 * @throws TypeError for an unknown option
 * @throws RangeError when an option is missing or out of range
 */
export function verdict(differences: ArrayLike<number>, options: VerdictOptions): Decision {
  const { rho, margin, alpha, baseline, method, task } = withDefaults<Required<VerdictOptions>>('verdict', renamed('verdict', options), {
    rho: Number.NaN,
    margin: 0,
    alpha: 0.05,
    baseline: 'single-task learning',
    method: 'the method',
    task: 'the task',
  });
  checkNumber('verdict', 'alpha', alpha, Number.MIN_VALUE, 1, true);
  const comparison = pairedComparison(differences, { rho, margin, level: 1 - alpha });
  return decide([{ method, task, comparison }], { alpha, baseline })[0]!;
}
