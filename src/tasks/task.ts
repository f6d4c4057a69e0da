/** What a task predicts. */
export type TaskKind = 'binary' | 'multiclass' | 'regression' | 'tagging';

const everyKind: Readonly<Record<TaskKind, true>> = { binary: true, multiclass: true, regression: true, tagging: true };

/** All kinds of tasks. */
export const taskKinds: readonly TaskKind[] = Object.keys(everyKind) as TaskKind[];

/** What the user says of a task: made by `binary()`, `multiclass()`, `regression()` or `tagging()`. */
export interface TaskSpec {
  readonly kind: TaskKind;
  /** The label column. @default the task's own name */
  readonly column?: string;
  /** Loss weight of each class, by the class's name (classification only). `'balanced'` = rows / (classes x rows of the class). */
  readonly classWeights?: 'balanced' | Readonly<Record<string, number>>;
  /** What the task's loss is multiplied by, before any balancing. @default 1 */
  readonly lossWeight?: number;
  /** The value of a binary task that counts as positive. @default the larger of the two */
  readonly positive?: string | number | boolean;
}

/** A task whose labels were read: what models, losses and metrics need to know of it. */
export interface Task {
  readonly name: string;
  readonly kind: TaskKind;
  readonly column: string;
  /** Names of the classes in code order (binary: [negative, positive]); empty for regression. */
  readonly classes: readonly string[];
  /** Columns of the head's output: 1 for binary and regression, the classes of multiclass, positions x classes of tagging. */
  readonly outputs: number;
  /** Loss weight of each class in code order; undefined where all weigh 1. */
  readonly classWeights?: readonly number[] | 'balanced';
  /** What its loss is multiplied by; undefined where that is 1. */
  readonly lossWeight?: number;
}
