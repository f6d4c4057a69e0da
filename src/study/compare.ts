import type { TaskData } from '../data/task-data';
import { longWork } from '../training/long-work';
import { settingNames } from '../training/settings';
import type { Comparison } from './comparison';
import { type DesignOptions, designNames, planObservations } from './observations';
import { checkNames, runStudy, type StudyOptions, studyNames } from './run-study';

/** Options of `compare`. */
export interface CompareOptions extends StudyOptions, DesignOptions {}

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
  return longWork(options, (own) => runCompare(data, own));
}

async function runCompare(data: TaskData, options: CompareOptions): Promise<Comparison> {
  checkNames('compare', options, [...studyNames, ...designNames, ...settingNames]);
  return runStudy('compare', data, options, (validation) => planObservations('compare', data, options, validation));
}
