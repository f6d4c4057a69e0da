import { numberOption, perTaskOption } from '../../options/spec';
import type { GramianBalancer, MethodFactory } from '../balancing';
import { checkPerTask } from '../check';
import { defineGramianBalancer } from '../define-balancer';
import { normalisedGramian, projectOntoDualCone } from '../solvers/dual-cone';

/** Options of {@link dualproj}. */
export interface DualprojOptions {
  /** Preference of each task. @default 1 / tasks */
  readonly preference?: readonly number[] | null;
  /** Gradients whose squared lengths sum to no more than this are averaged as they are. @default 0 */
  readonly normEps?: number;
  /** Added to the diagonal of the Gramian once that has trace 1; 0 solves the unregularized problem. @default 1e-4 */
  readonly regEps?: number;
}

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
  options: {
    preference: perTaskOption('preference of each task; null: 1 / tasks', { min: 0 }),
    normEps: numberOption(0, 'gradients whose squared lengths sum to no more than this are averaged as they are', { min: 0 }),
    regEps: numberOption(1e-4, 'added to the diagonal of the Gramian once that has trace 1', { min: 0 }),
  },
  create: ({ preference, normEps, regEps }) => ({
    weigh(gramian, tasks) {
      if (preference !== null) checkPerTask('dualproj', 'preference', preference, tasks);
      const p = Float64Array.from(preference ?? new Array<number>(tasks).fill(1 / tasks));
      const normalized = normalisedGramian(gramian, tasks, normEps, regEps);
      return { weights: normalized === undefined ? p : projectOntoDualCone(normalized, p) };
    },
  }),
});
