import { numberOption } from '../../options/spec';
import type { GramianBalancer, MethodFactory, State } from '../balancing';
import { checkSquare } from '../check';
import { defineGramianBalancer } from '../define-balancer';
import { flatten, multiply } from '../solvers/linear-algebra';
import { projectOntoSimplex } from '../solvers/simplex-projection';

/** Options of {@link modo}. */
export interface ModoOptions {
  /** Step size of the weights. @default 1e-3 */
  readonly gamma?: number;
  /** L2 regularization of the weights. @default 0.1 */
  readonly rho?: number;
}

interface ModoState extends State {
  readonly weights: readonly number[];
}

/**
 * MoDo, multi-objective gradients with double sampling (Chen, Fernando, Ying, Chen 2023, arXiv 2305.20057): one projected gradient step
 * a training step on the min-norm weights, w = proj(w - gamma (G12 w + rho w)), with G12 the products of gradients on two independent
 * batches. Where only one batch is known its Gramian is used, which biases the step.
 *
 * A task without a label in a batch has weight 0 and keeps its share of the weights.
 */
export const modo: MethodFactory<ModoOptions, GramianBalancer> = defineGramianBalancer<ModoOptions>({
  name: 'modo',
  title: 'MoDo',
  paper: {
    authors: 'Chen, Fernando, Ying, Chen',
    year: 2023,
    title: 'Three-Way Trade-Off in Multi-Objective Learning: Optimization, Generalization and Conflict-Avoidance',
    arxiv: '2305.20057',
  },
  independentBatches: true,
  options: {
    gamma: numberOption(1e-3, 'step size of the weights', { above: 0 }),
    rho: numberOption(0.1, 'L2 regularization of the weights', { min: 0 }),
  },
  create: ({ gamma, rho }) => ({
    parts: { weights: 'simplex' },
    init: (tasks): ModoState => ({ weights: new Array<number>(tasks).fill(1 / tasks) }),
    weigh(gramian, tasks, { crossGramian }, state) {
      if (crossGramian !== undefined) checkSquare('modo', crossGramian, 'product of the Jacobians of two batches', tasks);
      const w = (state as ModoState).weights;
      const product = multiply(crossGramian === undefined ? gramian : flatten(crossGramian), w);
      const weights = Array.from(projectOntoSimplex(w.map((value, t) => value - gamma * (product[t]! + rho * value))));
      const next: ModoState = { weights };
      return { weights, state: next };
    },
  }),
});
