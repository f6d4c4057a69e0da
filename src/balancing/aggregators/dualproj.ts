import type { GramianBalancer, MethodFactory } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';
import { type DualConeOptions, dualConeOptions, preferenceOf } from '../dual-cone-options';
import { normalisedGramian, projectOntoDualCone } from '../solvers/dual-cone';

/** Options of {@link dualproj}. */
export type DualprojOptions = DualConeOptions;

/**
 * Projection of the mean gradient on the dual cone of the task gradients, as in gradient episodic memory (Lopez-Paz, Ranzato 2017,
 * arXiv 1706.08840). Normalized and regularized like UPGrad, with the same deviation (`normEps` 0).
 *
 * A task without a label in a batch is left out of the cone.
 */
export const dualproj: MethodFactory<DualprojOptions, GramianBalancer> = defineGramianBalancer<DualprojOptions>({
  name: 'dualproj',
  title: 'DualProj',
  paper: {
    authors: 'Lopez-Paz, Ranzato',
    year: 2017,
    title: 'Gradient Episodic Memory for Continual Learning',
    arxiv: '1706.08840',
  },
  options: dualConeOptions,
  create: ({ preference, normEps, regEps }) => ({
    weigh(gramian, tasks) {
      const p = preferenceOf('dualproj', preference, tasks);
      const normalized = normalisedGramian(gramian, tasks, normEps, regEps);
      return { weights: normalized === undefined ? p : projectOntoDualCone(normalized, p) };
    },
  }),
});
