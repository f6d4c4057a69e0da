import type { TaskData } from '../data/data-types';
import type { Method } from '../models/method';
import { type CompareOptions, compare as compareQuietly } from '../study/compare';
import type { Comparison } from '../study/comparison';
import { type FitOptions, fit as fitQuietly } from '../training/fit';
import type { Model } from '../training/model';
import type { ProgressEvent } from '../training/progress';
import { progressDisplay } from './progress';

/** Shows the progress of `work` in the notebook or on the terminal, unless the caller listens for it. */
export async function withProgress<T>(
  listener: ((event: ProgressEvent) => void) | undefined,
  work: (listener: (event: ProgressEvent) => void) => Promise<T>,
): Promise<T> {
  if (listener) return work(listener);
  const display = progressDisplay();
  try {
    return await work((event) => display.update(event));
  } finally {
    display.done();
  }
}

/**
 * Trains one model, showing its progress.
 *
 * An interrupt (Ctrl-C, a notebook's stop button, `signal`) stops at the end of a step and returns the model as it is then, with
 * `history.interrupted` set.
 * @param data made by `taskData`
 * @param method an architecture, for instance `hardSharing(mlp([64]))`, optionally `.with(pcgrad())`
 * @throws TypeError for an unknown option, RangeError for a value out of range, Error when training diverges
 * @example
 * const model = await fit(data, hardSharing(mlp([128, 64])), { epochs: 60 });
 */
export async function fit(data: TaskData, method: Method, options: FitOptions = {}): Promise<Model> {
  return withProgress(options?.onProgress, (onProgress) => fitQuietly(data, method, { ...options, onProgress }));
}

/**
 * Compares methods on the same splits, initial values and batch orders, showing its progress.
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
  return withProgress(options?.onProgress, (onProgress) => compareQuietly(data, { ...options, onProgress }));
}
