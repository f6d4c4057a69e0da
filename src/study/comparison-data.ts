import type { ReliabilityBin } from '../metrics/calibration';
import type { RowVariances } from './answers';
import type { RunEvidence } from './evidence';

/** What one run of a comparison gave, as plain data. */
export interface RunRecord {
  readonly method: string;
  /** Names the split and initialization, the same for all methods. */
  readonly seed: number;
  /** Repeat and fold from 0, in a cross-validation. */
  readonly repeat?: number;
  readonly fold?: number;
  /** Test metrics per task and metric; NaN (JSON: null) where the test rows leave one undefined. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The same on the training rows. */
  readonly trainMetrics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Reliability bins of the test rows' probabilities, per binary or multiclass task. */
  readonly reliability: Readonly<Record<string, readonly ReliabilityBin[]>>;
  /** Metrics over all tasks, for instance `macroF1`. */
  readonly overall: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly steps: number;
  /** Mean training loss per task and epoch; NaN where it was not finite. */
  readonly trainLosses: Readonly<Record<string, readonly number[]>>;
  /** Validation loss per task and epoch; empty without validation rows. */
  readonly validationLosses: Readonly<Record<string, readonly number[]>>;
  /** Epoch whose parameters were kept, per task. */
  readonly bestEpochs: Readonly<Record<string, number>>;
  /** Task weights in task order at some steps; empty where nothing is balanced. */
  readonly weights: readonly { readonly step: number; readonly values: readonly number[] }[];
  /** Products of the tasks' gradients, as the method reads them, at some steps; empty where it does not need them. */
  readonly gradients: readonly { readonly step: number; readonly gramian: readonly (readonly number[])[] }[];
  /**
   * Per task its share of the learned numbers: those of the network that predicts it, over the tasks that this network predicts; with
   * `stopping: 'perTask'` those of the set of parameters that predicts it.
   */
  readonly parameters: Readonly<Record<string, number>>;
  readonly trainRows: number;
  readonly testRows: number;
  /** Why the run failed; its metrics are then NaN. */
  readonly failure?: string;
  /** What its single test rows say; absent where the run failed, and in files that were written without it. */
  readonly evidence?: RunEvidence;
}

/** A method of a comparison, as plain data. */
export interface MethodRecord {
  readonly name: string;
  /** Architecture, balancing and their options. */
  readonly definition: unknown;
  /** Learned numbers of one run, all its networks together; the mean over runs where tuning or per-task stopping made different ones. */
  readonly parameters: number;
  /** True for single-task learning. */
  readonly separate: boolean;
}

/** A task of a comparison, as plain data. */
export interface TaskRecord {
  readonly name: string;
  readonly kind: string;
  readonly classes: readonly string[];
  /** The metric that verdicts go by. */
  readonly metric: string;
  readonly better: 'higher' | 'lower';
  /** The options of its kind, where any was given. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** A proper score that is looked at beside the metric; absent where that is one. */
  readonly proper?: { readonly name: string; readonly better: 'higher' | 'lower' };
}

/** What tuning chose for one seed, and by what. */
export interface TuningChoice {
  readonly seed: number;
  /** The task whose network it is, in single-task learning; null where one model serves all tasks. */
  readonly task: string | null;
  /** `[candidates]`: validation loss (mean over tasks where `task` is null) of the best epoch; NaN where the run failed. */
  readonly losses: readonly number[];
  /** `[candidates]`: epochs trained; less than all where successive halving gave up. */
  readonly epochs: readonly number[];
  /** Index of the candidate that was chosen. */
  readonly chosen: number;
  /** `[candidates]`: what each changes, where the seed drew its own; absent where all seeds have those of the record. */
  readonly candidates?: readonly Readonly<Record<string, unknown>>[];
}

/** What was tried for one method. */
export interface TuningRecord {
  /** `[candidates]`: what each changes of the method as it was given; empty where each seed drew its own, which are with the choices. */
  readonly candidates: readonly Readonly<Record<string, unknown>>[];
  readonly choices: readonly TuningChoice[];
  /** Seconds of training, all candidates and seeds together. */
  readonly seconds: number;
}

/** What made the numbers. */
export interface Versions {
  readonly taskloom: string;
  readonly node: string;
  readonly tensorflow: string;
  /** `native` or `portable`, with the platform. */
  readonly backend: string;
}

/** All of a comparison as plain data: what `toJSON` gives and `fromJSON` takes. */
export interface ComparisonData {
  readonly format: 'taskloom-comparison';
  readonly version: 1;
  readonly rows: number;
  readonly features: number;
  readonly tasks: readonly TaskRecord[];
  readonly methods: readonly MethodRecord[];
  /** The splits and initializations that every method was run on: seeds, or folds counted through the repeats. */
  readonly seeds: readonly number[];
  readonly versions: Versions;
  /** Hash of the table: tasks, labels and inputs. */
  readonly fingerprint: string;
  readonly baseline: string;
  /** How runs were trained and split. */
  readonly design: Readonly<Record<string, unknown>>;
  /** Correlation of the scores of two seeds at most, by the rows that their splits share; 0 where all seeds test on the same rows. */
  readonly rho: number;
  /** The smallest difference that matters per task, in units of its metric; above 0. */
  readonly margin: Readonly<Record<string, number>>;
  /** The method that is looked at first; undefined where there is only the baseline. */
  readonly primary?: string;
  /** What the verdicts need of the runs' evidence, by method; only where the evidence itself is left out. */
  readonly rowVariances?: Readonly<Record<string, RowVariances>>;
  readonly alpha: number;
  readonly runs: readonly RunRecord[];
  /** By method, what was tried and chosen on validation rows; of the candidates only the chosen one's test scores are looked at. */
  readonly tuning?: Readonly<Record<string, TuningRecord>>;
  readonly notes: readonly string[];
}
