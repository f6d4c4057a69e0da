import type { Tensor } from '@tensorflow/tfjs-core';
import type { ReliabilityBin } from '../metrics/calibration';
import type { Better } from '../metrics/delta-m';
import type { OptionSpecs } from '../options/spec';
import type { FittedTarget, Labels, Task, TaskSpec } from './task';

/** The columns that labels are read from, and how. */
export interface Reading<Options> {
  /** The beginning of every message: the task, its kind and its column. */
  readonly where: string;
  readonly column: string;
  readonly options: Options;
  /** The label column's cells, `[rows]`. */
  readonly cells: ArrayLike<unknown>;
  /** The cells of `otherColumns`, in that order. */
  readonly others: readonly ArrayLike<unknown>[];
  readonly missing: (cell: unknown) => boolean;
  /** Positions a row of the input, where that is a sequence. */
  readonly length?: number;
}

/** Labels as numbers. */
export interface ReadLabels {
  /** Names of the classes in code order; empty without classes. */
  readonly classes: readonly string[];
  /** Columns of the head's output. */
  readonly outputs: number;
  /** Class codes or numbers, NaN where missing, `[rows, length]`. */
  readonly values: Float64Array;
  /** Label cells per row. */
  readonly length: number;
}

/** What a loss is computed from: a batch of one task, or of neighboring tasks of one kind whose losses are one tensor. */
export interface LossBatch {
  /** Tasks. */
  readonly count: number;
  /** Classes per task. */
  readonly classes: number;
  /** Outputs of the heads, `[stack, batch, outputs]`, tasks side by side: all outputs of one, then those of the next. */
  readonly z: Tensor;
  /** Labels as `encode` made them, 0 where missing, `[stack, batch, cells]`, tasks side by side. */
  readonly labels: Tensor;
  /** 1 where there is a label, `[stack, batch, cells]`. */
  readonly mask: Tensor;
  /** Loss weights of the classes, `[stack, count x classes]`; undefined where all weigh 1. */
  readonly classWeights?: () => Tensor;
}

/** Loss sums of a batch and how they change with the outputs. */
export interface LossParts {
  /** `[stack, count]`; balancing methods that take logarithms refuse a loss below 0. */
  readonly sums: Tensor;
  /** What each label counts, `[stack, batch, n]`: n = count where tasks are joined, any number of cells of a single task. */
  readonly weight: Tensor;
  /** Derivatives of the sums by the outputs, `[stack, batch, outputs]`. */
  readonly slopes: () => Tensor;
}

/** What a metric is computed from. */
export interface Scored {
  readonly task: Task;
  /** `[rows]` or `[rows, length]` class codes or values, NaN where missing. */
  readonly labels: ArrayLike<number>;
  /** As `predict` gives them, row-major. */
  readonly predictions: ArrayLike<number>;
  /** `FittedTarget.mean` of the training part; NaN where unknown. */
  readonly trainMean: number;
  /** Label cells per row. */
  readonly length: number;
}

/** One metric of a kind. */
export interface KindMetric {
  /** `relative...` is an error over that of a constant prediction: its default margin is .02 (`src/study/margins.ts`). */
  readonly name: string;
  /** Whether it is in the unit of the label: its default margin is .02 standard deviations of the label. @default false */
  readonly inLabelUnit?: boolean;
  readonly better: Better;
  /** Whether a forecaster does best by saying what it believes (a proper scoring rule): log loss, squared error, deviance. */
  readonly proper?: boolean;
  /** Whether it suits a task; all without. */
  readonly suits?: (task: Task) => boolean;
  /** NaN where the labels leave it undefined. */
  readonly score: (scored: Scored) => number;
  /**
   * What each row adds to the metric: its influence, which sums to 0 over the rows and whose sum of squares is the variance of the metric by the
   * draw of the rows. `[rows]`, 0 for rows without label. Without it, the rows are left out one by one (jackknife).
   */
  readonly contributions?: (scored: Scored) => Float64Array;
}

/** Number of outputs of a prediction that a metric, a linear model or a chain can use as a single number: how it follows from the output. */
export type Link = 'identity' | 'logistic' | 'log';

/**
 * Everything that is known of a kind of task, in one place: how its labels are read, the head it needs, its loss, what it predicts, its metrics.
 * A kind is one file in `src/tasks/kinds` and one line in its `index.ts`.
 */
export interface Kind<Options extends TaskOptions = TaskOptions> {
  readonly name: string;
  /** What it predicts, in a few words. */
  readonly title: string;
  /** Its own options; `metric` is one of every kind. */
  readonly options: OptionSpecs<Omit<Options, 'metric'>>;
  /** Options that the command line takes without a name, in order: `count(years)`; the last one takes the rest where it is a list. */
  readonly positional?: readonly (keyof Options & string)[];
  /** Checks options that depend on each other, or that a spec cannot say. @throws TypeError or RangeError */
  readonly check?: (where: string, options: Options) => void;
  /** Columns that labels are read from besides the label column. */
  readonly otherColumns?: (options: Options) => readonly string[];
  /** @throws DataError when the cells are no labels of the kind */
  readonly read: (reading: Reading<Options>) => ReadLabels;
  /** Label cells per row of a task; 1 without. */
  readonly cells?: (task: Task) => number;
  /** Whether classes and outputs of a task (read from a file) go together. */
  readonly fits: (task: Task) => boolean;
  /** Whether a label belongs to a position of a sequence: the head works at every position. */
  readonly perPosition?: boolean;
  /** How a prediction follows from the single output; absent where there are several outputs or none of these forms. */
  readonly link?: Link;
  /** How labels compare: equal or not, in an order, or as numbers. */
  readonly scale: 'nominal' | 'ranked' | 'interval';
  /** The factor of the loss in a likelihood with a scale (uncertainty weighting): 1/2 for a squared error, 1 for a log likelihood. */
  readonly likelihoodFactor: number;
  /**
   * What is learned from the training labels: two numbers that `encode`, `constants` and `predict` get. Metrics get `mean`, the constant
   * prediction, as `trainMean`. Mean 0 and deviation 1 without. @param rows training rows
   */
  readonly fit?: (labels: Labels, rows: ArrayLike<number>) => { readonly mean: number; readonly sd: number };
  /** A label cell as the loss takes it, in float32, where that differs from the label. */
  readonly encode?: (value: number, target: FittedTarget, cell: number) => number;
  /** The outputs of the constant prediction with the lowest training loss: where a network starts. */
  readonly constants: (task: Task, target: FittedTarget) => number[];
  /** Rows that a split should divide evenly, stratum by stratum. */
  readonly strata: (labels: Labels, rows: number) => number[][];
  readonly loss: {
    /** Whether neighboring tasks of the kind are one tensor, so that the number of ops does not grow with the tasks. */
    readonly joins: boolean;
    readonly of: (batch: LossBatch) => LossParts;
  };
  /** Turns outputs `[rows, outputs]` into what a user reads: probabilities, values in the label's unit. It may write over `outputs`. */
  readonly predict: (outputs: Float64Array, task: Task, target: FittedTarget) => Float64Array;
  /** Columns of a table of predictions. @default one, with the numbers of `predict` */
  readonly columns?: (task: Task, predictions: Float64Array) => readonly (readonly [name: string, cells: (number | string)[]])[];
  /** The metrics, the primary one first. */
  readonly metrics: readonly KindMetric[];
  /** Bins of predicted probabilities and observed frequencies. */
  readonly reliability?: (scored: Scored) => ReliabilityBin[];
}

/** Options that every kind has. */
export interface TaskOptions {
  /** The label column. @default the task's own name */
  readonly column?: string;
  /**
   * What the task's loss is multiplied by, above 0: in the sum that is trained, in the score of an epoch, and in what a balancing method sees of
   * the task (its loss and its row of gradients). Balancing comes on top of it. @default 1
   */
  readonly lossWeight?: number;
  /** The metric that verdicts go by, one of the kind's (`kinds.binary.info.metrics`). @default the first of them */
  readonly metric?: string;
}

/** What is registered of a kind. */
export interface KindInfo {
  readonly name: string;
  readonly title: string;
  readonly options: readonly { readonly name: string; readonly type: string; readonly default: unknown; readonly doc: string }[];
  /** The metrics' names, the primary one first. */
  readonly metrics: readonly string[];
}

/** Makes what `taskData` takes for a task of the kind. */
export interface KindFactory<Options extends TaskOptions> {
  /**
   * @throws TypeError on an unknown option or an option of the wrong type
   * @throws RangeError on an option out of its range
   */
  (options?: Options): TaskSpec & Options;
  readonly info: KindInfo;
  /** The kind itself. */
  readonly kind: Kind<Options>;
}
