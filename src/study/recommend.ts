import { type MimeBundle, tableBundle } from '../plots/mime';
import { type Cell, type Table, textTable } from '../plots/table';
import { listed } from '../plots/text';
import type { MethodPlan } from '../training/method-plan';
import { type AverageVerdict, answersOf, FEWEST_FOR_PROBABILITIES, type Verdict } from './answers';
import type { ComparisonData, MethodRecord } from './comparison-data';
import { methodOf, settingsOf } from './planned-methods';
import { mean } from './statistics';
import { FEWEST_SEEDS } from './statistics/decide';
import { percent } from './words';

/** How to train one task, and why. */
export interface TaskAdvice {
  readonly task: string;
  /** Name of the method. */
  readonly method: string;
  /**
   * `helps`: shown to be better than the baseline. `as good`: shown to make no difference that matters. `best bet`: believed to be no worse, with at
   * most one chance in twenty of losing more than the margin; below 10 usable seeds, part of an average that is shown to be at least as good, and not
   * seen to lose more than the margin. `fallback`: nothing of that, so the baseline stays.
   */
  readonly why: 'helps' | 'as good' | 'best bet' | 'fallback';
  /** What was said of the method, or, for the fallback, of the method that it is split off from. */
  readonly verdict?: Verdict;
  readonly sentence: string;
}

/** What is at stake in a plan. */
export interface PlanRisk {
  /** Probability that the plan gains on average over the tasks; undefined below 10 usable seeds. */
  readonly pGain?: number;
  /** Probability, at most, that some task loses more than its margin. */
  readonly pHarm?: number;
  /** Expected loss on average over the tasks, in the unit of the average. */
  readonly expectedLoss?: number;
}

/** The plan that a comparison supports. */
export interface Recommendation {
  /**
   * `proven`: a test says so, of the method that was declared or of one that follows it by Holm; `best bet`: the odds do, or, below 10 usable
   * seeds, that a method is shown to be at least as good; `open`: nothing is shown and there are no odds, so the baseline stays until there are
   * more seeds.
   */
  readonly standing: 'proven' | 'best bet' | 'open';
  /** The method that trains the tasks that are trained together, or the baseline. */
  readonly method: string;
  /** How to train each task. */
  readonly tasks: readonly TaskAdvice[];
  /** The best single method for all tasks: the plan's, where it splits no task off; else the baseline. */
  readonly one: { readonly method: string; readonly sentence: string };
  readonly risk: PlanRisk;
  /** Learned numbers of the plan, and of the baseline. */
  readonly parameters: number;
  readonly baselineParameters: number;
  /** Seconds of training of one run of the plan, its share of the stacks of the study. */
  readonly seconds: number;
  readonly sentence: string;
  /**
   * The plan as `fit` takes it: `fit(data, comparison.recommend())` trains it on all rows as one model.
   * @throws Error where a comparison from a file holds code of your own
   */
  plan(): MethodPlan;
  table(): Table;
  toMime(): MimeBundle;
  toString(): string;
}

/**
 * Chance of losing more than the margin from which on a task is not trained with the others. With .1, 1.2 % of the tasks of trained networks were harmed and
 * no more was gained: tasks between the two are mostly believed to lose something (`README.md`, calibration).
 */
const MOST_RISK = 0.05;

interface Choice {
  readonly average: AverageVerdict;
  /** Verdicts of the tasks that the method trains, and of those that are split off. */
  readonly kept: readonly Verdict[];
  readonly off: readonly Verdict[];
  /** What is believed to be gained, in margins, all tasks together. */
  readonly gain: number;
  readonly proven: boolean;
}

const methodNamed = (data: ComparisonData, name: string): MethodRecord => data.methods.find((method) => method.name === name)!;

/** Whether a method is shown to be better on average, or at least as good. */
const isAnswered = ({ direction, asGood }: AverageVerdict): boolean => direction === 'better' || (direction === 'open' && asGood);

/** The tasks that a method may train: those that it does not put at risk, or, with too few seeds for odds, did not. */
function keepers(average: AverageVerdict, own: readonly Verdict[]): readonly Verdict[] {
  if (average.pGain !== undefined)
    return own.filter(({ direction, pHarm }) => direction !== 'worse' && pHarm !== undefined && pHarm <= MOST_RISK);
  // Without odds only what is shown counts: of the average, which then holds for all tasks but those that were seen to lose, or of a task.
  if (!isAnswered(average)) return own.filter(({ direction }) => direction === 'better');
  return own.filter(({ direction, effect, margin }) => direction !== 'worse' && effect >= -margin);
}

const gainOf = (kept: readonly Verdict[], own: readonly Verdict[]): number =>
  kept.reduce((sum, { believed, effect, margin }) => sum + (believed ?? effect) / margin, 0) / own.length;

/** What a method would be good for; undefined where it is neither believed to gain, nor shown to be as good and smaller. */
function choiceOf(average: AverageVerdict, own: readonly Verdict[], data: ComparisonData): Choice | undefined {
  const kept = keepers(average, own);
  const off = own.filter((one) => !kept.includes(one));
  // Of all tasks together the average is known by its own estimate; the tasks' own are shrunken toward those that are known exactly.
  const gain = off.length === 0 && average.believed !== undefined ? average.believed / average.margin : gainOf(kept, own);
  const smaller = methodNamed(data, average.method).parameters < methodNamed(data, data.baseline).parameters;
  if (kept.length === 0 || !(gain > 0 || (isAnswered(average) && smaller))) return undefined;
  const proven = data.rho !== 0 && average.exploratory !== true && average.direction === 'better';
  return { average, kept, off, gain, proven: proven && off.length === 0 };
}

/** Learned numbers and seconds of one run of a method, of some tasks only where each has a network of its own. */
function costOf(data: ComparisonData, name: string, tasks: readonly string[]): { readonly parameters: number; readonly seconds: number } {
  const record = methodNamed(data, name);
  const runs = data.runs.filter((run) => run.method === name && run.failure === undefined);
  const seconds = mean(runs.map((run) => run.seconds));
  if (tasks.length === 0) return { parameters: 0, seconds: 0 };
  if (!record.separate || tasks.length === data.tasks.length) return { parameters: record.parameters, seconds };
  const parameters = mean(runs.map((run) => tasks.reduce((sum, task) => sum + (run.parameters[task] ?? Number.NaN), 0)));
  return { parameters: Math.round(parameters), seconds: (seconds * tasks.length) / data.tasks.length };
}

function adviceOf(verdict: Verdict, average: AverageVerdict): TaskAdvice {
  const { task, method, direction, size, pHarm, sentence } = verdict;
  const why = direction === 'better' ? 'helps' : size === 'below margin' || average.asGoodEverywhere ? 'as good' : 'best bet';
  const risk = pHarm === undefined ? '' : ` Risk of losing more than ${verdict.margin}: ${percent(pHarm)}.`;
  return { task, method, why, verdict, sentence: `Train ${task} by ${method}. ${sentence}${risk}` };
}

function fallbackOf(task: string, data: ComparisonData, own: readonly Verdict[], verdict: Verdict | undefined): TaskAdvice {
  const baseline = methodNamed(data, data.baseline);
  const how = baseline.separate ? `Train ${task} alone (${baseline.name})` : `Train ${task} by ${baseline.name}`;
  const harmful = own.filter(({ direction }) => direction === 'worse').map(({ method }) => method);
  const risky = own.filter(({ direction, pHarm }) => direction === 'open' && pHarm !== undefined && pHarm > MOST_RISK);
  const unknown = own.filter(({ direction, pHarm }) => direction === 'open' && pHarm === undefined);
  const lost = unknown.filter(({ effect, margin }) => effect < -margin);
  const open = unknown.filter((one) => !lost.includes(one)).map(({ method }) => method);
  const because = [
    ...(harmful.length > 0 ? [`${listed(harmful)} harmed it`] : []),
    ...(risky.length > 0
      ? [
          `${listed(risky.map(({ method, pHarm }) => `${method} has a risk of ${percent(pHarm!)}`))} of losing more than ${risky[0]!.margin}`,
        ]
      : []),
    ...(lost.length > 0 ? [`${listed(lost.map(({ method }) => method))} lost more than ${lost[0]!.margin} in these seeds`] : []),
    ...(open.length > 0 ? [`there is not enough evidence on ${listed(open)}`] : []),
  ];
  const sentence = `${how}: nothing was shown to help it${because.length > 0 ? `; ${because.join(', and ')}` : ''}.`;
  return { task, method: baseline.name, why: 'fallback', ...(verdict ? { verdict } : {}), sentence };
}

function riskOf(choice: Choice | undefined): PlanRisk {
  if (choice?.average.pGain === undefined) return {};
  const { average, kept, off } = choice;
  const sum = kept.reduce((total, { pHarm }) => total + pHarm!, 0);
  return {
    pGain: average.pGain!,
    pHarm: off.length === 0 ? average.pAnyHarm! : Math.min(1, sum, average.pAnyHarm!),
    expectedLoss: average.expectedLoss!,
  };
}

/** Why there is no plan to bet on yet; undefined where the question is answered, or there are odds. */
function missingOf(average: AverageVerdict | undefined): string | undefined {
  if (average?.direction !== 'open' || average.asGood || average.pGain !== undefined) return undefined;
  const { seeds, correlation, p } = average;
  const count = seeds === 1 ? '1 seed' : `${seeds} seeds`;
  if (seeds < FEWEST_SEEDS) return `${count} say nothing, verdicts need ${FEWEST_SEEDS} and odds ${FEWEST_FOR_PROBABILITIES}`;
  if (Number.isNaN(correlation)) return 'one test set whose rows were not kept says nothing of other rows';
  if (Number.isNaN(p)) return `${count} leave no spread to judge by`;
  if (seeds < FEWEST_FOR_PROBABILITIES) return `${count} show nothing either way, ${FEWEST_FOR_PROBABILITIES} give odds`;
  return `${count} show nothing either way, and some task has fewer than ${FEWEST_FOR_PROBABILITIES} that count, which give no odds`;
}

/** Why the baseline is to be taken though a method looks good; empty where it does not. */
function despite(average: AverageVerdict | undefined, own: readonly Verdict[]): string {
  if (!average || average.direction === 'worse' || !(isAnswered(average) || average.pGain! > 0.5)) return '';
  const { method } = average;
  if (average.pGain === undefined) return `, since ${method} is no smaller and did not gain`;
  const kept = keepers(average, own);
  if (kept.length === 0)
    return `, since every task is harmed by ${method} or has more than one chance in twenty of losing more than the margin`;
  if (kept.length < own.length) return `, since ${method} is believed to gain only where it risks losing more than the margin`;
  return `, since ${method} is no smaller and not believed to gain`;
}

function wordsOf(choice: Choice | undefined, standing: Recommendation['standing'], data: ComparisonData): string {
  const names = data.tasks.map(({ name }) => name);
  const head = standing === 'proven' ? 'Proven: ' : 'Best bet: ';
  const baseline = methodNamed(data, data.baseline);
  if (!choice) {
    const { averages, verdicts } = answersOf(data);
    const primary = averages.find(({ method }) => method === data.primary);
    const alone = `train ${baseline.separate ? 'every task alone' : 'all tasks'} by ${baseline.name}`;
    if (standing === 'open') return `Open: ${missingOf(primary)}; until then ${alone}`;
    // The declared method is spoken of, or else one that looks good.
    const about = [...(primary ? [primary] : []), ...averages].find((one) => one.direction !== 'worse' && isAnswered(one)) ?? primary;
    return `${head}${alone}${despite(
      about,
      verdicts.filter(({ method }) => method === about?.method),
    )}`;
  }
  const { average, kept, off } = choice;
  const whole = names.length === 1 ? names[0]! : names.length === 2 ? 'both tasks' : `all ${names.length} tasks`;
  const together = off.length === 0 ? whole : listed(kept.map(({ task }) => task));
  const split = off.length === 0 ? '' : `, and ${listed(off.map(({ task }) => task))} by ${baseline.name}`;
  return `${head}train ${together} by ${average.method}${split}`;
}

/** What may be said of one method for all tasks. */
function oneOf(choice: Choice | undefined, standing: Recommendation['standing'], data: ComparisonData): Recommendation['one'] {
  const said = (method: string, more: string): Recommendation['one'] => ({
    method,
    sentence: `One method for all tasks: ${method}${more}.`,
  });
  if (choice && choice.off.length === 0) return said(choice.average.method, '');
  if (choice) return said(data.baseline, '; no other is without a task that it may harm');
  return said(data.baseline, standing === 'open' ? ', until more is known' : '; no other is believed to gain without harming a task');
}

const made = new WeakMap<ComparisonData, Recommendation>();

/**
 * The plan that a comparison supports: the method with the largest gain that is believed, or that is shown to be at least as good with fewer learned
 * numbers, for all tasks but those that it is shown to harm, or that have more than one chance in twenty of losing more than the margin: the baseline
 * trains these. With fewer than 10 usable seeds there are no probabilities, and only what was shown counts: a method that is better or at least as
 * good on average trains all tasks but those that were seen to lose more than the margin. Where nothing was shown the plan is open, and says what is
 * missing.
 * @param comparison made by `compare` or `fromJSON`
 */
export function recommend(comparison: { readonly data: ComparisonData }): Recommendation {
  const { data } = comparison;
  const before = made.get(data);
  if (before) return before;
  const { averages, verdicts } = answersOf(data);
  const ownOf = (method: string): Verdict[] => verdicts.filter((one) => one.method === method);
  const choice = averages
    .flatMap((average) => choiceOf(average, ownOf(average.method), data) ?? [])
    .sort((a, b) => Number(b.proven) - Number(a.proven) || b.gain - a.gain)[0];
  const shownWorse = averages.length > 0 && averages.every(({ direction, exploratory }) => direction === 'worse' && exploratory !== true);
  const isProven = choice ? choice.proven : shownWorse && data.rho !== 0;
  const isOpen = !choice && missingOf(averages.find(({ primary }) => primary)) !== undefined;
  const standing = isProven ? 'proven' : isOpen ? 'open' : 'best bet';
  const kept = choice?.kept.map(({ task }) => task) ?? [];
  const rest = data.tasks.map(({ name }) => name).filter((task) => !kept.includes(task));
  const tasks = data.tasks.map(({ name: task }) => {
    const own = choice?.kept.find((one) => one.task === task);
    if (own) return adviceOf(own, choice!.average);
    return fallbackOf(
      task,
      data,
      verdicts.filter((one) => one.task === task),
      choice?.off.find((one) => one.task === task),
    );
  });
  const method = choice?.average.method ?? data.baseline;
  const costs = [...(choice ? [costOf(data, method, kept)] : []), costOf(data, data.baseline, rest)];
  const sentence = `${wordsOf(choice, standing, data)}.`;
  const one = oneOf(choice, standing, data);
  const table = (): Table => ({
    title: sentence,
    columns: ['task', 'method', 'why', 'gain', 'low', 'high', 'p', 'P(gain)', 'P(harm)'],
    rows: tasks.map(({ task, method: by, why, verdict }): Cell[] => [
      task,
      by,
      why,
      verdict?.effect ?? null,
      verdict?.ci[0] ?? null,
      verdict?.ci[1] ?? null,
      verdict?.p ?? null,
      verdict?.pGain ?? null,
      verdict?.pHarm ?? null,
    ]),
    notes: [
      ...tasks.map((advice) => advice.sentence),
      one.sentence,
      ...(averages.some(({ pGain, seeds }) => pGain === undefined && seeds < FEWEST_FOR_PROBABILITIES)
        ? [`probabilities need at least ${FEWEST_FOR_PROBABILITIES} seeds that count`]
        : []),
    ],
  });
  const text = (): string => textTable(table());
  const recommendation: Recommendation = {
    standing,
    method,
    tasks,
    one,
    risk: riskOf(choice),
    parameters: costs.reduce((sum, { parameters }) => sum + parameters, 0),
    baselineParameters: methodNamed(data, data.baseline).parameters,
    seconds: costs.reduce((sum, { seconds }) => sum + seconds, 0),
    sentence,
    plan: () => ({
      settings: settingsOf(data),
      parts: [
        ...(kept.length > 0 ? [{ ...methodOf(data, method), tasks: kept }] : []),
        ...(rest.length > 0 ? [{ ...methodOf(data, data.baseline), tasks: rest }] : []),
      ],
    }),
    table,
    toMime: () => tableBundle(table()),
    toString: text,
  };
  Object.defineProperties(recommendation, { [Symbol.for('nodejs.util.inspect.custom')]: { value: text } });
  made.set(data, recommendation);
  return recommendation;
}
