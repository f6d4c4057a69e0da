import type { TaskData } from '../data/task-data';
import { optionError, optionName } from '../options/option-error';
import { type CallSpecs, numberOption, type OptionalSpec, optional, withFlag } from '../options/spec';
import { longWork } from '../training/long-work';
import type { Comparison } from './comparison';
import { type DesignOptions, designSpecs, planObservations } from './observations';
import { type AbsentStudyCallOptions, readStudyCall, runStudy, type StudyOptions, studyCallSpecs } from './run-study';
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

type AbsentOptions = AbsentStudyCallOptions | 'timeLimit';

/** How many seeds, which, or `'auto'`. */
const seedsOption: OptionalSpec<NonNullable<CompareOptions['seeds']>> = withFlag(
  {
    ...designSpecs.seeds,
    type: `${designSpecs.seeds.type}, or 'auto'`,
    default: undefined,
    doc: 'how many seeds, or which: 10 or 3,7,11; or auto: 10, 20, 40 until it is decided',
    otherwise: `auto, or the seeds of ${optionName('splits')}`,
    fault: (value) => (value === 'auto' ? undefined : designSpecs.seeds.fault(value)),
  },
  '--seeds N | LIST',
);

/** How the options of `compare` are checked. */
export const compareSpecs: CallSpecs<CompareOptions, AbsentOptions> = {
  ...studyCallSpecs,
  seeds: seedsOption,
  timeLimit: withFlag(
    optional(
      numberOption(600, `seconds that ${optionName('seeds')} auto may take; the first 10 seeds are always trained`, { above: 0 }),
      '600',
    ),
    '--time-limit N',
  ),
};

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
  const who = 'compare';
  readStudyCall<CompareOptions, AbsentOptions>(who, compareSpecs, options);
  const { seeds, timeLimit, ...rest } = options;
  const fixed = rest.splits !== undefined || rest.design !== undefined;
  if (seeds === 'auto' || (seeds === undefined && !fixed)) {
    if (fixed) {
      const other = optionName(rest.splits === undefined ? 'design' : 'splits');
      throw optionError(
        TypeError,
        who,
        `${optionName('seeds')} 'auto' has no use with ${other}, which says how many runs there are; leave it out`,
      );
    }
    return compareUntilDecided(who, data, rest, timeLimit ?? 600);
  }
  if (timeLimit !== undefined)
    throw optionError(
      TypeError,
      who,
      `${optionName('timeLimit')} has no use but with ${optionName('seeds')}: 'auto'; leave one of them out`,
    );
  const design = { ...rest, ...(seeds === undefined ? {} : { seeds }) };
  return runStudy(who, data, rest, (validation) => planObservations(who, data, design, validation));
}
