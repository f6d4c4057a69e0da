import type { GramianBalancer, MethodFactory } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';
import { combinedNorm, cosines, pseudoSolve, rowNorms, symmetricEigen } from '../solvers/linear-algebra';

/** ConFIG has no options. */
export type ConfigOptions = Readonly<Record<never, never>>;

/**
 * ConFIG (Liu, Chu, Thuerey 2024, arXiv 2408.11104): the direction U^+ 1 with equal cosines to all unit task gradients U, as long as
 * the sum of the gradients' projections on it. Computed from the cosines C between the gradients, as U^T C^+ 1. Not conflict-free
 * where the gradients are dependent; a zero gradient has weight 0.
 *
 * A task without a label in a batch is left out.
 */
export const config: MethodFactory<ConfigOptions, GramianBalancer> = defineGramianBalancer<ConfigOptions>({
  name: 'config',
  title: 'ConFIG',
  paper: {
    authors: 'Liu, Chu, Thuerey',
    year: 2024,
    title: 'ConFIG: Towards Conflict-free Training of Physics Informed Neural Networks',
    arxiv: '2408.11104',
  },
  options: {},
  create: () => ({
    weigh(gramian, tasks) {
      const norms = rowNorms(gramian, tasks);
      const c = cosines(gramian, norms);
      const y = pseudoSolve(symmetricEigen(c, tasks), new Float64Array(tasks).fill(1));
      const length = combinedNorm(c, y);
      const weights = new Float64Array(tasks);
      if (!(length > 0)) return { weights };
      let projections = 0;
      for (let i = 0; i < tasks; i++) for (let j = 0; j < tasks; j++) projections += (norms[i]! * c[i * tasks + j]! * y[j]!) / length;
      for (let t = 0; t < tasks; t++) if (norms[t]! > 0) weights[t] = ((y[t]! / norms[t]!) * projections) / length;
      return { weights };
    },
  }),
});
