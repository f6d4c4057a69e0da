import type { TaskData } from '../data/data-types';
import type { Affinity } from '../grouping/affinity';
import { type DiscoverOptions, type Discovery, discover as discoverQuietly } from '../grouping/discover';
import { type GroupTasksOptions, groupTasks as groupTasksQuietly, type TaskGrouping } from '../grouping/group-tasks';
import { type TaskAffinityOptions, taskAffinity as taskAffinityQuietly } from '../grouping/task-affinity';
import type { Method } from '../models/method';
import {
  type AuxiliaryWeights,
  type AuxiliaryWeightsOptions,
  auxiliaryWeights as auxiliaryWeightsQuietly,
} from '../study/auxiliary-weights';
import { type CompareOptions, compare as compareQuietly } from '../study/compare';
import type { Comparison } from '../study/comparison';
import { type LearningCurves, type LearningCurvesOptions, learningCurves as learningCurvesQuietly } from '../study/learning-curves';
import { type NoiseTaskOptions, type NoiseTaskResult, noiseTaskTest as noiseTaskTestQuietly } from '../study/noise-task-test';
import { type ParetoFront, type ParetoFrontOptions, paretoFront as paretoFrontQuietly } from '../study/pareto-front';
import { leaveOneTaskOut as leaveOneTaskOutQuietly, type TaskInfluence, type TaskInfluenceOptions } from '../study/task-influence';
import { type FitOptions, fit as fitQuietly } from '../training/fit';
import type { HasPlan } from '../training/method-plan';
import type { Model } from '../training/model';
import type { ProgressEvent } from '../training/progress';
import { progressDisplay } from './progress';

/** What the last piece of long work returns. */
let last: Promise<unknown> | undefined;

/** Shows the progress of `work` in the notebook or on the terminal, unless the caller listens for it. */
export function withProgress<T>(
  listener: ((event: ProgressEvent) => void) | undefined,
  work: (listener: (event: ProgressEvent) => void) => Promise<T>,
): Promise<T> {
  const result = listener ? work(listener) : displayed(work);
  last = result;
  return result;
}

async function displayed<T>(work: (listener: (event: ProgressEvent) => void) => Promise<T>): Promise<T> {
  const display = progressDisplay();
  let returned = false;
  try {
    const result = await work((event) => display.update(event));
    returned = true;
    return result;
  } finally {
    display.done(returned);
  }
}

/**
 * What the last `fit`, `compare` or other long work of this package returned, also where the cell that waited for it is gone: a notebook's
 * stop button ends the cell before its variable has a value, while the work stops by itself and returns what is finished.
 * @throws Error where nothing was run yet; else as the work did
 * @example
 * const comparison = await lastResult<Comparison>();
 */
export async function lastResult<T = unknown>(): Promise<T> {
  if (!last) throw new Error('lastResult: nothing was run yet; call fit, compare or the like first');
  return (await last) as T;
}

/**
 * Trains one model, showing its progress.
 *
 * An interrupt (Ctrl-C, a notebook's stop button, `signal`) stops at the end of a step and returns the model as it is then, with
 * `history.interrupted` set. In a notebook, the stopped cell gets no value: `await lastResult()` in another cell has it.
 * @param data made by `taskData`
 * @param method an architecture, for instance `hardSharing(mlp([64]))`, optionally `.with(pcgrad())`; or a recommendation, whose plan is trained as
 *   one model, with the settings of its study where `options` has none
 * @throws TypeError for an unknown option, RangeError for a value out of range, Error when training diverges
 * @example
 * const model = await fit(data, hardSharing(mlp([128, 64])), { epochs: 60 });
 */
export async function fit(data: TaskData, method: Method | HasPlan, options: FitOptions = {}): Promise<Model> {
  return withProgress(options?.onProgress, (onProgress) => fitQuietly(data, method, { ...options, onProgress }));
}

/**
 * Compares methods on the same splits, initial values and batch orders, showing its progress.
 *
 * All networks of one shape (seeds, and the single-task networks of all tasks) are trained as one stack. An interrupt returns the runs that
 * are finished; in a notebook, `await lastResult()` in another cell has them, since the stopped cell gets no value.
 * @param data made by `taskData`
 * @param options methods, seeds, how to train
 * @throws TypeError for an unknown option, RangeError for a value out of range, DataError where a split leaves a task without label
 * @example
 * const comparison = await compare(data, { methods: { single: singleTask(trunk), hard: hardSharing(trunk) }, seeds: 10 });
 */
export async function compare(data: TaskData, options: CompareOptions): Promise<Comparison> {
  return withProgress(options?.onProgress, (onProgress) => compareQuietly(data, { ...options, onProgress }));
}

/**
 * How much each pair of tasks has to do with each other, with an interval over seeds; shows its progress.
 *
 * Costs in trained networks, T tasks and S seeds: `labels` none; `tag` and `gradient-cosine` S; `cka` and `rsa` S T; `leave-one-out`
 * S (T + 1); `pairwise` S T (T + 1) / 2. An exhaustive search would train S (2^T - 1).
 * @param data made by `taskData`, at least two tasks
 * @throws RangeError for fewer than two tasks, an unknown measure or an option out of range; TypeError for an unknown option
 * @example
 * const affinity = await taskAffinity(data, { measure: 'gradient-cosine', seeds: 5 });
 */
export async function taskAffinity(data: TaskData, options: TaskAffinityOptions = {}): Promise<Affinity> {
  return withProgress(options?.onProgress, (onProgress) => taskAffinityQuietly(data, { ...options, onProgress }));
}

/**
 * Finds which tasks belong together: measures their affinity, then groups them; shows its progress.
 * @param data made by `taskData`, at least two tasks
 * @throws as `taskAffinity`; RangeError for an unknown `by`
 * @example
 * const { plan } = await groupTasks(data, { measure: 'tag' });
 * const comparison = await compare(data, { methods: { single: singleTask(trunk), groups: grouped(plan, trunk) } });
 */
export async function groupTasks(data: TaskData, options: GroupTasksOptions = {}): Promise<TaskGrouping> {
  return withProgress(options?.onProgress, (onProgress) => groupTasksQuietly(data, { ...options, onProgress }));
}

/**
 * From data to a judged grouping in one call: measures affinity, groups the tasks, trains the groups anew and compares them with all tasks
 * alone and all tasks together; shows its progress.
 *
 * The comparison draws other seeds, and thus other splits, than the affinity was measured on; the rows are the same, so a gain of the groups
 * is somewhat flattered where there are few.
 * @param data made by `taskData`, at least two tasks
 * @throws as `groupTasks` and `compare`
 * @example
 * const { grouping, comparison } = await discover(data, { measure: 'tag', trunk: mlp([64, 32]) });
 */
export async function discover(data: TaskData, options: DiscoverOptions = {}): Promise<Discovery> {
  return withProgress(options?.onProgress, (onProgress) => discoverQuietly(data, { ...options, onProgress }));
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
  return withProgress(options?.onProgress, (onProgress) => leaveOneTaskOutQuietly(data, method, { ...options, onProgress }));
}

/**
 * The promise of little data: compares methods over the size of the training set. Test rows stay the same, smaller training sets are part
 * of larger ones, and every size is trained for as many steps as the full one (so for more epochs); set `patience` where that overfits.
 * Shows its progress.
 * @param data made by `taskData`
 * @throws TypeError for an unknown option, RangeError for a value out of range
 * @example
 * const curves = await learningCurves(data, { methods: { single: singleTask(trunk), hard: hardSharing(trunk) }, seeds: 5, epochs: 60 });
 * show(curves.plot());
 */
export async function learningCurves(data: TaskData, options: LearningCurvesOptions): Promise<LearningCurves> {
  return withProgress(options?.onProgress, (onProgress) => learningCurvesQuietly(data, { ...options, onProgress }));
}

/**
 * The promise of robustness: trains every method with and without tasks of pure noise, on the same splits and seeds, and says whether the
 * noise harms the real tasks. Single-task learning cannot be harmed: it is the control. Shows its progress.
 * @param data made by `taskData`
 * @throws TypeError for an unknown option, RangeError for a value out of range
 */
export async function noiseTaskTest(data: TaskData, options: NoiseTaskOptions): Promise<NoiseTaskResult> {
  return withProgress(options?.onProgress, (onProgress) => noiseTaskTestQuietly(data, { ...options, onProgress }));
}

/**
 * The trade-off between tasks: one method trained with a grid of fixed weights (the front that Xin 2022, 2209.11379, asks for), further
 * methods beside it, and the hypervolume with an interval over seeds. Scores are those on test rows by the tasks' primary metrics; the
 * hypervolume is there for two and three tasks. Shows its progress.
 * @param data made by `taskData`
 * @throws TypeError for an unknown option or a method that trains tasks alone, RangeError for a value out of range
 */
export async function paretoFront(data: TaskData, options: ParetoFrontOptions): Promise<ParetoFront> {
  return withProgress(options?.onProgress, (onProgress) => paretoFrontQuietly(data, { ...options, onProgress }));
}

/**
 * Down-weights what harms, instead of dropping it: for each task that others were shown to harm, trains with a smaller fixed weight of these
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
  influence: Pick<TaskInfluence, 'tasks' | 'partners' | 'all'>,
  options: AuxiliaryWeightsOptions = {},
): Promise<AuxiliaryWeights> {
  return withProgress(options?.onProgress, (onProgress) => auxiliaryWeightsQuietly(data, method, influence, { ...options, onProgress }));
}
