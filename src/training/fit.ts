import { loadBackend } from '../backend/backend';
import { splitData } from '../data/split';
import type { Split, TaskData } from '../data/task-data';
import type { Method } from '../models/method';
import { checkInteger } from '../options/check';
import { saveModel } from './checkpoint';
import { interruptible } from './interrupt';
import { longWork } from './long-work';
import { type Model, makeModel } from './model';
import { progressReporter } from './progress-reporter';
import { trainRuns } from './runs';
import { checkBatchSize, checkSettings, type TrainingSettings } from './settings';

/** Options of `fit`. */
export interface FitOptions extends TrainingSettings {
  /** Seed of initialisation, batches and dropout. @default 0 */
  readonly seed?: number;
  /** Rows to train and validate on. @default all rows, less a share for validation */
  readonly split?: Pick<Split, 'train' | 'validation'>;
}

/** @throws TypeError when `method` was not made by an architecture */
export function checkMethod(who: string, method: unknown): asserts method is Method {
  if (typeof (method as Method | undefined)?.architecture?.build !== 'function') {
    throw new TypeError(
      `${who}: expected a method such as hardSharing(mlp([64])), got ${typeof method === 'object' ? JSON.stringify(method) : String(method)}`,
    );
  }
}

/**
 * Trains one model, showing its progress.
 *
 * An interrupt (Ctrl-C, a notebook's stop button, `signal`) stops at the end of a step and returns the model as it is then, with
 * `history.interrupted` set. In a notebook, the stopped cell gets no value: `await lastResult()` in another cell has it.
 * @param data made by `taskData`
 * @param method an architecture, for instance `hardSharing(mlp([64]))`, optionally `.with(pcgrad())`
 * @throws TypeError for an unknown option, RangeError for a value out of range, Error when training diverges
 * @example
 * const model = await fit(data, hardSharing(mlp([128, 64])), { epochs: 60 });
 */
export async function fit(data: TaskData, method: Method, options: FitOptions = {}): Promise<Model> {
  return longWork(options, (own) => runFit(data, method, own));
}

async function runFit(data: TaskData, method: Method, options: FitOptions): Promise<Model> {
  const { seed = 0, split: given, ...rest } = options;
  checkMethod('fit', method);
  checkInteger('fit', 'seed', seed, 0);
  const settings = checkSettings('fit', rest);
  await loadBackend();
  const split = given ? { ...given, test: new Int32Array(0) } : allRows(data, settings.validation, seed);
  checkBatchSize('fit', options.batchSize, split.train.length);
  const [result] = await interruptible(settings.signal, (signal) =>
    trainRuns(data, [{ name: method.architecture.name, method, seed, split, learningRate: settings.learningRate }], {
      ...settings,
      signal,
      onProgress: progressReporter(settings.onProgress, 1),
    }),
  );
  if (!result) throw new Error('fit was interrupted before the first step');
  if (result.failure !== undefined) throw new Error(result.failure);
  return makeModel(
    {
      method,
      tasks: data.tasks,
      encoder: result.fitted.encoder,
      targets: result.fitted.targets,
      parts: result.parts,
      history: {
        parts: result.parts.map(({ tasks, serve, trainLosses, validationLosses, bestEpoch, epochs }) => ({
          tasks: tasks.map((t) => data.tasks[t]!.name),
          serve: serve.map((t) => data.tasks[t]!.name),
          trainLosses,
          validationLosses,
          bestEpoch,
          epochs,
        })),
        seconds: result.seconds,
        interrupted: result.interrupted,
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
