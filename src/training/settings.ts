import { checkInteger, checkNumber, withDefaults } from '../options/check';
import type { Start } from './initial-values';
import { adam, type Optimizer } from './optimizer';
import type { ProgressEvent } from './progress';
import type { TrainingOptions } from './stack/training-options';
import { checkTaskSampling, type TaskSampling } from './task-sampling';

/** How models are trained, for `fit` and `compare` alike. */
export interface TrainingSettings {
  /** Passes over the training rows. @default 100 */
  readonly epochs?: number;
  /** Rows of a step; at most as many as there are training rows. @default 64, or all training rows where there are fewer */
  readonly batchSize?: number;
  /** `adam()`, `adamw()` or `sgd()`. @default adam() */
  readonly optimizer?: Optimizer;
  /** Overrides the optimizer's own. @default the optimizer's */
  readonly learningRate?: number;
  /** How the learning rate falls over the training. @default 'constant' */
  readonly schedule?: 'constant' | 'cosine';
  /** Stop a model after this many epochs without a better validation loss; its best epoch is kept. @default never */
  readonly patience?: number;
  /**
   * Whose best epoch is kept, by the loss on validation rows. `'joint'`: that of the lowest mean over a network's tasks. `'perTask'`: each
   * task's predictions come from the epoch that was best for this task, and a network stops after `patience` epochs in which none of the tasks
   * that it predicts had a better loss; a trained model then holds a set of parameters for each of these epochs, and counts them all.
   * Single-task networks always go by their own task, so `'perTask'` chooses epochs alike for all methods. What an architecture solves
   * without epochs has no use for it. @default 'joint'
   */
  readonly stopping?: 'joint' | 'perTask';
  /** Share of the rows for validation, in [0, 1). @default 0.15 where `patience` is set or `stopping` is 'perTask', else 0 */
  readonly validation?: number;
  /** Upper bound of the gradient's Euclidean norm, all parameters together. @default none */
  readonly clipNorm?: number;
  /**
   * Draw rows by task: 'proportional', 'uniform', 'annealed' or `{ temperature }`, for data sets of unequal size (see `joinData`) and rare
   * labels. Networks of one task are trained as without it. @default every row once an epoch, in random order
   */
  readonly taskSampling?: TaskSampling;
  /**
   * What a network predicts before its first step. `'constant'`: the constant with the lowest loss on the training labels, the classes' shares
   * (with class weights: the weighted shares) or the mean; biases of the heads give it, their weights are a hundredth of what `'glorot'`
   * draws. `'glorot'`: a random guess, weights of the heads after Glorot & Bengio (2010) and biases 0, whose loss is several times the
   * constant's; to compare with results that were got so. All other parameters start alike. @default 'constant'
   */
  readonly start?: Start;
  /** Stops training at the next step; what is finished is returned. */
  readonly signal?: AbortSignal;
  /** Told about five times a second. */
  readonly onProgress?: (event: ProgressEvent) => void;
  /** `eager` computes op by op, without graphs: slower, for looking into a step. @default 'auto' */
  readonly mode?: 'auto' | 'eager';
  /** Bytes that one stack of models may take on the device. @default 2 ** 30 */
  readonly memoryBudget?: number;
}

/** Settings that were checked and filled in. */
export interface CheckedSettings extends TrainingOptions {
  readonly stopping: 'joint' | 'perTask';
  readonly learningRate: number;
  readonly validation: number;
  readonly start: Start;
  readonly memoryBudget: number;
  readonly onProgress?: (event: ProgressEvent) => void;
}

/** Names of the settings, for functions that have further options. */
export const settingNames: readonly (keyof TrainingSettings)[] = [
  'epochs',
  'batchSize',
  'optimizer',
  'learningRate',
  'schedule',
  'patience',
  'stopping',
  'validation',
  'clipNorm',
  'taskSampling',
  'start',
  'signal',
  'onProgress',
  'mode',
  'memoryBudget',
];

/**
 * Checks settings and fills in defaults.
 * @param who the function, for messages
 * @throws TypeError for an unknown setting, RangeError for a value out of range
 */
export function checkSettings(who: string, settings: TrainingSettings | undefined): CheckedSettings {
  const filled = withDefaults<TrainingSettings>(who, settings, {
    epochs: 100,
    batchSize: 64,
    optimizer: adam(),
    schedule: 'constant',
    stopping: 'joint',
    start: 'constant',
    mode: 'auto',
    memoryBudget: 2 ** 30,
    ...Object.fromEntries(
      settingNames
        .filter((name) => !['epochs', 'batchSize', 'optimizer', 'schedule', 'stopping', 'start', 'mode', 'memoryBudget'].includes(name))
        .map((name) => [name, undefined]),
    ),
  });
  const {
    epochs,
    batchSize,
    optimizer,
    schedule,
    patience,
    stopping,
    start,
    clipNorm,
    taskSampling,
    signal,
    onProgress,
    mode,
    memoryBudget,
  } = filled;
  checkInteger(who, 'epochs', epochs, 1);
  checkInteger(who, 'batchSize', batchSize, 1);
  if (typeof optimizer?.update !== 'function')
    throw new TypeError(`${who}: optimizer must be made by adam(), adamw() or sgd(), got ${JSON.stringify(optimizer)}`);
  const learningRate = filled.learningRate ?? optimizer.learningRate;
  checkNumber(who, 'learningRate', learningRate, Number.MIN_VALUE);
  if (schedule !== 'constant' && schedule !== 'cosine')
    throw new RangeError(`${who}: schedule must be "constant" or "cosine", got ${JSON.stringify(schedule)}`);
  if (patience !== undefined) checkInteger(who, 'patience', patience, 1);
  if (stopping !== 'joint' && stopping !== 'perTask')
    throw new RangeError(`${who}: stopping must be "joint" or "perTask", got ${JSON.stringify(stopping)}`);
  if (start !== 'constant' && start !== 'glorot')
    throw new RangeError(`${who}: start must be "constant" or "glorot", got ${JSON.stringify(start)}`);
  const validation = filled.validation ?? (patience === undefined && stopping === 'joint' ? 0 : 0.15);
  checkNumber(who, 'validation', validation, 0, 1, true);
  if (patience !== undefined && validation === 0)
    throw new RangeError(`${who}: patience needs validation rows; set validation above 0, got 0`);
  if (stopping === 'perTask' && validation === 0)
    throw new RangeError(`${who}: stopping "perTask" needs validation rows; set validation above 0, got 0`);
  if (clipNorm !== undefined) checkNumber(who, 'clipNorm', clipNorm, Number.MIN_VALUE);
  if (mode !== 'auto' && mode !== 'eager') throw new RangeError(`${who}: mode must be "auto" or "eager", got ${JSON.stringify(mode)}`);
  checkNumber(who, 'memoryBudget', memoryBudget, 1);
  return {
    epochs: epochs!,
    batchSize: batchSize!,
    optimizer,
    learningRate,
    validation,
    stopping,
    start,
    mode,
    memoryBudget: memoryBudget!,
    ...(schedule === 'cosine' ? { schedule: (share: number): number => (1 + Math.cos(Math.PI * share)) / 2 } : {}),
    ...(patience === undefined ? {} : { patience }),
    ...(clipNorm === undefined ? {} : { clipNorm }),
    ...(taskSampling === undefined ? {} : { taskSampling: checkTaskSampling(who, taskSampling) }),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
}

/**
 * Refuses a batch that the user made larger than the training part, since the steps would not be what was asked for.
 * @param given the user's own `batchSize`; the default shrinks by itself
 * @throws RangeError when it is larger than `rows`
 */
export function checkBatchSize(who: string, given: number | undefined, rows: number): void {
  if (given !== undefined && given > rows)
    throw new RangeError(`${who}: batchSize must be at most the number of training rows, ${rows}, got ${given}`);
}
