import type { ArrayOps } from './array-ops';
import type { JacobianBalancer, MethodFactory, TensorRuleResult } from './balancing';
import { defineJacobianBalancer } from './define-balancer';
import { numberOption } from './options';

/** Added to sums of squares that are divided by: below any met in float32, so that scales do not matter. */
const EPSILON = 1e-30;

/** Options of {@link excessmtl}. */
export interface ExcessmtlOptions {
  /** Step size of the weights. @default 0.01 */
  readonly eta?: number;
}

/**
 * ExcessMTL (He, Zhou, Zhang and others 2024, arXiv 2402.02009): weights on the simplex multiplied at every step by
 * exp(eta e_t), with e_t = sum of g^2 / sqrt(sum of past g^2) an estimate of the excess risk of a task. The first step uses e_t as it
 * is, later ones divide by that first value, as in the authors' code; weights start at 1 / T, as in the paper.
 */
export const excessmtl: MethodFactory<ExcessmtlOptions, JacobianBalancer> = defineJacobianBalancer<ExcessmtlOptions>({
  name: 'excessmtl',
  title: 'ExcessMTL',
  paper: {
    authors: 'He, Zhou, Zhang, Yun, Xu, Zeng, Chilimbi, Zhao',
    year: 2024,
    title: 'Robust Multi-Task Learning with Excess Risks',
    arxiv: '2402.02009',
  },
  options: { eta: numberOption(0.01, 'step size of the weights', { above: 0 }) },
  hasWeights: true,
  create: ({ eta }) => ({
    state: [
      { name: 'squares', rows: 'tasks', columns: 'parameters', fill: 0 },
      { name: 'first', rows: 'tasks', columns: 'one', fill: 0 },
      { name: 'logWeights', rows: 'tasks', columns: 'one', fill: 0 },
      { name: 'steps', rows: 'one', columns: 'one', fill: 0 },
    ],
    draws: [],
    apply<A>(ops: ArrayOps<A>, jacobian: A, _losses: A, state: Readonly<Record<string, A>>): TensorRuleResult<A> {
      const epsilon = ops.constant(EPSILON);
      const one = ops.constant(1);
      const squared = ops.square(jacobian);
      const squares = ops.add(state.squares!, squared);
      const excess = ops.sumParameters(ops.div(squared, ops.sqrt(ops.add(squares, epsilon))));
      const later = ops.greater(state.steps!, ops.constant(0));
      const now = ops.sub(one, later);
      // The first step divides by 1 and later ones by the first value.
      const divisor = ops.add(now, ops.mul(later, ops.add(state.first!, epsilon)));
      const logits = ops.add(state.logWeights!, ops.mul(ops.constant(eta), ops.div(excess, divisor)));
      const shifted = ops.sub(logits, ops.maxTasks(logits));
      const total = ops.sumTasks(ops.exp(shifted));
      const logWeights = ops.sub(shifted, ops.log(total));
      const weights = ops.exp(logWeights);
      return {
        update: ops.sumTasks(ops.mul(jacobian, weights)),
        state: {
          squares,
          first: ops.add(ops.mul(now, excess), ops.mul(later, state.first!)),
          logWeights,
          steps: ops.add(state.steps!, one),
        },
        weights,
      };
    },
  }),
});
