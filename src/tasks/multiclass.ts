import { type ClassWeights, readLabelOptions } from './label-options';
import type { TaskSpec } from './task';

/** Options of {@link multiclass}. */
export interface MulticlassOptions {
  /** The label column. @default the task's own name */
  readonly column?: string;
  /** Loss weight of each class. @default every class weighs 1 */
  readonly classWeights?: ClassWeights;
  /**
   * What the task's loss is multiplied by, above 0: in the sum that is trained, in the score of an epoch, and in what a balancing method sees of
   * the task (its loss and its row of gradients). Balancing comes on top of it. @default 1
   */
  readonly lossWeight?: number;
}

/**
 * A task with two or more exclusive classes (numbers, booleans or strings); missing labels are masked.
 *
 * Classes are coded in ascending order: numbers by value, strings by code point.
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on a negative or infinite class weight, or a loss weight that is not above 0
 * @example
 * multiclass({ column: 'speaker' })
 */
export function multiclass(options: MulticlassOptions = {}): TaskSpec {
  return { kind: 'multiclass', ...readLabelOptions('multiclass(options)', options, ['column', 'classWeights', 'lossWeight']) };
}
