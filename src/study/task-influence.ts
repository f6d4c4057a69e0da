import type { TaskData } from '../data/task-data';
import type { Method } from '../models/method';
import type { NetworkPlan } from '../models/sharing/grouped';
import { checkNumber } from '../options/check';
import type { Figure } from '../plots/figure';
import { matrix } from '../plots/matrix';
import { figureBundle, type MimeBundle } from '../plots/mime';
import { type Cell, htmlTable, type Table, textTable } from '../plots/table';
import { listed } from '../plots/text';
import { metricsOf } from '../tasks/task-metrics';
import { longWork } from '../training/long-work';
import { settingNames, type TrainingSettings } from '../training/settings';
import { FEWEST_FOR_PROBABILITIES } from './answers';
import type { Comparison } from './comparison';
import type { ComparisonData } from './comparison-data';
import { averageGains, comparedBy, type Design, designOf, type Gains, gainsOf, runsOf } from './contrast';
import { isHarmful } from './harm';
import type { Margin } from './margins';
import { type DesignOptions, designNames, planObservations } from './observations';
import { checkNames, pick, runStudy } from './run-study';
import { type Decision, decide, type HierarchicalGains, hierarchicalGains, type PairedComparison } from './statistics';
import { withTasks } from './subset';
import { percent, short } from './words';

/** Options of `leaveOneTaskOut`. */
export interface TaskInfluenceOptions extends TrainingSettings, DesignOptions {
  /** The smallest difference that matters, above 0, as in `compare`. @default as in `compare` */
  readonly margin?: Margin;
  /** Chance of any false verdict among all pairs, in (0, 1). @default 0.05 */
  readonly alpha?: number;
  /** Folder that keeps each finished run, as in `compare`. @default none */
  readonly directory?: string;
}

/** What one task's presence does to another. */
export interface Influence {
  /** The task that is left out or trained along. */
  readonly from: string;
  /** The task that is scored. */
  readonly on: string;
  readonly metric: string;
  /** What `on` gains when `from` is trained along, positive is better, in units of the metric. */
  readonly effect: number;
  readonly ci: readonly [number, number];
  /** Holm-corrected over all pairs. */
  readonly p: number;
  readonly verdict: Decision['verdict'];
  /** Probability of any gain, and of a loss beyond the margin, by a hierarchical model of all pairs on the task; absent below 10 seeds. */
  readonly pGain?: number;
  readonly pHarm?: number;
  readonly sentence: string;
}

/** Who helps whom. */
export interface TaskInfluence {
  readonly tasks: readonly string[];
  readonly influences: readonly Influence[];
  /** With all tasks, as a comparison of one method. */
  readonly all: Comparison;
  /**
   * Per task the tasks to train it with: all but those that are more likely to cost it something than not, with more than one chance in ten of
   * more than the margin. Below 10 seeds all but those that were shown to harm it: a test of all T (T - 1) pairs rarely shows any.
   */
  readonly partners: Readonly<Record<string, readonly string[]>>;
  /** Per task, in a sentence, why it is trained with these partners. */
  readonly reasons: Readonly<Record<string, string>>;
  /** The same as a plan for `grouped(plan, trunk)`: tasks with equal partners share a network. */
  readonly plan: { readonly groups: readonly { readonly serve: readonly string[]; readonly train: readonly string[] }[] };
  table(): Table;
  /** Rows help or harm columns; bold where the interval excludes 0. */
  plot(): Figure;
  toMime(): readonly MimeBundle[];
  toString(): string;
}

/**
 * Leaves out one task at a time and trains again: what each task gains or loses by the company of each other one, with intervals and a
 * verdict per pair. All runs have the same splits and seeds. The plan drops what harms; `auxiliaryWeights` tries to give it a smaller weight.
 * Shows its progress.
 * @param data made by `taskData`, with at least two tasks
 * @param method a method that shares, for instance `hardSharing(mlp([64]))`
 * @throws TypeError for an unknown option or a method that trains every task alone, RangeError for a value out of range or a single task
 * @example
 * const influence = await leaveOneTaskOut(data, hardSharing(trunk), { seeds: 10, epochs: 60 });
 * show(influence.plot());
 * compare(data, { methods: { together: hardSharing(trunk), dropped: grouped(influence.plan, trunk) } });
 */
export async function leaveOneTaskOut(data: TaskData, method: Method, options: TaskInfluenceOptions = {}): Promise<TaskInfluence> {
  return longWork(options, (own) => runLeaveOneTaskOut(data, method, own));
}

async function runLeaveOneTaskOut(data: TaskData, method: Method, options: TaskInfluenceOptions): Promise<TaskInfluence> {
  const who = 'leaveOneTaskOut';
  checkNames(who, options, ['margin', 'alpha', 'directory', ...designNames, ...settingNames]);
  const { alpha = 0.05 } = options;
  checkNumber(who, 'alpha', alpha, Number.MIN_VALUE, 1, true);
  if (data.tasks.length < 2) throw new RangeError(`${who}: at least 2 tasks are needed, got ${data.tasks.length}`);
  if (method?.architecture?.separate)
    throw new TypeError(
      `${who}: ${method.architecture.name} trains every task alone, so no task can help another; give a method that shares`,
    );
  const every = data.tasks.map((_, t) => t);
  const rounds = [undefined, ...every];
  const studies: Comparison[] = [];
  for (const [round, out] of rounds.entries()) {
    const table =
      out === undefined
        ? data
        : withTasks(
            data,
            every.filter((t) => t !== out),
          );
    const { onProgress } = options;
    const own = {
      ...pick(options, [...settingNames, 'directory']),
      ...(options.margin === undefined ? {} : { margin: marginOn(options.margin, table) }),
      alpha,
      methods: { method },
      ...(onProgress
        ? {
            onProgress: (event: Parameters<typeof onProgress>[0]): void =>
              onProgress({
                ...event,
                phase: out === undefined ? 'training all tasks' : `training without ${data.tasks[out]!.name}`,
                done: round * event.total + event.done,
                total: rounds.length * event.total,
                ...(event.secondsLeft === undefined || event.done === 0
                  ? {}
                  : {
                      secondsLeft:
                        event.secondsLeft +
                        ((rounds.length - 1 - round) * event.total * event.secondsLeft) / Math.max(1e-9, event.total - event.done),
                    }),
              }),
          }
        : {}),
    };
    // The splits are those of all tasks.
    studies.push(await runStudy(who, table, own, (validation) => planObservations(who, data, options, validation)));
    if (studies[round]!.data.runs.length < studies[round]!.data.seeds.length) break;
  }
  return influenceOf(
    data.tasks.map(({ name }) => name),
    studies,
    alpha,
  );
}

/**
 * Who helps whom, from runs.
 * @param studies with all tasks, then without the first, without the second, ...: comparisons of one method, on the same seeds
 */
export function influenceOf(tasks: readonly string[], studies: readonly Comparison[], alpha: number): TaskInfluence {
  const all = studies[0]!;
  const design = designOf(all.data);
  const pairs = studies.slice(1).flatMap(({ data: without }, out) =>
    without.tasks.map((task) => {
      const margin = all.data.margin[task.name]!;
      const gain = gainsOf(runsOf(all.data, 'method'), runsOf(without, 'method'), task, margin);
      const { failed, identical } = gain;
      const comparison = comparedBy(gain, design, margin);
      return { from: tasks[out]!, on: task.name, metric: task.metric, failed, identical, comparison, gain };
    }),
  );
  const decisions = decide(
    pairs.map(({ from, on, gain: _, ...pair }) => ({ ...pair, method: `Training ${from} along`, task: on })),
    { alpha, baseline: 'training without it' },
  );
  const beliefs = new Map(
    tasks.map((on) => {
      const company = pairs.filter((pair) => pair.on === on);
      return [on, { company, belief: believedOf(company, design) }] as const;
    }),
  );
  return makeInfluence(
    tasks,
    pairs.map((pair, i) => {
      const { from, on, metric } = pair;
      const { effect, low, high, p, verdict, sentence } = decisions[i]!;
      const { company, belief } = beliefs.get(on)!;
      const own = belief?.tasks[company.indexOf(pair)];
      const odds = own ? { pGain: own.pGain, pHarm: own.pHarm } : {};
      return { from, on, metric, effect, ci: [low, high], p, verdict, ...odds, sentence };
    }),
    all,
  );
}

/** The margin of the tasks that are left. */
function marginOn(margin: Margin, { tasks }: TaskData): Margin {
  if (typeof margin === 'number') return margin;
  const left = tasks.flatMap((task) => [task.name, metricsOf(task)[0]!.name]);
  return Object.fromEntries(Object.entries(margin).filter(([name]) => left.includes(name)));
}

/** What to believe of the company of each other task, for one task: all in units of its margin. */
function believedOf(
  company: readonly { readonly comparison: PairedComparison; readonly gain: Gains }[],
  design: Design,
): HierarchicalGains | undefined {
  const usable = ({ comparison: { n, t, standardError }, gain: { failed } }: (typeof company)[number]): boolean =>
    n - failed >= FEWEST_FOR_PROBABILITIES && !Number.isNaN(t) && standardError > 0;
  if (!company.every(usable)) return undefined;
  const { margin } = company[0]!.comparison;
  const estimates = company.map(({ comparison: { effect, standardError, degreesOfFreedom } }) => ({
    effect: effect / margin,
    standardError: standardError / margin,
    degreesOfFreedom,
  }));
  // All are differences from the same runs with all tasks, whose error they have in common.
  const whole = averageGains(
    company.map(({ gain }) => gain),
    company.map(() => 1 / margin),
  );
  const { standardError } = comparedBy(whole, design, 1);
  return hierarchicalGains(estimates, { scale: 1, ...(standardError > 0 ? { meanStandardError: standardError } : {}) });
}

/** What is known against a helper of a task: the odds, or what a test showed. */
export function riskText({ from, on, pGain, pHarm }: Influence, margin: Readonly<Record<string, number>>): string {
  if (pHarm === undefined) return `${from} was shown to harm it`;
  const least = short(margin[on] ?? Number.NaN);
  return `${from} has a risk of ${percent(pHarm)} of costing it more than ${least}, and a chance of ${percent(pGain!)} of a gain`;
}

/** Why a task is trained with all others, or without some. */
function reasonOf(on: string, own: readonly Influence[], dropped: readonly Influence[], { margin, seeds }: ComparisonData): string {
  const odds = own.filter(({ pHarm }) => pHarm !== undefined);
  if (dropped.length > 0)
    return `Train ${on} without ${listed(dropped.map(({ from }) => from))}: ${dropped.map((one) => riskText(one, margin)).join('; ')}.`;
  const [riskiest] = [...odds].sort((a, b) => b.pHarm! - a.pHarm!);
  if (!riskiest) {
    const needed = seeds.length < FEWEST_FOR_PROBABILITIES ? `, ${FEWEST_FOR_PROBABILITIES} seeds give odds` : '';
    return `Train ${on} with all tasks: none was shown to harm it${needed}.`;
  }
  return `Train ${on} with all tasks: none is likely to harm it; of them ${riskText(riskiest, margin)}.`;
}

/** Puts together what is known of all pairs. */
export function makeInfluence(tasks: readonly string[], influences: readonly Influence[], all: Comparison): TaskInfluence {
  const of = (from: string, on: string): Influence | undefined => influences.find((one) => one.from === from && one.on === on);
  const harms = (one: Influence | undefined): boolean =>
    one?.pHarm === undefined ? one?.verdict === 'negative' : isHarmful({ pGain: one.pGain!, pHarm: one.pHarm });
  const partners = Object.fromEntries(tasks.map((on) => [on, tasks.filter((from) => from === on || !harms(of(from, on)))]));
  const reasons = Object.fromEntries(
    tasks.map((on) => {
      const own = influences.filter((one) => one.on === on);
      return [
        on,
        reasonOf(
          on,
          own,
          own.filter(({ from }) => !partners[on]!.includes(from)),
          all.data,
        ),
      ];
    }),
  );
  const grid = (pick: (one: Influence) => number): number[][] =>
    tasks.map((from) =>
      tasks.map((on) => {
        const one = of(from, on);
        return one ? pick(one) : Number.NaN;
      }),
    );
  const table = (): Table => ({
    title: `What each task gains by the company of each other one, ${all.data.seeds.length} seeds`,
    columns: ['trained along', 'task', 'metric', 'gain', 'low', 'high', 'p (Holm)', 'P(gain)', 'P(harm)', 'verdict'],
    rows: influences.map(({ from, on, metric, effect, ci, p, pGain, pHarm, verdict }): Cell[] => [
      ...[from, on, metric, effect],
      ...ci,
      ...[p, pGain ?? null, pHarm ?? null, verdict],
    ]),
    notes: [...Object.values(reasons), ...all.data.notes],
  });
  const plot = (): Figure =>
    matrix(
      { rows: tasks, columns: tasks, values: grid(({ effect }) => effect), low: grid(({ ci }) => ci[0]), high: grid(({ ci }) => ci[1]) },
      {
        title: 'Who helps whom',
        subtitle: 'Gain of the column task when the row task is trained along; bold: the interval excludes 0.',
        rowTitle: 'trained along',
        columnTitle: 'task that is scored',
        unit: 'gain',
      },
    );
  const text = (): string => [textTable(table()), ...influences.map(({ sentence }) => `- ${sentence}`)].join('\n');
  const influence: TaskInfluence = {
    tasks,
    influences,
    all,
    partners,
    reasons,
    plan: planOf(tasks, (task) => ({ train: partners[task]! })),
    table,
    plot,
    toMime: () => [{ 'text/html': htmlTable(table()), 'text/plain': text() }, figureBundle(plot())],
    toString: text,
  };
  return Object.defineProperties(influence, { [Symbol.for('nodejs.util.inspect.custom')]: { value: text } });
}

/** A plan by what each task is to be trained with: tasks of which that is equal share a network. */
export function planOf(tasks: readonly string[], learned: (task: string) => Omit<NetworkPlan['groups'][number], 'serve'>): NetworkPlan {
  const groups = new Map<string, { readonly serve: string[] } & Omit<NetworkPlan['groups'][number], 'serve'>>();
  for (const task of tasks) {
    const own = learned(task);
    const key = JSON.stringify(own);
    const group = groups.get(key) ?? { serve: [], ...own };
    group.serve.push(task);
    groups.set(key, group);
  }
  return { groups: [...groups.values()] };
}
