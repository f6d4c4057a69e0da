import type { GramianBalancer, MethodFactory } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';

/** The mean has no options. */
export type MeanOptions = Readonly<Record<never, never>>;

/**
 * The mean of the task gradients: equal weighting as an aggregator (Caruana 1997, "Multitask Learning").
 *
 * The mean is over the tasks that have a label in the batch.
 */
export const mean: MethodFactory<MeanOptions, GramianBalancer> = defineGramianBalancer<MeanOptions>({
  name: 'mean',
  title: 'Mean',
  paper: { authors: 'Caruana', year: 1997, title: 'Multitask Learning' },
  options: {},
  create: () => ({ weigh: (_gramian, tasks) => ({ weights: new Float64Array(tasks).fill(1 / tasks) }) }),
});
