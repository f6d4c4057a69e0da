import type { TaskData } from '../data/task-data';
import { checkNumber } from '../options/check';
import { longWork } from '../training/long-work';
import { settingNames } from '../training/settings';
import type { Comparison } from './comparison';
import { type DesignOptions, designNames, planObservations } from './observations';
import { checkNames, runStudy, type StudyOptions, studyNames } from './run-study';
import { compareUntilDecided } from './sequential';

/** Options of `compare`. */
export interface CompareOptions extends StudyOptions, Omit<DesignOptions, 'seeds'> {
  /**
   * How many seeds (0, 1, 2, ...), or which; each draws a split, an initialization and batch orders, the same for all methods. `'auto'`: 10, then 20,
   * then 40, until the primary method's average is decided, going on is futile or `timeLimit` is near; looks spend alpha, and stopping early is said.
   * @default 'auto', or the seeds of `splits`
   */
  readonly seeds?: number | readonly number[] | 'auto';
  /** Seconds that `seeds: 'auto'` may take in all; the first 10 seeds are always trained. @default 600 */
  readonly timeLimit?: number;
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
  return longWork(options, (own) => runCompare(data, own));
}

async function runCompare(data: TaskData, options: CompareOptions): Promise<Comparison> {
  checkNames('compare', options, ['timeLimit', ...studyNames, ...designNames, ...settingNames]);
  const { seeds, timeLimit, ...rest } = options;
  const fixed = rest.splits !== undefined || rest.design !== undefined;
  if (timeLimit !== undefined) checkNumber('compare', 'timeLimit', timeLimit, Number.MIN_VALUE);
  if (seeds === 'auto' || (seeds === undefined && !fixed)) {
    if (fixed)
      throw new TypeError(
        `compare: seeds 'auto' has no use with ${rest.splits === undefined ? 'design' : 'splits'}, which says how many runs there are; leave it out`,
      );
    return compareUntilDecided('compare', data, rest, timeLimit ?? 600);
  }
  if (timeLimit !== undefined) throw new TypeError("compare: timeLimit has no use but with seeds: 'auto'; leave one of them out");
  const design = { ...rest, ...(seeds === undefined ? {} : { seeds }) };
  return runStudy('compare', data, rest, (validation) => planObservations('compare', data, design, validation));
}
