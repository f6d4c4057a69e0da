import { loadBackend } from '../backend/backend';
import { givenSplits } from '../data/given-splits';
import { splitData } from '../data/split';
import type { Split, TaskData } from '../data/task-data';
import { metricsOf } from '../metrics/task-metrics';
import type { Method } from '../models/method';
import { methodToJSON } from '../models/registry';
import { checkInteger, checkNumber, didYouMean } from '../options';
import { random } from '../random/random';
import { checkMethod } from '../training/fit';
import { interruptible } from '../training/interrupt';
import { progressReporter } from '../training/progress-reporter';
import { type Run, trainRuns } from '../training/runs';
import { checkSettings, settingNames, type TrainingSettings } from '../training/settings';
import { type Comparison, makeComparison } from './comparison';
import type { ComparisonData, MethodRecord, RunRecord, TaskRecord } from './comparison-data';
import { scoreRun } from './score-run';
import { resamplingCorrelation } from './statistics';

/** Options of `compare`. */
export interface CompareOptions extends TrainingSettings {
  /** The methods by the names that results carry. */
  readonly methods: Readonly<Record<string, Method>>;
  /** How many seeds (0, 1, 2, ...), or which. Each draws a split, an initialisation and batch orders, the same for all methods. @default 5 */
  readonly seeds?: number | readonly number[];
  /** Share of the rows for testing, in (0, 1). @default 0.3 */
  readonly test?: number;
  /** Splits by seed instead of drawn ones: `{ "0": { train: [...], test: [...], validation?: [...] }, ... }`, row indices from 0. */
  readonly splits?: unknown;
  /** Name of the method that the others are compared with. @default the first single-task method, else the first method */
  readonly baseline?: string;
  /** The smallest gain that matters, in units of the primary metrics: for all tasks, or by task. Without it "no difference" cannot be found. @default 0 */
  readonly smallestEffect?: number | Readonly<Record<string, number>>;
  /** Chance of any false verdict, in (0, 1). @default 0.05 */
  readonly alpha?: number;
}

const ownNames = ['methods', 'seeds', 'test', 'splits', 'baseline', 'smallestEffect', 'alpha'] as const;

/** Resolves `seeds`. */
function seedList(seeds: number | readonly number[]): number[] {
  if (typeof seeds === 'number') {
    checkInteger('compare', 'seeds', seeds, 1);
    return Array.from({ length: seeds }, (_, i) => i);
  }
  if (!Array.isArray(seeds) || seeds.length === 0)
    throw new TypeError(`compare: seeds must be a number or a non-empty array of seeds, got ${JSON.stringify(seeds)}`);
  for (const [i, seed] of seeds.entries()) checkInteger('compare', `seeds[${i}]`, seed, 0);
  const repeated = seeds.find((seed, i) => seeds.indexOf(seed) !== i);
  if (repeated !== undefined) throw new RangeError(`compare: seed ${repeated} is there twice; the same seed gives the same numbers again`);
  return [...seeds];
}

/** Takes validation rows from a given split's training rows. */
function withValidation(split: Split, share: number, seed: number): Split {
  if (split.validation.length > 0 || share === 0) return split;
  const order = random(seed, 'validation').permutation(split.train.length);
  const cut = Math.max(1, Math.round(split.train.length * share));
  const pick = (part: Int32Array): Int32Array => Int32Array.from(part, (i) => split.train[i]!).sort();
  return { train: pick(order.slice(cut)), validation: pick(order.slice(0, cut)), test: split.test };
}

function splitsFor(
  data: TaskData,
  options: CompareOptions,
  validation: number,
): { readonly seeds: number[]; readonly splits: Split[]; readonly drawn: boolean } {
  if (options.splits !== undefined) {
    const given = givenSplits(options.splits, data);
    const seeds = options.seeds === undefined ? [...given.keys()] : seedList(options.seeds);
    const splits = seeds.map((seed) => {
      const split = given.get(seed);
      if (!split) throw new RangeError(`compare: splits has no split for seed ${seed}; it has ${[...given.keys()].join(', ')}`);
      return withValidation(split, validation, seed);
    });
    return { seeds, splits, drawn: false };
  }
  const test = options.test ?? 0.3;
  const seeds = seedList(options.seeds ?? 5);
  return { seeds, splits: seeds.map((seed) => splitData(data, { test, validation, seed })), drawn: true };
}

/**
 * Compares methods on the same splits, initial values and batch orders.
 *
 * All networks of one shape (seeds, and the single-task networks of all tasks) are trained as one stack. An interrupt returns the runs that
 * are finished.
 * @param data made by `taskData`
 * @param options methods, seeds, how to train
 * @throws TypeError for an unknown option, RangeError for a value out of range, DataError where a split leaves a task without label
 * @example
 * const comparison = await compare(data, { methods: { single: singleTask(trunk), hard: hardSharing(trunk) }, seeds: 10 });
 */
export async function compare(data: TaskData, options: CompareOptions): Promise<Comparison> {
  const known: readonly string[] = [...ownNames, ...settingNames];
  for (const key of Object.keys(options ?? {})) {
    if (!known.includes(key))
      throw new TypeError(`compare: unknown option "${key}"${didYouMean(key, known)}; options: ${known.join(', ')}`);
  }
  const names = Object.keys(options?.methods ?? {});
  if (names.length === 0)
    throw new TypeError('compare: methods must name at least one method, for instance { hard: hardSharing(mlp([64])) }');
  for (const name of names) checkMethod(`compare: methods.${name}`, options.methods[name]);
  const settings = checkSettings(
    'compare',
    Object.fromEntries(settingNames.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))),
  );
  const alpha = options.alpha ?? 0.05;
  checkNumber('compare', 'alpha', alpha, Number.MIN_VALUE, 1, true);
  if (options.test !== undefined) checkNumber('compare', 'test', options.test, Number.MIN_VALUE, 1, true);
  const baseline = options.baseline ?? names.find((name) => options.methods[name]!.architecture.separate) ?? names[0]!;
  if (!names.includes(baseline))
    throw new RangeError(
      `compare: baseline "${baseline}" is none of the methods${didYouMean(baseline, names)}; methods: ${names.join(', ')}`,
    );
  const tasks = data.tasks.map((task): TaskRecord => {
    const { name: metric, better } = metricsOf(task)[0]!;
    return { name: task.name, kind: task.kind, classes: task.classes, metric, better };
  });
  const smallestEffect = Object.fromEntries(tasks.map(({ name }) => [name, effectOf(options.smallestEffect, name, tasks)]));
  const { seeds, splits, drawn } = splitsFor(data, options, settings.validation);

  await loadBackend();
  const runs = names.flatMap((name) =>
    seeds.map((seed, i): Run => ({ name, method: options.methods[name]!, seed, split: splits[i]!, learningRate: settings.learningRate })),
  );
  const results = await interruptible(settings.signal, (signal) =>
    trainRuns(data, runs, { ...settings, signal, onProgress: progressReporter(settings.onProgress, runs.length) }),
  );
  const finished = results.filter(({ interrupted }) => !interrupted);
  const records = finished.map((result): RunRecord => scoreRun(data, result));
  const methods = names.map((name): MethodRecord => {
    const result = results.find(({ run }) => run.name === name);
    const method = options.methods[name]!;
    return {
      name,
      definition: methodToJSON(method),
      parameters: result?.parameters ?? Number.NaN,
      separate: method.architecture.separate === true,
    };
  });
  const failures = finished.filter(({ failure }) => failure !== undefined);
  const missing = runs.length - finished.length;
  const comparison: ComparisonData = {
    format: 'taskloom-comparison',
    version: 1,
    rows: data.rows,
    features: finished[0]?.fitted.encoder.features ?? Number.NaN,
    tasks,
    methods,
    seeds,
    baseline,
    design: {
      epochs: settings.epochs,
      batchSize: settings.batchSize,
      optimizer: settings.optimizer.name,
      optimizerOptions: settings.optimizer.options,
      learningRate: settings.learningRate,
      schedule: options.schedule ?? 'constant',
      patience: settings.patience ?? null,
      validation: settings.validation,
      clipNorm: settings.clipNorm ?? null,
      splits: drawn ? `drawn by seed, test share ${options.test ?? 0.3}` : 'given',
    },
    rho: correlationOf(splits),
    smallestEffect,
    alpha,
    runs: records,
    notes: [
      ...data.notes,
      ...(missing > 0 ? [`interrupted: ${missing} of ${runs.length} runs are not finished and left out`] : []),
      ...failures.map(({ failure }) => failure!),
      ...(seeds.length === 1 ? ['one seed shows what happened once; verdicts need at least 5 seeds, better 10'] : []),
    ],
  };
  return makeComparison(comparison);
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

/** Correlation of two seeds' scores by the rows their splits share; 0 where all seeds have the very same split. */
function correlationOf(splits: readonly Split[]): number {
  const first = splits[0]!;
  if (splits.every(({ test }) => test.length === first.test.length && test.every((row, i) => row === first.test[i]))) return 0;
  const train = first.train.length + first.validation.length;
  return resamplingCorrelation(train, first.test.length);
}
