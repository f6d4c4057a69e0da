import { version_core as tfVersion } from '@tensorflow/tfjs-core';
import { loadBackend } from '../backend/backend';
import type { TaskData } from '../data/task-data';
import { metricsOf } from '../metrics/task-metrics';
import type { Method } from '../models/method';
import { methodToJSON } from '../models/registry';
import { checkNumber, didYouMean } from '../options';
import { checkMethod } from '../training/fit';
import { type CheckedSettings, checkBatchSize, checkSettings, settingNames, type TrainingSettings } from '../training/settings';
import { type Comparison, makeComparison } from './comparison';
import type { ComparisonData, MethodRecord, RunRecord, TaskRecord, Versions } from './comparison-data';
import { type DesignOptions, designNames, type Observations, planObservations } from './observations';
import { dataFingerprint, packageVersion } from './run-key';
import { type PlannedRun, trainRecords } from './train-records';

/** Options of `compare`. */
export interface CompareOptions extends TrainingSettings, DesignOptions {
  /** The methods by the names that results carry. */
  readonly methods: Readonly<Record<string, Method>>;
  /** Name of the method that the others are compared with. @default the first single-task method, else the first method */
  readonly baseline?: string;
  /** The smallest gain that matters, in units of the primary metrics: for all tasks, or by task. Without it "no difference" cannot be found. @default 0 */
  readonly smallestEffect?: number | Readonly<Record<string, number>>;
  /** Chance of any false verdict, in (0, 1). @default 0.05 */
  readonly alpha?: number;
  /**
   * Folder that keeps each finished run. The same call continues after an interrupt or a crash and gives the same numbers; further seeds or
   * methods reuse what is there; another table, setting or method does not. All seeds of a method are trained as one stack and are finished
   * together; a smaller `memoryBudget` makes smaller stacks. @default none
   */
  readonly directory?: string;
}

const ownNames = ['methods', 'baseline', 'smallestEffect', 'alpha', 'directory'] as const;

/**
 * Compares methods on the same splits, initial values and batch orders.
 *
 * All networks of one shape (seeds, and the single-task networks of all tasks) are trained as one stack. An interrupt returns the runs that
 * are finished.
 * @param data made by `taskData`
 * @param options methods, seeds, how to train
 * @throws TypeError for an unknown option, RangeError for a value out of range, DataError where a split leaves a task without label, Error
 * where `directory` cannot be written
 * @example
 * const comparison = await compare(data, { methods: { single: singleTask(trunk), hard: hardSharing(trunk) }, seeds: 10 });
 */
export async function compare(data: TaskData, options: CompareOptions): Promise<Comparison> {
  checkNames('compare', options, [...ownNames, ...designNames, ...settingNames]);
  const names = checkMethods('compare', options.methods);
  const settings = checkSettings('compare', pick(options, settingNames));
  const alpha = options.alpha ?? 0.05;
  checkNumber('compare', 'alpha', alpha, Number.MIN_VALUE, 1, true);
  const baseline = options.baseline ?? names.find((name) => options.methods[name]!.architecture.separate) ?? names[0]!;
  if (!names.includes(baseline))
    throw new RangeError(
      `compare: baseline "${baseline}" is none of the methods${didYouMean(baseline, names)}; methods: ${names.join(', ')}`,
    );
  const tasks = tasksOf(data);
  const smallestEffect = Object.fromEntries(tasks.map(({ name }) => [name, effectOf(options.smallestEffect, name, tasks)]));
  const observations = planObservations('compare', data, options, settings.validation);

  checkBatchSize('compare', options.batchSize, Math.min(...observations.list.map(({ split }) => split.train.length)));

  const { learningRate, optimizer, epochs } = settings;
  const planned = names.flatMap((name) =>
    observations.list.map(
      (observation): PlannedRun => ({ name, method: options.methods[name]!, observation, learningRate, optimizer, epochs }),
    ),
  );
  const { finished, notes } = await trainRecords(data, planned, settings, options.schedule ?? 'constant', options.directory);
  const kept = planned.flatMap((run) => finished.get(run) ?? []);
  const records = kept.map(({ record }) => record);
  const methods = names.map((name): MethodRecord => {
    const run = planned.find((one) => one.name === name && finished.has(one));
    const method = options.methods[name]!;
    return {
      name,
      definition: methodToJSON(method),
      parameters: run ? finished.get(run)!.parameters : Number.NaN,
      separate: method.architecture.separate === true,
    };
  });
  const missing = planned.length - kept.length;
  const seeds = observations.list.map(({ seed }) => seed);
  const comparison: ComparisonData = {
    format: 'taskloom-comparison',
    version: 1,
    rows: data.rows,
    features: kept[0]?.features ?? Number.NaN,
    tasks,
    methods,
    seeds,
    versions: await versionsNow(),
    fingerprint: dataFingerprint(data),
    baseline,
    design: designRecord(settings, options.schedule ?? 'constant', observations),
    rho: observations.rho,
    smallestEffect,
    alpha,
    runs: records,
    notes: [
      ...data.notes,
      ...notes,
      ...observations.notes,
      ...(missing > 0 ? [`interrupted: ${missing} of ${planned.length} runs are not finished and left out`] : []),
      ...records.flatMap(({ failure }) => failure ?? []),
      ...undefinedNotes(tasks, records),
      ...(seeds.length === 1 ? ['one seed shows what happened once; verdicts need at least 5 seeds, better 10'] : []),
    ],
  };
  return makeComparison(comparison);
}

/** @throws TypeError for an option that is not among `known` */
export function checkNames(who: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options ?? {})) {
    if (!known.includes(key)) throw new TypeError(`${who}: unknown option "${key}"${didYouMean(key, known)}; options: ${known.join(', ')}`);
  }
}

/**
 * The names of the methods.
 * @throws TypeError where there is none, or one is no method
 */
export function checkMethods(who: string, methods: Readonly<Record<string, Method>> | undefined): string[] {
  const names = Object.keys(methods ?? {});
  if (names.length === 0)
    throw new TypeError(`${who}: methods must name at least one method, for instance { hard: hardSharing(mlp([64])) }`);
  for (const name of names) checkMethod(`${who}: methods.${name}`, methods![name]);
  return names;
}

/** The options of these names that were given. */
export function pick<T extends object, K extends keyof T>(options: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))) as Pick<T, K>;
}

function tasksOf(data: TaskData): TaskRecord[] {
  return data.tasks.map((task) => {
    const { name: metric, better } = metricsOf(task)[0]!;
    return { name: task.name, kind: task.kind, classes: task.classes, metric, better };
  });
}

async function versionsNow(): Promise<Versions> {
  const backend = await loadBackend();
  return {
    taskloom: packageVersion,
    node: process.version,
    tensorflow: tfVersion,
    backend: `${backend}, ${process.platform} ${process.arch}`,
  };
}

function designRecord(settings: CheckedSettings, schedule: string, observations: Observations): Readonly<Record<string, unknown>> {
  return {
    epochs: settings.epochs,
    batchSize: settings.batchSize,
    optimizer: settings.optimizer.name,
    optimizerOptions: settings.optimizer.options,
    learningRate: settings.learningRate,
    schedule,
    patience: settings.patience ?? null,
    validation: settings.validation,
    clipNorm: settings.clipNorm ?? null,
    splits: observations.splits,
    vary: observations.vary,
  };
}

/** Says where test rows leave a task's primary metric undefined. */
function undefinedNotes(tasks: readonly TaskRecord[], records: readonly RunRecord[]): string[] {
  const scored = records.filter(({ failure }) => failure === undefined);
  return tasks.flatMap(({ name, metric }) => {
    const all = new Set(scored.map(({ seed }) => seed));
    const without = new Set(scored.filter(({ metrics }) => Number.isNaN(metrics[name]![metric]!)).map(({ seed }) => seed));
    if (without.size === 0) return [];
    return [
      `${metric} of ${name} is undefined in ${without.size} of ${all.size} test parts (too few labels or one class only): left out there`,
    ];
  });
}

function effectOf(effect: CompareOptions['smallestEffect'], task: string, tasks: readonly TaskRecord[]): number {
  if (effect === undefined) return 0;
  if (typeof effect === 'number') {
    checkNumber('compare', 'smallestEffect', effect, 0);
    return effect;
  }
  const names = tasks.map(({ name }) => name);
  const unknown = Object.keys(effect).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new RangeError(
      `compare: smallestEffect names "${unknown}", which is no task${didYouMean(unknown, names)}; tasks: ${names.join(', ')}`,
    );
  const own = effect[task] ?? 0;
  checkNumber('compare', `smallestEffect.${task}`, own, 0);
  return own;
}
