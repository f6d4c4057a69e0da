import type { MissingMarkers } from '../cells/cell';
import type { Labels, Task } from '../tasks/task';

/** One input column as it was read; encoding (standardizing, imputing, one-hot) is fitted on training rows only. */
export type InputColumn =
  | { readonly name: string; readonly kind: 'numeric' /** `[rows]`, NaN where missing. */; readonly values: Float64Array }
  | {
      readonly name: string;
      readonly kind: 'categorical';
      /** `[rows]`, -1 where missing. */
      readonly codes: Int32Array;
      readonly categories: readonly string[];
    };

/** An input that is no table column: an image, a token sequence, a spectrogram. Row-major, `[rows, ...shape]`. */
export interface InputTensor {
  readonly kind: 'tensor';
  /** Shape of one row, for instance `[28, 28, 1]` (height, width, channels) or `[length]` for token ids. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** For token or entity ids: how many ids there are (0 = padding). */
  readonly vocabulary?: number;
  /** Stands for how the values were made, for instance from which vocabulary: a model refuses inputs that were made another way. */
  readonly fingerprint?: string;
  /** The first row, from 0, that was longer than the tensor and lost its end; absent where none was. */
  readonly cutRow?: number;
}

/** A table read for multi-task learning; immutable. Made by `taskData`. */
export interface TaskData {
  readonly rows: number;
  readonly tasks: readonly Task[];
  readonly labels: readonly Labels[];
  /** Table columns, or one tensor. */
  readonly inputs: readonly InputColumn[] | InputTensor;
  /** Group code of each row (rows of one group are never on both sides of a split). */
  readonly groups?: Int32Array;
  /** Time of each row (a time split trains on the past). */
  readonly time?: Float64Array;
  /** Things a user should know: constant inputs, rows without any label, ... */
  readonly notes: readonly string[];
  /** Row of the table that each row comes from; absent where no row was dropped. `[rows]` */
  readonly sourceRows?: Int32Array;
  /** How many rows of the table were dropped for having no label; absent where none was. */
  readonly droppedRows?: number;
  /** Declared markers of missing values, which tables read for prediction obey too. */
  readonly missing?: MissingMarkers;
}

/** Row indices of the parts of a split. `validation` may be empty. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

/** Whether inputs are one tensor (an image, a sequence) and not table columns. */
export function isTensor(inputs: unknown): inputs is InputTensor {
  return typeof inputs === 'object' && inputs !== null && (inputs as Partial<InputTensor>).kind === 'tensor';
}
