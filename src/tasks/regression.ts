import { readLabelOptions } from './label-options';
import type { TaskSpec } from './task';

/** Options of {@link regression}. */
export interface RegressionOptions {
  /** The label column. @default the task's own name */
  readonly column?: string;
  /**
   * What the task's loss is multiplied by, above 0: in the sum that is trained, in the score of an epoch, and in what a balancing method sees of
   * the task (its loss and its row of gradients). Balancing comes on top of it. @default 1
   */
  readonly lossWeight?: number;
}

/**
 * A task that predicts a number; missing labels are masked, targets are standardised by the training rows' mean and deviation.
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on a loss weight that is not above 0
 * @example
 * regression({ column: 'cd420' })
 */
export function regression(options: RegressionOptions = {}): TaskSpec {
  return { kind: 'regression', ...readLabelOptions('regression(options)', options, ['column', 'lossWeight']) };
}
