import { createHash } from 'node:crypto';
import { type BackendKind, loadBackend } from '../backend/backend';
import { checkTrainLabels, splitData } from '../data/split';
import { readParts } from '../data/split-parts';
import type { Split, TaskData } from '../data/task-data';
import type { Method } from '../models/method';
import { optionError, optionName } from '../options/option-error';
import { type CallSpecs, numberOption, optional, optionalOption, readCall, SEED, textOption } from '../options/spec';
import type { FittedTarget } from '../tasks/task';
import { saveModel } from './checkpoint';
import { interruptible } from './interrupt';
import { keptModel } from './kept-model';
import { longWork } from './long-work';
import { type HasPlan, hasPlan } from './method-plan';
import { type Model, makeModel } from './model';
import { progressReporter } from './progress-reporter';
import { dataFingerprint, kindRevisions, runKey, unversioned } from './run-key';
import { type RunResult, trainRuns } from './runs';
import { type AbsentSettings, type CheckedSettings, checkBatchSize, checkSettings, settingSpecs, type TrainingSettings } from './settings';

/** Options of `fit`. */
export interface FitOptions extends TrainingSettings {
  /** Seed of initialization, batches and dropout. @default 0 */
  readonly seed?: number;
  /**
   * Rows of the data to train and validate on, as `splitData` gives them; `validation` may be empty, a test part is not looked at.
   * @default all rows, less a share for validation
   */
  readonly split?: Pick<Split, 'train' | 'validation'>;
  /**
   * Keeps the finished model there, as `models/<key>`: the same call gives it back without training. The key is of all that its numbers depend on;
   * code of your own needs a `version`. @default none is kept
   */
  readonly directory?: string;
}

type AbsentFitOptions = AbsentSettings | 'split' | 'directory';

const fitSpecs: CallSpecs<FitOptions, AbsentFitOptions> = {
  ...settingSpecs,
  seed: numberOption(0, 'seed of initialization, batches and dropout', SEED),
  split: optionalOption('{ train, validation }', 'rows to train and validate on', () => undefined),
  directory: optional(textOption('', 'keeps the finished model there')),
};

/**
 * The rows that `fit` is given.
 * @throws TypeError for what is no split, DataError for one whose rows cannot be used, RangeError where stopping needs validation rows
 */
function readSplit(data: TaskData, given: unknown, { patience, stopping }: CheckedSettings): Split {
  const split = readParts(given, {
    where: 'fit: split',
    required: ['train', 'validation'],
    filled: ['train'],
    once: false,
    example: '{ train: [...], validation: [...] }',
    counted: 'the data',
    rowOf: Int32Array.from({ length: data.rows }, (_, row) => row),
    rowsOf: (rows) => (Array.isArray(rows) || ArrayBuffer.isView(rows) ? (rows as unknown as ArrayLike<unknown>) : undefined),
  });
  checkTrainLabels(data, split, 'the given split');
  const needs = patience !== undefined ? 'patience' : stopping === 'perTask' ? 'stopping' : undefined;
  if (needs !== undefined && split.validation.length === 0)
    throw optionError(
      RangeError,
      'fit',
      `${optionName(needs)} needs validation rows, and the split has none; give it some, or leave ${needs} out`,
    );
  return { ...split, test: new Int32Array(0) };
}

/** @throws TypeError when `method` was not made by an architecture */
export function checkMethod(who: string, method: unknown): asserts method is Method {
  if (typeof (method as Method | undefined)?.architecture?.build !== 'function') {
    throw new TypeError(
      `${who}: expected a method such as hardSharing(mlp([64])), got ${typeof method === 'object' ? JSON.stringify(method) : String(method)}`,
    );
  }
}

/** One method of a model: which tasks it learns and which it predicts. */
interface FitPart {
  readonly method: Method;
  readonly learns: readonly number[];
  readonly predicts: readonly number[];
  readonly settings: CheckedSettings;
}

/** The parts of a plan, or the one part of a method. */
function partsOf(data: TaskData, given: Method | HasPlan, options: TrainingSettings): FitPart[] {
  const every = data.tasks.map((_, t) => t);
  if (!hasPlan(given)) {
    checkMethod('fit', given);
    return [{ method: given, learns: every, predicts: every, settings: checkSettings('fit', options) }];
  }
  const { parts, settings } = given.plan();
  const names = data.tasks.map(({ name }) => name);
  const planned = parts.flatMap(({ tasks }) => tasks);
  if ([...planned].sort().join('\n') !== [...names].sort().join('\n'))
    throw new RangeError(`fit: the plan is of the tasks ${planned.join(', ')}; the data have ${names.join(', ')}`);
  return parts.map(({ method, tasks, learningRate, optimizer }) => {
    const predicts = tasks.map((name) => names.indexOf(name));
    const learns = method.architecture.separate ? predicts : every;
    return { method, learns, predicts, settings: checkSettings('fit', { ...settings, learningRate, optimizer, ...options }) };
  });
}

/** Trains one part, with its tasks counted as in the data. */
async function trainPart(
  data: TaskData,
  { method, learns, predicts, settings }: FitPart,
  seed: number,
  split: Split,
  signal: AbortSignal,
): Promise<RunResult | undefined> {
  const own = { ...data, tasks: learns.map((t) => data.tasks[t]!), labels: learns.map((t) => data.labels[t]!) };
  const run = { name: method.architecture.name, method, seed, split, learningRate: settings.learningRate };
  const [result] = await trainRuns(own, [run], { ...settings, signal, onProgress: progressReporter(settings.onProgress, 1) });
  if (!result) return undefined;
  if (result.failure !== undefined) throw new Error(result.failure);
  const parts = result.parts.flatMap((part) => {
    const serve = part.serve.map((t) => learns[t]!).filter((t) => predicts.includes(t));
    return serve.length === 0 ? [] : [{ ...part, tasks: part.tasks.map((t) => learns[t]!), serve }];
  });
  return { ...result, parts };
}

/**
 * Trains one model, showing its progress.
 *
 * An interrupt (Ctrl-C, a notebook's stop button, `signal`) stops at the end of a step and returns the model as it is then, with
 * `history.interrupted` set. In a notebook, the stopped cell gets no value: `await lastResult()` in another cell has it.
 * @param data made by `taskData`
 * @param method an architecture, for instance `hardSharing(mlp([64]))`, optionally `.with(pcgrad())`; or a recommendation, whose plan is trained as
 *   one model, with the settings of its study where `options` has none
 * @throws TypeError for an unknown option or what is no split, RangeError for a value out of range, DataError for a split whose rows cannot be
 *   used, Error when training diverges
 * @example
 * const model = await fit(data, hardSharing(mlp([128, 64])), { epochs: 60 });
 */
export async function fit(data: TaskData, method: Method | HasPlan, options: FitOptions = {}): Promise<Model> {
  return longWork(options, (own) => runFit(data, method, own));
}

async function runFit(data: TaskData, method: Method | HasPlan, options: FitOptions): Promise<Model> {
  const { seed, split: given, directory } = readCall<FitOptions, AbsentFitOptions>('fit', fitSpecs, options);
  const { seed: _, split: __, directory: ___, ...rest } = options;
  const parts = partsOf(data, method, rest);
  const backend = await loadBackend();
  const [first] = parts;
  const { validation, signal: stop } = first!.settings;
  const split = given === undefined ? allRows(data, validation, seed) : readSplit(data, given, first!.settings);
  checkBatchSize('fit', options.batchSize, split.train.length);
  const train = (): Promise<Trained[]> =>
    interruptible(stop, async (signal) => {
      const trained: Trained[] = [];
      for (const part of parts) {
        const result = await trainPart(data, part, seed, split, signal);
        if (result) trained.push({ part, result });
      }
      if (trained.length < parts.length) throw new Error('fit was interrupted before the first step');
      return trained;
    });
  if (directory === undefined) return modelOf(data, await train());
  const own = parts.length === 1 ? first!.method : undefined;
  return keptModel(directory, keyOf(data, parts, seed, split, backend), own, async () => {
    const trained = await train();
    const isWhole = trained.every(({ result }) => !result.interrupted && result.fallback === undefined);
    return { model: modelOf(data, trained), isWhole };
  });
}

/** The name under which a model is kept. @throws TypeError for code of the user's own without a version: its text does not tell what it does */
function keyOf(data: TaskData, parts: readonly FitPart[], seed: number, split: Split, backend: BackendKind): string {
  const ingredients = { data: dataFingerprint(data), kinds: kindRevisions(data), split, trainingSeed: seed, backend };
  const hash = createHash('sha256');
  for (const { method, learns, predicts, settings } of parts) {
    const [unknown] = unversioned({ method, optimizer: settings.optimizer });
    if (unknown !== undefined) {
      const why = `${optionName('directory')} keeps models by what they are made of; give ${unknown} a version, or leave it out`;
      throw optionError(TypeError, 'fit', why);
    }
    hash.update(JSON.stringify([runKey({ ...ingredients, method, settings }), learns, predicts]));
  }
  return hash.digest('hex');
}

/** A part that was trained. */
interface Trained {
  readonly part: FitPart;
  readonly result: RunResult;
}

/** The parts as one model. */
function modelOf(data: TaskData, trained: readonly Trained[]): Model {
  const target = (t: number): FittedTarget => {
    const { part, result } = trained.find(({ part: { learns } }) => learns.includes(t))!;
    return result.fitted.targets[part.learns.indexOf(t)]!;
  };
  const networks = trained.flatMap(({ part, result }) => result.parts.map((one) => ({ ...one, method: part.method })));
  return makeModel(
    {
      method: trained[0]!.part.method,
      tasks: data.tasks,
      encoder: trained[0]!.result.fitted.encoder,
      targets: data.tasks.map((_, t) => target(t)),
      parts: networks,
      history: {
        parts: networks.map(({ tasks, serve, trainLosses, validationLosses, bestEpoch, epochs }) => ({
          tasks: tasks.map((t) => data.tasks[t]!.name),
          serve: serve.map((t) => data.tasks[t]!.name),
          trainLosses,
          validationLosses,
          bestEpoch,
          epochs,
        })),
        seconds: trained.reduce((sum, { result }) => sum + result.seconds, 0),
        interrupted: trained.some(({ result }) => result.interrupted),
      },
    },
    saveModel,
  );
}

function allRows(data: TaskData, validation: number, seed: number): Split {
  if (validation === 0) {
    return { train: Int32Array.from({ length: data.rows }, (_, i) => i), validation: new Int32Array(0), test: new Int32Array(0) };
  }
  const { train, test } = splitData(data, { test: validation, seed });
  return { train, validation: test, test: new Int32Array(0) };
}
