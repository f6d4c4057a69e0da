import { choiceOption } from '../../options/spec';
import type { GramianBalancer, MethodFactory } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';
import { SMALLEST_LOSS } from '../log-losses';
import { rowNorms } from '../solvers/linear-algebra';
import { minNormPoint } from '../solvers/min-norm-point';

/** Options of {@link mgda}. */
export interface MgdaOptions {
  /** What each gradient is divided by: nothing, its length, its loss, or both. @default 'none' */
  readonly norm?: 'none' | 'l2' | 'loss' | 'loss+';
}

/**
 * Multiple gradient descent (Désidéri 2012; Sener and Koltun 2018, arXiv 1810.04650): the shortest convex combination of the task
 * gradients, found exactly by an active-set method for any number of tasks (the authors iterate Frank-Wolfe steps).
 *
 * With a normalization the update is the shortest combination of the normalized gradients, so that it still descends for every task;
 * the weights therefore include the division (the authors' code applies the bare simplex weights to the gradients as they are). The
 * losses of a stand-alone call come from `context.losses` and count as 1 without; a zero divisor leaves the task its gradient.
 *
 * Each task's own head follows its loss times the task's weight, as in the authors' code (`heads: 'plain'`: its loss).
 *
 * A task without a label in a batch is left out: it would be a gradient of length 0, and so the whole solution.
 */
export const mgda: MethodFactory<MgdaOptions, GramianBalancer> = defineGramianBalancer<MgdaOptions>({
  name: 'mgda',
  title: 'MGDA',
  paper: { authors: 'Sener, Koltun', year: 2018, title: 'Multi-Task Learning as Multi-Objective Optimization', arxiv: '1810.04650' },
  heads: 'weighted',
  options: {
    norm: choiceOption('none', ['none', 'l2', 'loss', 'loss+'], 'what each gradient is divided by: nothing, its length, its loss, or both'),
  },
  create: ({ norm }) => ({
    weigh(gramian, tasks, { losses }) {
      if (norm === 'none') return { weights: minNormPoint(gramian, tasks) };
      const lengths = rowNorms(gramian, tasks);
      const divisors = lengths.map((length, t) => {
        const divisor = (norm === 'loss' ? 1 : length) * (norm === 'l2' ? 1 : Math.max(losses[t]!, SMALLEST_LOSS));
        return divisor > 0 ? divisor : 1;
      });
      const scaled = new Float64Array(tasks * tasks);
      for (let i = 0; i < tasks; i++) {
        for (let j = 0; j < tasks; j++) scaled[i * tasks + j] = gramian[i * tasks + j]! / divisors[i]! / divisors[j]!;
      }
      const weights = minNormPoint(scaled, tasks);
      for (let t = 0; t < tasks; t++) weights[t]! /= divisors[t]!;
      return { weights };
    },
  }),
});
