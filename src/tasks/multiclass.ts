import { type ClassWeights, readLabelOptions } from './label-options';
import type { TaskSpec } from './task';

/** Options of {@link multiclass}. */
export interface MulticlassOptions {
  /** The label column. @default the task's own name */
  readonly column?: string;
  /** Loss weight of each class. @default every class weighs 1 */
  readonly classWeights?: ClassWeights;
}

/**
 * A task with two or more exclusive classes (numbers, booleans or strings); missing labels are masked.
 *
 * Classes are coded in ascending order: numbers by value, strings by code point.
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on a negative or infinite class weight
 * @example
 * multiclass({ column: 'speaker' })
 */
export function multiclass(options: MulticlassOptions = {}): TaskSpec {
  return { kind: 'multiclass', ...readLabelOptions('multiclass(options)', options, ['column', 'classWeights']) };
}
