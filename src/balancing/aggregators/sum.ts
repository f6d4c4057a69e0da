import type { GramianBalancer, MethodFactory } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';

/** The sum has no options. */
export type SumOptions = Readonly<Record<never, never>>;

/**
 * The sum of the task gradients: equal weighting as an aggregator (Caruana 1997, "Multitask Learning").
 *
 * A task without a label in a batch has no gradient there.
 */
export const sum: MethodFactory<SumOptions, GramianBalancer> = defineGramianBalancer<SumOptions>({
  name: 'sum',
  title: 'Sum',
  paper: { authors: 'Caruana', year: 1997, title: 'Multitask Learning' },
  options: {},
  create: () => ({ weigh: (_gramian, tasks) => ({ weights: new Float64Array(tasks).fill(1) }) }),
});
