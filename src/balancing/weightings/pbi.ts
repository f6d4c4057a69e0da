import { numberOption, perTaskOption } from '../../options/spec';
import type { MethodFactory, Weighting } from '../balancing';
import { checkPerTask } from '../check';
import { defineWeighting } from '../define-weighting';

/** Under the root, so that the distance has a gradient on the preference direction. */
const EPSILON = 1e-12;

/** Options of {@link pbi}. */
export interface PbiOptions {
  /** Direction of preference. @default 1 for each task */
  readonly weights?: readonly number[] | null;
  /** Penalty on the distance from the direction. @default 5 */
  readonly theta?: number;
  /** Ideal loss of each task. @default 0 */
  readonly reference?: readonly number[] | null;
}

/**
 * Penalty-based boundary intersection (Zhang, Li 2007, "MOEA/D"): d1 + theta d2, the length of the losses along the preference
 * direction plus a penalty on their distance from it. Weights of well-served tasks can be negative.
 *
 * A task without a label in a batch is left out: direction and distance are those of the other tasks.
 */
export const pbi: MethodFactory<PbiOptions, Weighting> = defineWeighting<PbiOptions>({
  name: 'pbi',
  title: 'Penalty-based boundary intersection',
  paper: { authors: 'Zhang, Li', year: 2007, title: 'MOEA/D: A Multiobjective Evolutionary Algorithm Based on Decomposition' },
  needs: 'losses',
  options: {
    weights: perTaskOption('direction of preference; null: 1 for each task', { min: 0 }),
    theta: numberOption(5, 'penalty on the distance from the direction', { min: 0 }),
    reference: perTaskOption('ideal loss of each task; null: 0'),
  },
  create({ weights, theta, reference }) {
    if (weights?.every((value) => value === 0)) throw new RangeError("pbi(options): option 'weights' must not be all zero");
    const parts = (losses: readonly number[]): { direction: number[]; along: number; across: number[]; distance: number } => {
      if (weights !== null) checkPerTask('pbi', 'weights', weights, losses.length);
      if (reference !== null) checkPerTask('pbi', 'reference', reference, losses.length);
      const w = weights ?? losses.map(() => 1);
      const length = Math.hypot(...w);
      const direction = w.map((value) => value / length);
      const shifted = losses.map((loss, t) => loss - (reference?.[t] ?? 0));
      const along = shifted.reduce((sum, value, t) => sum + value * direction[t]!, 0);
      const across = shifted.map((value, t) => value - along * direction[t]!);
      return { direction, along, across, distance: Math.sqrt(across.reduce((sum, value) => sum + value * value, EPSILON)) };
    };
    return {
      step({ losses }, state) {
        const { direction, across, distance } = parts(losses);
        return { weights: direction.map((value, t) => value + (theta * across[t]!) / distance), state };
      },
      value({ losses }) {
        const { along, distance } = parts(losses);
        return along + theta * distance;
      },
    };
  },
});
