import { fixed } from '../balancing/weightings/fixed';
import type { TaskData } from '../data/task-data';
import type { Method } from '../models/method';
import type { NetworkPlan } from '../models/sharing/grouped';
import { checkNumber } from '../options/check';
import type { Figure } from '../plots/figure';
import { type Gain, gains } from '../plots/gains';
import { figureBundle, type MimeBundle } from '../plots/mime';
import { type Cell, htmlTable, type Table, textTable } from '../plots/table';
import { listed } from '../plots/text';
import { checkMethod } from '../training/fit';
import { longWork } from '../training/long-work';
import { settingNames, type TrainingSettings } from '../training/settings';
import type { Comparison } from './comparison';
import { comparedBy, designOf, gainsOf, type Runs, runsOf } from './contrast';
import type { Margin } from './margins';
import { type DesignOptions, designNames, planObservations } from './observations';
import { checkNames, pick, runStudy } from './run-study';
import { type Decision, decide, type FamilyMember, mean } from './statistics';
import { planOf, riskText, type TaskInfluence } from './task-influence';
import { validationLoss } from './tuned-runs';
import { finite, runOf } from './values';

/** Options of `auxiliaryWeights`. */
export interface AuxiliaryWeightsOptions extends TrainingSettings, DesignOptions {
  /** Weights in [0, 1) that are tried for harmful tasks, beside 1; 0 drops them. @default [0, 0.25, 0.5] */
  readonly grid?: readonly number[];
  /** The smallest difference that matters, above 0, as in `compare`. @default as in `compare` */
  readonly margin?: Margin;
  /** Chance of any false verdict among all remedies and tasks, in (0, 1). @default 0.05 */
  readonly alpha?: number;
  /** Folder that keeps each finished run, as in `compare`. @default none */
  readonly directory?: string;
}

/** What another weight of the tasks that harm a task does to it. */
export interface Remedy {
  /** The task that is harmed, and scored. */
  readonly task: string;
  /** The tasks that harm it. */
  readonly harmful: readonly string[];
  /** Their weight in its training: 0 drops them; undefined where each seed's validation rows choose it. */
  readonly weight?: number;
  readonly metric: string;
  readonly better: 'higher' | 'lower';
  /** What the task gains over weight 1, positive is better, in units of the metric. */
  readonly effect: number;
  readonly ci: readonly [number, number];
  /** Holm-corrected over all remedies and tasks. */
  readonly p: number;
  readonly verdict: Decision['verdict'];
  readonly sentence: string;
  /** The task's own validation loss, mean over seeds: what weights are chosen by. */
  readonly validationLoss: number;
  /** Seeds whose validation rows chose this weight; undefined for the choice itself. */
  readonly chosen?: number;
}

/** How much each task is to weigh in the training of each other one. */
export interface AuxiliaryWeights {
  readonly tasks: readonly string[];
  /** Task -> the weight of every task's loss in its training: 1 but for those that harm it. */
  readonly weights: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The same as a plan for `grouped(plan, trunk)`: tasks with equal weights share a network, and tasks of weight 0 are left out. */
  readonly plan: NetworkPlan;
  /** Per task that some other harms: each weight of the grid against weight 1, and the choice by validation rows. */
  readonly remedies: readonly Remedy[];
  /** Per task, what to do. */
  readonly sentences: readonly string[];
  /** The runs; undefined where no task is likely to harm another, and so nothing was trained. */
  readonly study?: Comparison;
  table(): Table;
  /**
   * Gain over weight 1 by weight, with intervals.
   * @throws RangeError where no task is likely to harm another
   */
  plot(): Figure;
  toMime(): readonly MimeBundle[];
  toString(): string;
}

/** A task with those that are likely to harm it, and why. */
interface Target {
  readonly task: string;
  readonly harmful: readonly string[];
  readonly why?: readonly string[];
}

/** What is known of who harms whom: `leaveOneTaskOut`'s answer, or as much of it as is needed. */
type Harm = Pick<TaskInfluence, 'tasks' | 'partners' | 'all'> & Partial<Pick<TaskInfluence, 'influences'>>;

/** Quoted, so that no two sets of tasks have the same name. */
const nameOf = (harmful: readonly string[], weight: number): string =>
  weight === 1 ? 'keep' : `${listed(harmful.map((name) => JSON.stringify(name)))} at ${weight}`;

/**
 * Down-weights what harms, instead of dropping it: for each task that others are likely to harm (its `partners` leave them
 * out, by the odds), trains with a smaller fixed weight of these
 * others (one weight for all of them, from a grid) and chooses by the task's own loss on validation rows. The verdicts set dropping,
 * down-weighting and the choice against keeping weight 1, on the same splits and seeds; test rows play no part in the choice.
 * Shows its progress.
 *
 * With weight 0 the tasks' rows stay in the batches, which matters only where labels are missing. The seeds, and so the splits, are others
 * than those that the harm was found on; the rows are the same, so gains are somewhat flattered where there are few.
 * @param data made by `taskData`: that of `influence`
 * @param method a method that shares and balances nothing, for instance `hardSharing(mlp([64]))`: that of `influence`
 * @param influence made by `leaveOneTaskOut`
 * @param options as those of `leaveOneTaskOut`, with these defaults: as many further seeds; `stopping: 'perTask'`, since each model is
 *   there for one task; `validation: 0.15`
 * @throws TypeError for an unknown option or a method that balances or trains every task alone, RangeError for a value out of range or the
 *   influence of other tasks
 * @example
 * const influence = await leaveOneTaskOut(data, hardSharing(trunk), { seeds: 10 });
 * const soft = await auxiliaryWeights(data, hardSharing(trunk), influence, { margin: 0.01 });
 * compare(data, { methods: { together: hardSharing(trunk), dropped: grouped(influence.plan, trunk), weighted: grouped(soft.plan, trunk) } });
 */
export async function auxiliaryWeights(
  data: TaskData,
  method: Method,
  influence: Harm,
  options: AuxiliaryWeightsOptions = {},
): Promise<AuxiliaryWeights> {
  return longWork(options, (own) => runAuxiliaryWeights(data, method, influence, own));
}

async function runAuxiliaryWeights(
  data: TaskData,
  method: Method,
  influence: Harm,
  options: AuxiliaryWeightsOptions,
): Promise<AuxiliaryWeights> {
  const who = 'auxiliaryWeights';
  checkNames(who, options, ['grid', 'margin', 'alpha', 'directory', ...designNames, ...settingNames]);
  checkMethod(who, method);
  const { grid = [0, 0.25, 0.5], alpha = 0.05, validation = 0.15 } = options;
  if (!Array.isArray(grid) || grid.length === 0)
    throw new TypeError(`${who}: grid must be a non-empty array of weights, got ${JSON.stringify(grid)}`);
  for (const [i, weight] of grid.entries()) checkNumber(who, `grid[${i}]`, weight, 0, 1, true);
  if (validation === 0) throw new RangeError(`${who}: weights are chosen on validation rows; set validation above 0, got 0`);
  if (method.architecture.separate)
    throw new TypeError(
      `${who}: ${method.architecture.name} trains every task alone, so no task can harm another; give a method that shares`,
    );
  if (method.balancing)
    throw new TypeError(`${who}: the weights take the place of ${method.balancing.info.name}(); give the method without .with(...)`);
  const tasks = data.tasks.map(({ name }) => name);
  if (JSON.stringify(influence?.tasks) !== JSON.stringify(tasks)) {
    const found = influence?.tasks?.join(', ') ?? JSON.stringify(influence);
    throw new RangeError(`${who}: influence must be of the tasks of data, ${tasks.join(', ')}; got ${found}`);
  }
  const targets = tasks.flatMap((task): Target[] => {
    const kept = influence.partners[task] ?? tasks;
    const harmful = tasks.filter((from) => !kept.includes(from));
    const { margin } = influence.all.data;
    const known = (influence.influences ?? []).filter(({ from, on }) => on === task && harmful.includes(from));
    return harmful.length > 0 ? [{ task, harmful, why: known.map((one) => riskText(one, margin)) }] : [];
  });
  const weights = [...new Set(grid)].sort((a, b) => a - b);
  if (targets.length === 0) return makeAuxiliaryWeights(tasks, targets, weights, undefined);
  const methods = Object.fromEntries([
    ['keep', method] as const,
    ...targets.flatMap(({ harmful }) =>
      weights.map((weight) => {
        const all = tasks.map((name) => (harmful.includes(name) ? weight : 1));
        return [nameOf(harmful, weight), method.with(fixed({ weights: all }))] as const;
      }),
    ),
  ]);
  const used = influence.all.data.seeds;
  const seeds = used.map((_, i) => Math.max(...used) + 1 + i);
  const design = options.splits === undefined && options.design === undefined ? { seeds, ...pick(options, designNames) } : options;
  const study = await runStudy(
    who,
    data,
    {
      stopping: 'perTask',
      ...pick(options, [...settingNames, 'directory']),
      validation,
      methods,
      baseline: 'keep',
      ...(options.margin === undefined ? {} : { margin: options.margin }),
      alpha,
    },
    (share) => planObservations(who, data, design, share),
  );
  return makeAuxiliaryWeights(tasks, targets, weights, study);
}

/** The index of the lowest value, the later one of equal values; -1 where all are NaN. */
const lowest = (values: readonly number[]): number =>
  values.reduce((best, value, i) => (value <= (values[best] ?? Number.POSITIVE_INFINITY) ? i : best), -1);

/** A remedy before it is judged. */
type Tried = Omit<Remedy, 'effect' | 'ci' | 'p' | 'verdict' | 'sentence'> &
  Pick<FamilyMember, 'comparison' | 'failed' | 'identical'> & { readonly label: string };

/** What was found of a target: its remedies before they are judged, and the weight with the lowest validation loss. */
interface Found {
  readonly family: readonly Tried[];
  readonly weight: number;
}

/** @param grid weights below 1, ascending */
function foundOf({ task, harmful }: Target, grid: readonly number[], { data }: Comparison): Found {
  const all = [...grid, 1];
  const { metric, better } = data.tasks.find(({ name }) => name === task)!;
  const runs = all.map((weight) => runsOf(data, nameOf(harmful, weight)));
  // `[weights, seeds]`
  const losses = all.map((weight) =>
    data.seeds.map((seed) => {
      const run = runOf(data, nameOf(harmful, weight), seed);
      return run ? validationLoss(run, task) : Number.NaN;
    }),
  );
  const choices = data.seeds.map((_, s) => lowest(losses.map((own) => own[s]!)));
  const whole = data.seeds.map((_, s) => losses.every((own) => Number.isFinite(own[s]!)));
  const means = losses.map((own) => mean(own.filter((_, s) => whole[s])));
  const keep = runs.at(-1)!;
  const compared = (own: Runs): Pick<FamilyMember, 'comparison' | 'failed' | 'identical'> => {
    const margin = data.margin[task]!;
    const gains = gainsOf(own, keep, { name: task, metric, better }, margin);
    return { comparison: comparedBy(gains, designOf(data), margin), failed: gains.failed, identical: gains.identical };
  };
  const common = { task, harmful, metric, better };
  const chosen = choices.map((c, s) => runs[c]?.[s]);
  const fixedWeights = grid.map((weight, w) => ({
    ...common,
    weight,
    label: weight === 0 ? `Dropping ${listed(harmful)}` : `Weighing ${listed(harmful)} ${weight}`,
    ...compared(runs[w]!),
    validationLoss: means[w]!,
    chosen: choices.filter((c) => c === w).length,
  }));
  const byValidation = {
    ...common,
    label: `Choosing the weight of ${listed(harmful)} by validation`,
    ...compared(chosen),
    validationLoss: mean(finite(choices.map((c, s) => losses[c]?.[s] ?? Number.NaN))),
  };
  return { family: [...fixedWeights, byValidation], weight: all[lowest(means)] ?? 1 };
}

/** @throws RangeError where there is nothing to draw */
function figureOf(remedies: readonly Remedy[], study: Comparison | undefined): Figure {
  if (remedies.length === 0) throw new RangeError('auxiliaryWeights: no task is likely to harm another, so there is nothing to draw');
  return gains(
    remedies.map(({ task, weight, metric, better, effect, ci, verdict }): Gain => {
      // The figure turns metrics that are better when lower itself.
      const raw = better === 'lower' ? { effect: -effect, low: -ci[1], high: -ci[0] } : { effect, low: ci[0], high: ci[1] };
      const name = weight === undefined ? 'chosen by validation' : weight === 0 ? 'dropped' : `weight ${weight}`;
      return { method: name, task, metric, better, ...raw, verdict: verdict === 'not enough evidence' ? 'unclear' : verdict };
    }),
    {
      title: 'Harmful tasks: dropped or down-weighted, against weight 1',
      baseline: 'weight 1',
      interval: `${Number((100 * (1 - study!.data.alpha)).toPrecision(4))} % interval`,
    },
  );
}

/**
 * Puts together what was found.
 * @param grid weights below 1, ascending
 * @param study methods `keep` and `"<harmful>" at <weight>`; undefined where there is no target
 */
export function makeAuxiliaryWeights(
  tasks: readonly string[],
  targets: readonly Target[],
  grid: readonly number[],
  study: Comparison | undefined,
): AuxiliaryWeights {
  const found = targets.map((target) => foundOf(target, grid, study!));
  const family = found.flatMap((one) => one.family);
  const weightOf = new Map(targets.map(({ task }, t) => [task, found[t]!.weight]));
  const decisions = decide(
    family.map(({ label, task, metric, comparison, failed, identical }) => ({
      method: label,
      task,
      metric,
      comparison,
      ...(failed === undefined ? {} : { failed }),
      ...(identical === undefined ? {} : { identical }),
    })),
    { alpha: study?.data.alpha ?? 0.05, baseline: 'weight 1' },
  );
  const remedies = family.map(({ label: _, comparison: __, failed: ___, identical: ____, ...rest }, i): Remedy => {
    const { effect, low, high, p, verdict, sentence } = decisions[i]!;
    return { ...rest, effect, ci: [low, high], p, verdict, sentence };
  });
  const weights = Object.fromEntries(
    tasks.map((task) => {
      const harmful = targets.find((target) => target.task === task)?.harmful ?? [];
      return [task, Object.fromEntries(tasks.map((name) => [name, harmful.includes(name) ? weightOf.get(task)! : 1]))];
    }),
  );
  const sentences = tasks.map((task) => {
    const target = targets.find((one) => one.task === task);
    if (!target) return `Train ${task} with all tasks at weight 1: none is likely to harm it.`;
    const weight = weightOf.get(task)!;
    const how = weight === 0 ? 'without' : 'with';
    const at = weight === 0 ? '' : ` at weight ${weight}`;
    const choice = remedies.find((one) => one.task === task && one.weight === undefined)!;
    const why = target.why && target.why.length > 0 ? ` Why: ${target.why.join('; ')}.` : '';
    return `Train ${task} ${how} ${listed(target.harmful)}${at}. ${choice.sentence}${why}`;
  });
  const seeds = study?.data.seeds.length ?? 0;
  const table = (): Table => ({
    title: `Weights of harmful tasks against weight 1${study ? `, ${seeds} seeds` : ''}`,
    columns: ['task', 'harmed by', 'weight', 'validation loss', 'chosen by', 'metric', 'gain', 'low', 'high', 'p (Holm)', 'verdict'],
    rows: remedies.map(({ task, harmful, weight, validationLoss: loss, chosen, metric, effect, ci, p, verdict }): Cell[] => [
      task,
      listed(harmful),
      weight ?? 'by validation',
      loss,
      chosen === undefined ? '' : `${chosen} of ${seeds} seeds`,
      metric,
      effect,
      ...ci,
      p,
      verdict,
    ]),
    notes: [...sentences, ...(study?.data.notes ?? [])],
  });
  const plot = (): Figure => figureOf(remedies, study);
  const text = (): string => textTable(table());
  const result: AuxiliaryWeights = {
    tasks,
    weights,
    plan: planOf(tasks, (task) => {
      const own = weights[task]!;
      const train = tasks.filter((name) => own[name]! > 0);
      return train.every((name) => own[name] === 1) ? { train } : { train, weights: train.map((name) => own[name]!) };
    }),
    remedies,
    sentences,
    ...(study ? { study } : {}),
    table,
    plot,
    toMime: () => [{ 'text/html': htmlTable(table()), 'text/plain': text() }, ...(remedies.length > 0 ? [figureBundle(plot())] : [])],
    toString: text,
  };
  return Object.defineProperties(result, { [Symbol.for('nodejs.util.inspect.custom')]: { value: text } });
}
