import { readLabelOptions } from './label-options';
import type { TaskSpec } from './task';

/** Options of {@link regression}. */
export interface RegressionOptions {
  /** The label column. @default the task's own name */
  readonly column?: string;
}

/**
 * A task that predicts a number; missing labels are masked, targets are standardised by the training rows' mean and deviation.
 * @throws TypeError on an unknown option or an option of the wrong type
 * @example
 * regression({ column: 'cd420' })
 */
export function regression(options: RegressionOptions = {}): TaskSpec {
  return { kind: 'regression', ...readLabelOptions('regression(options)', options, ['column']) };
}
