import { type ClassWeights, readLabelOptions } from './label-options';
import { describeValue } from './options';
import type { TaskSpec } from './task';

/** Options of {@link binary}. */
export interface BinaryOptions {
  /** The label column. @default the task's own name */
  readonly column?: string;
  /** The value that counts as positive. @default the larger of the two (`1`, `true`, the later in code-point order) */
  readonly positive?: string | number | boolean;
  /** Loss weight of each class. @default every class weighs 1 */
  readonly classWeights?: ClassWeights;
}

/**
 * A task with two classes: its label column holds exactly two distinct values (numbers, booleans or strings); missing labels are masked.
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on a negative or infinite class weight
 * @example
 * binary({ column: 'outcome', positive: 'died', classWeights: 'balanced' })
 */
export function binary(options: BinaryOptions = {}): TaskSpec {
  const read = readLabelOptions('binary(options)', options, ['column', 'positive', 'classWeights']);
  if (read.positive !== undefined && !['string', 'number', 'boolean'].includes(typeof read.positive)) {
    throw new TypeError(`binary(options): positive must be one of the two label values; got ${describeValue(read.positive)}`);
  }
  return { kind: 'binary', ...read };
}
