import { withDefaults } from '../options/check';
import { requireSome } from './axes';
import type { Figure } from './figure';
import { linePanels } from './lines';

/** The weights that one method gives the tasks over training. */
export interface WeightHistory {
  readonly method: string;
  /** `[points]`: steps or epochs. */
  readonly steps: readonly number[];
  readonly tasks: readonly string[];
  /** `[tasks, points]`. */
  readonly weights: readonly (readonly number[])[];
}

/** How weights are drawn. */
export interface WeightsOptions {
  readonly title?: string;
  /** What `steps` counts. @default 'step' */
  readonly unit?: string;
}

/**
 * Which task counts how much while training: a panel per method, a line per task.
 *
 * @throws RangeError when there is no history; TypeError when a line's length is not the number of steps.
 */
export function weights(histories: readonly WeightHistory[], options: WeightsOptions = {}): Figure {
  requireSome('weights', histories, 'histories');
  const { title, unit } = withDefaults<Required<WeightsOptions>>('plots.weights', options, {
    title: 'Task weights over training',
    unit: 'step',
  });
  return linePanels({
    title,
    text: `Task weights of ${histories.map((history) => history.method).join(', ')}`,
    panels: histories.map((history) => ({
      title: history.method,
      lines: history.tasks.map((name, task) => ({ name, x: history.steps, y: history.weights[task] ?? [] })),
    })),
    xTitle: unit,
    yTitle: 'weight',
  });
}
