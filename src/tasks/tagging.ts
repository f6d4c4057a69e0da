import { type ClassWeights, readLabelOptions } from './label-options';
import type { TaskSpec } from './task';

/** Options of {@link tagging}. */
export interface TaggingOptions {
  /** The label column. @default the task's own name */
  readonly column?: string;
  /** Loss weight of each tag. @default every tag weighs 1 */
  readonly classWeights?: ClassWeights;
  /**
   * What the task's loss is multiplied by, above 0: in the sum that is trained, in the score of an epoch, and in what a balancing method sees of
   * the task (its loss and its row of gradients). Balancing comes on top of it. @default 1
   */
  readonly lossWeight?: number;
}

/**
 * A task that gives each position of a sequence a class.
 *
 * A cell of the label column is an array of tags, or one string of tags separated by blanks; positions past its end are masked, and so
 * is a missing tag inside an array (`null`).
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on a negative or infinite class weight, or a loss weight that is not above 0
 * @example
 * tagging({ column: 'slots' })
 */
export function tagging(options: TaggingOptions = {}): TaskSpec {
  return { kind: 'tagging', ...readLabelOptions('tagging(options)', options, ['column', 'classWeights', 'lossWeight']) };
}
