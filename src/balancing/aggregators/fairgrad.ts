import { nullableNumberOption, numberOption } from '../../options/spec';
import type { GramianBalancer, MethodFactory } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';
import { shorten } from '../shorten';
import { fairWeights } from '../solvers/fair-weights';

/** Options of {@link fairgrad}. */
export interface FairgradOptions {
  /** Kind of fairness: 0 the mean, 1 Nash-MTL, large ones max-min fairness. @default 1 */
  readonly alpha?: number;
  /** The update is shortened to this length; null leaves it as it is. @default null */
  readonly maxNorm?: number | null;
}

/**
 * FairGrad (Ban, Ji 2024, arXiv 2402.15638): alpha-fair weights, G w = w^(-1/alpha), solved exactly by damped Newton steps. Alpha 1 is
 * Nash-MTL without shortening. Alpha 0 is by convention the mean of the gradients (the limit is their sum). A zero gradient has
 * weight 0.
 *
 * The authors' code multiplies the update by the number of tasks T, then shortens it to 1: that is `fairgrad({ maxNorm: 1 / T })` with
 * `scale: 'sum'`. Here it is neither multiplied nor shortened by default, as in the paper. Heads follow their own losses, as there.
 *
 * A task without a label in a batch takes no part.
 */
export const fairgrad: MethodFactory<FairgradOptions, GramianBalancer> = defineGramianBalancer<FairgradOptions>({
  name: 'fairgrad',
  title: 'FairGrad',
  paper: { authors: 'Ban, Ji', year: 2024, title: 'Fair Resource Allocation in Multi-Task Learning', arxiv: '2402.15638' },
  options: {
    alpha: numberOption(1, 'kind of fairness: 0 the mean, 1 Nash-MTL, large ones max-min fairness', { min: 0 }),
    maxNorm: nullableNumberOption(null, 'the update is shortened to this length; null leaves it as it is', { above: 0 }),
  },
  create: ({ alpha, maxNorm }) => ({
    weigh: (gramian, tasks) =>
      shorten(gramian, alpha === 0 ? new Float64Array(tasks).fill(1 / tasks) : fairWeights(gramian, tasks, alpha), maxNorm),
  }),
});
