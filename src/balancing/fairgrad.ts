import { numberOption } from '../options/spec';
import type { GramianBalancer, MethodFactory } from './balancing';
import { defineGramianBalancer } from './define-balancer';
import { fairWeights } from './fair-weights';

/** Options of {@link fairgrad}. */
export interface FairgradOptions {
  /** Kind of fairness: 0 the mean, 1 Nash-MTL, large ones max-min fairness. @default 1 */
  readonly alpha?: number;
}

/**
 * FairGrad (Ban, Ji 2024, arXiv 2402.15638): alpha-fair weights, G w = w^(-1/alpha), solved exactly by damped Newton steps. Alpha 1 is
 * Nash-MTL without shortening. Alpha 0 is by convention the mean of the gradients (the limit is their sum). A zero gradient has
 * weight 0.
 *
 * A task without a label in a batch takes no part.
 */
export const fairgrad: MethodFactory<FairgradOptions, GramianBalancer> = defineGramianBalancer<FairgradOptions>({
  name: 'fairgrad',
  title: 'FairGrad',
  paper: { authors: 'Ban, Ji', year: 2024, title: 'Fair Resource Allocation in Multi-Task Learning', arxiv: '2402.15638' },
  options: { alpha: numberOption(1, 'kind of fairness: 0 the mean, 1 Nash-MTL, large ones max-min fairness', { min: 0 }) },
  create: ({ alpha }) => ({
    weigh: (gramian, tasks) => ({
      weights: alpha === 0 ? new Float64Array(tasks).fill(1 / tasks) : fairWeights(gramian, tasks, alpha),
    }),
  }),
});
