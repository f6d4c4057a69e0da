import { optionError, optionName } from '../options/option-error';
import {
  type CallSpecs,
  COUNT,
  checkOption,
  choiceOption,
  type FilledOptions,
  type FilledSpec,
  functionOption,
  numberOption,
  type OptionalSpec,
  optional,
  optionalOption,
  readCall,
  withFlag,
} from '../options/spec';
import type { Start } from './initial-values';
import { adam, type Optimizer } from './optimizer';
import type { ProgressEvent } from './progress';
import { type CheckedTaskSampling, checkTaskSampling, type TaskSampling, taskSamplingOption } from './task-sampling';

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

/** How a setting is checked, and what it is to a study that keeps its runs. */
interface SettingFacts {
  /**
   * Whether runs that differ in it are different runs: `'always'`; `'changed'`, only where it differs from its default, so that runs that were kept before
   * there was such a setting stay known; `'elsewhere'`, which the parts of a run's identity show that it decides; `'never'`, since numbers do not depend on it.
   */
  readonly identity: 'always' | 'changed' | 'elsewhere' | 'never';
  /** Whether results say it, and a plan that is made of them is trained with it. */
  readonly recorded: boolean;
}

type Setting<Spec> = Spec & SettingFacts;

/** Settings that have no value of their own where they are left out. */
export type AbsentSettings = 'learningRate' | 'patience' | 'validation' | 'clipNorm' | 'taskSampling' | 'signal' | 'onProgress';

const isOptimizer = (value: unknown): value is Optimizer => typeof (value as Optimizer | null | undefined)?.update === 'function';

/** An optimizer. */
const optimizerOption: FilledSpec<Optimizer> = {
  type: 'adam() | adamw() | sgd()',
  default: adam(),
  doc: 'how a step follows from the gradients',
  otherwise: 'adam()',
  fault: (value) => (isOptimizer(value) ? undefined : { kind: 'type', expected: 'made by adam(), adamw() or sgd()' }),
};

const signalOption: OptionalSpec<AbortSignal> = optionalOption('an AbortSignal', 'stops training at the next step', (value) =>
  typeof (value as AbortSignal | null)?.aborted === 'boolean' ? undefined : 'type',
);

/** Every setting: its check, default, flag and text, and what it is to a run's identity. */
const table: {
  readonly [Name in keyof Required<TrainingSettings>]: Setting<CallSpecs<TrainingSettings, AbsentSettings>[Name]>;
} = {
  epochs: {
    ...withFlag(numberOption(100, 'passes over the training rows', COUNT), '--epochs N'),
    identity: 'always',
    recorded: true,
  },
  batchSize: { ...withFlag(numberOption(64, 'rows of a step', COUNT), '--batch-size N'), identity: 'always', recorded: true },
  optimizer: { ...optimizerOption, identity: 'elsewhere', recorded: true },
  learningRate: {
    ...withFlag(optional(numberOption(1e-3, 'learning rate', { above: 0 }), "the optimizer's; 1e-3 of Adam"), '--lr X'),
    identity: 'always',
    recorded: true,
  },
  schedule: {
    ...choiceOption('constant', ['constant', 'cosine'], 'how the learning rate falls over the training'),
    identity: 'always',
    recorded: true,
  },
  patience: {
    ...withFlag(optional(numberOption(10, 'stop after N epochs without a better validation loss', COUNT), 'never'), '--patience N'),
    identity: 'always',
    recorded: true,
  },
  stopping: {
    ...withFlag(
      choiceOption('joint', ['joint', 'perTask'], 'whose best epoch is kept: of the mean over the tasks, or of each task'),
      '--stopping WHICH',
    ),
    identity: 'changed',
    recorded: true,
  },
  validation: {
    ...withFlag(
      optional(
        numberOption(0, 'share of the rows for validation', { min: 0, below: 1 }),
        `0.15 with ${optionName('patience')}, per-task stopping or a choice to make, else 0`,
      ),
      '--validation X',
    ),
    // The rows of the split show it.
    identity: 'elsewhere',
    recorded: true,
  },
  clipNorm: {
    ...withFlag(optional(numberOption(1, "upper bound of the gradient's length", { above: 0 })), '--clip-norm X'),
    identity: 'always',
    recorded: true,
  },
  taskSampling: { ...taskSamplingOption, identity: 'changed', recorded: true },
  start: {
    ...withFlag(
      choiceOption(
        'constant',
        ['constant', 'glorot'],
        "what networks predict before training: near the training labels' mean or shares, or a random guess",
      ),
      '--start WHICH',
    ),
    identity: 'always',
    recorded: true,
  },
  signal: { ...signalOption, identity: 'never', recorded: false },
  onProgress: { ...functionOption('told about five times a second'), identity: 'never', recorded: false },
  mode: {
    ...choiceOption('auto', ['auto', 'eager'], 'eager computes op by op, without graphs'),
    identity: 'always',
    recorded: false,
  },
  memoryBudget: {
    ...numberOption(2 ** 30, 'bytes that one stack of models may take on the device', { min: 1 }),
    identity: 'never',
    recorded: false,
  },
};

/** How settings are checked, for functions that have further options. */
export const settingSpecs: CallSpecs<TrainingSettings, AbsentSettings> = table;

/** Names of the settings, for functions that have further options. */
export const settingNames: readonly (keyof TrainingSettings)[] = Object.keys(table) as (keyof TrainingSettings)[];

/** Settings that results say. */
export const recordedNames: readonly (keyof TrainingSettings)[] = settingNames.filter((name) => table[name].recorded);

/** Settings that were checked and filled in. */
export type CheckedSettings = Omit<FilledOptions<TrainingSettings, AbsentSettings>, 'taskSampling'> & {
  readonly learningRate: number;
  readonly validation: number;
  readonly taskSampling?: CheckedTaskSampling;
};

/**
 * Checks settings and fills in defaults.
 * @param who the function, for messages
 * @throws TypeError for an unknown setting or one of the wrong type, RangeError for a value out of range
 */
export function checkSettings(who: string, settings: TrainingSettings | undefined): CheckedSettings {
  const { taskSampling, ...filled } = readCall<TrainingSettings, AbsentSettings>(who, settingSpecs, settings);
  const { optimizer, patience, stopping } = filled;
  const learningRate = filled.learningRate ?? optimizer.learningRate;
  checkOption(who, 'learningRate', settingSpecs.learningRate, learningRate);
  const validation = filled.validation ?? (patience === undefined && stopping === 'joint' ? 0 : 0.15);
  const needs =
    patience !== undefined ? optionName('patience') : stopping === 'perTask' ? `${optionName('stopping')} "perTask"` : undefined;
  if (needs !== undefined && validation === 0)
    throw optionError(RangeError, who, `${needs} needs validation rows; set ${optionName('validation')} above 0, got 0`);
  return {
    ...filled,
    learningRate,
    validation,
    ...(taskSampling === undefined ? {} : { taskSampling: checkTaskSampling(who, taskSampling) }),
  };
}

/** The settings that a run's identity names, by themselves: in the order of the table, null where one is not set. */
export function identityOf(settings: CheckedSettings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    settingNames.flatMap((name) => {
      const { identity, default: usual } = table[name];
      const value = settings[name];
      const counts = identity === 'always' || (identity === 'changed' && value !== usual);
      return counts ? [[name, value ?? null]] : [];
    }),
  );
}

/** Settings as results say them: in the order of the table, an optimizer by its name and options, null where one is not set. */
export function recordOf(settings: CheckedSettings): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    recordedNames.flatMap((name): (readonly [string, unknown])[] => {
      const value = settings[name];
      if (isOptimizer(value))
        return [
          [name, value.name],
          ['optimizerOptions', value.options],
        ] as const;
      return value === undefined && table[name].identity === 'changed' ? [] : [[name, value ?? null]];
    }),
  );
}

/**
 * Refuses a batch that the user made larger than the training part, since the steps would not be what was asked for.
 * @param given the user's own `batchSize`; the default shrinks by itself
 * @throws RangeError when it is larger than `rows`
 */
export function checkBatchSize(who: string, given: number | undefined, rows: number): void {
  if (given !== undefined && given > rows)
    throw optionError(RangeError, who, `${optionName('batchSize')} must be at most the number of training rows, ${rows}, got ${given}`);
}
