import { describeValue } from '../options/describe-value';
import { type ClassWeights, readLabelOptions } from './label-options';
import type { TaskSpec } from './task';

/** Options of {@link binary}. */
export interface BinaryOptions {
  /** The label column. @default the task's own name */
  readonly column?: string;
  /** The value that counts as positive. @default the larger of the two (`1`, `true`, the later in code-point order) */
  readonly positive?: string | number | boolean;
  /** Loss weight of each class. @default every class weighs 1 */
  readonly classWeights?: ClassWeights;
  /**
   * What the task's loss is multiplied by, above 0: in the sum that is trained, in the score of an epoch, and in what a balancing method sees of
   * the task (its loss and its row of gradients). Balancing comes on top of it. @default 1
   */
  readonly lossWeight?: number;
}

/**
 * A task with two classes: its label column holds exactly two distinct values (numbers, booleans or strings); missing labels are masked.
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on a negative or infinite class weight, or a loss weight that is not above 0
 * @example
 * binary({ column: 'outcome', positive: 'died', classWeights: 'balanced' })
 */
export function binary(options: BinaryOptions = {}): TaskSpec {
  const read = readLabelOptions('binary(options)', options, ['column', 'positive', 'classWeights', 'lossWeight']);
  if (read.positive !== undefined && !['string', 'number', 'boolean'].includes(typeof read.positive)) {
    throw new TypeError(`binary(options): positive must be one of the two label values; got ${describeValue(read.positive)}`);
  }
  return { kind: 'binary', ...read };
}
