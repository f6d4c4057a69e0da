/** What the user says of a task: made by a kind of task such as `binary()` or `regression()`, with that kind's options as further fields. */
export interface TaskSpec {
  /** The name of the kind. */
  readonly kind: string;
  /** The label column. @default the task's own name */
  readonly column?: string;
  /** What the task's loss is multiplied by, before any balancing. @default 1 */
  readonly lossWeight?: number;
  /** The metric that verdicts go by. @default the first of its kind */
  readonly metric?: string;
}

/** A task whose labels were read: what models, losses and metrics need to know of it. */
export interface Task {
  readonly name: string;
  /** The name of its kind, see `kinds`. */
  readonly kind: string;
  /** The label column. */
  readonly column: string;
  /** Further columns that the labels were read from; absent where there is none. */
  readonly otherColumns?: readonly string[];
  /** Names of the classes in code order (binary: [negative, positive]); empty for kinds without classes. */
  readonly classes: readonly string[];
  /** Columns of the head's output: 1 for binary, the classes of multiclass, positions x classes of tagging, 2 of a proportion. */
  readonly outputs: number;
  /** Loss weight of each class in code order; undefined where all weigh 1. */
  readonly classWeights?: readonly number[] | 'balanced';
  /** What its loss is multiplied by; undefined where that is 1. */
  readonly lossWeight?: number;
  /** The options that the user gave, as data; absent without any. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** The metric that verdicts go by; undefined where that is the first of its kind. */
  readonly metric?: string;
}

/** Labels of one task: class codes or values, NaN where missing. `[rows]`, or `[rows, length]` where a row has several. */
export interface Labels {
  readonly task: Task;
  readonly values: Float64Array;
  /** Label cells per row: 1, the sequence length for tagging, 2 for a count with its exposure. */
  readonly length: number;
}

/** What training needs to know of one task's labels, counted on the training rows. */
export interface FittedTarget {
  readonly name: string;
  /** Labels that are present in the training rows (positions, for tagging). */
  readonly count: number;
  /** What the kind's `fit` says: the mean of the training labels of a regression, events per unit of exposure of a count; 0 without. */
  readonly mean: number;
  /** What the kind's `fit` says: the standard deviation of the training labels of a regression, 1 where they are all equal; 1 without. */
  readonly sd: number;
  /** Training labels of each class in code order; empty for kinds without classes. */
  readonly classCounts: readonly number[];
  /** Loss weight of each class in code order, `'balanced'` resolved; undefined where all weigh 1. */
  readonly classWeights?: readonly number[];
}
