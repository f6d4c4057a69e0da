import { requiredPerTaskOption } from '../../options/spec';
import type { MethodFactory, Weighting } from '../balancing';
import { checkPerTask } from '../check';
import { defineWeighting } from '../define-weighting';

/** Options of {@link fixed}. */
export interface FixedOptions {
  /** One weight a task. Required. */
  readonly weights: readonly number[];
}

/**
 * Fixed weights (Kurin, De Palma, Kostrikov, Whiteson, Kumar 2022, arXiv 2201.04122), the baseline that any other method must beat at
 * the same tuning budget.
 *
 * A task without a label in a batch is left out of it; the other weights stay as given.
 */
export const fixed: MethodFactory<FixedOptions, Weighting> = defineWeighting<FixedOptions>({
  name: 'fixed',
  title: 'Fixed weights',
  paper: {
    authors: 'Kurin, De Palma, Kostrikov, Whiteson, Kumar',
    year: 2022,
    title: 'In Defense of the Unitary Scalarization for Deep Multi-Task Learning',
    arxiv: '2201.04122',
  },
  needs: 'losses',
  usesBatch: false,
  options: { weights: requiredPerTaskOption('one weight a task', { min: 0 }) },
  create: ({ weights }) => ({
    step({ losses }, state) {
      checkPerTask('fixed', 'weights', weights, losses.length);
      return { weights: [...weights], state };
    },
  }),
});
