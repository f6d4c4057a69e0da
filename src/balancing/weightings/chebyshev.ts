import { perTaskOption } from '../../options/spec';
import type { MethodFactory, Weighting } from '../balancing';
import { checkPerTask } from '../check';
import { defineWeighting } from '../define-weighting';

/** Options of {@link chebyshev}. */
export interface ChebyshevOptions {
  /** Preference of each task. @default 1 / tasks */
  readonly weights?: readonly number[] | null;
  /** Ideal loss of each task. @default 0 */
  readonly reference?: readonly number[] | null;
}

/**
 * Chebyshev scalarization (Bowman 1976, "On the relationship of the Tchebycheff norm and the efficient frontier of multiple-criteria
 * objectives"): the largest weighted loss max_t w_t (L_t - z_t). Only the worst task has a weight; tasks that tie share it.
 *
 * A task without a label in a batch is left out of the maximum.
 */
export const chebyshev: MethodFactory<ChebyshevOptions, Weighting> = defineWeighting<ChebyshevOptions>({
  name: 'chebyshev',
  title: 'Chebyshev',
  paper: {
    authors: 'Bowman',
    year: 1976,
    title: 'On the Relationship of the Tchebycheff Norm and the Efficient Frontier of Multiple-Criteria Objectives',
  },
  needs: 'losses',
  options: {
    weights: perTaskOption('preference of each task; null: 1 / tasks', { min: 0 }),
    reference: perTaskOption('ideal loss of each task; null: 0'),
  },
  create({ weights, reference }) {
    const terms = (losses: readonly number[]): { w: readonly number[]; terms: number[] } => {
      if (weights !== null) checkPerTask('chebyshev', 'weights', weights, losses.length);
      if (reference !== null) checkPerTask('chebyshev', 'reference', reference, losses.length);
      const w = weights ?? losses.map(() => 1 / losses.length);
      return { w, terms: losses.map((loss, t) => w[t]! * (loss - (reference?.[t] ?? 0))) };
    };
    return {
      step({ losses }, state) {
        const { w, terms: weighted } = terms(losses);
        const largest = Math.max(...weighted);
        const ties = weighted.filter((value) => value === largest).length;
        return { weights: weighted.map((value, t) => (value === largest ? w[t]! / ties : 0)), state };
      },
      value: ({ losses }) => Math.max(...terms(losses).terms),
    };
  },
});
