import { choiceOption } from '../../options/spec';
import type { MethodFactory, Weighting } from '../balancing';
import { defineWeighting } from '../define-weighting';

/** Options of {@link equal}. */
export interface EqualOptions {
  /** `sum`: every weight 1; `mean`: every weight 1 / tasks. @default 'sum' */
  readonly reduction?: 'sum' | 'mean';
}

/**
 * Equal weighting (Caruana 1997, "Multitask Learning"): the plain sum of the losses, in which every head receives just the gradient
 * it would in a network of its own.
 *
 * A task without a label in a batch is left out of it.
 */
export const equal: MethodFactory<EqualOptions, Weighting> = defineWeighting<EqualOptions>({
  name: 'equal',
  title: 'Equal weighting',
  paper: { authors: 'Caruana', year: 1997, title: 'Multitask Learning' },
  needs: 'losses',
  usesBatch: false,
  options: {
    reduction: choiceOption('sum', ['sum', 'mean'], 'sum: every weight 1; mean: every weight 1 / tasks'),
  },
  create: ({ reduction }) => ({
    step: ({ losses }, state) => ({ weights: losses.map(() => (reduction === 'sum' ? 1 : 1 / losses.length)), state }),
  }),
});
