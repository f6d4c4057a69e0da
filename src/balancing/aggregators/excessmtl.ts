import { choiceOption, numberOption } from '../../options/spec';
import type { ArrayOps } from '../array-ops';
import type { JacobianBalancer, MethodFactory, TensorRuleResult } from '../balancing';
import { defineJacobianBalancer } from '../define-balancer';

/**
 * Added to what is divided by: below any length met in float32, so that scales do not matter. It is added after the root, since TensorFlow
 * turns a / sqrt(b) in a graph into a product with an approximate root.
 */
const EPSILON = 1e-30;

/** Puts the logarithm of an absent task's weight below any other. */
const FAR = 1e30;

/** Options of {@link excessmtl}. */
export interface ExcessmtlOptions {
  /** Step size of the weights. @default 0.01 */
  readonly eta?: number;
  /** What a task's first step does with its e_t: `store` it as divisor of the later ones, or besides `update` the weights by it. @default 'store' */
  readonly firstStep?: 'store' | 'update';
}

/**
 * ExcessMTL (He, Zhou, Zhang and others 2024, arXiv 2402.02009): weights on the simplex multiplied at every step by
 * exp(eta e_t), with e_t = sum of g^2 / sqrt(sum of past g^2) an estimate of the excess risk of a task, divided by its value at the task's
 * first step. That first step only stores the divisor, as in the authors' code (`firstStep: 'update'` also multiplies by exp(eta e_t), as
 * TorchJD does: as e_t grows with the number of parameters, it can give one task all the weight at once); weights start at 1 / T, as in the
 * paper. Each task's own head follows its loss times the task's weight, as there (`heads: 'plain'`: its loss). Without a label a task keeps its sums, its divisor and its weight.
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
  options: {
    eta: numberOption(0.01, 'step size of the weights', { above: 0 }),
    firstStep: choiceOption(
      'store',
      ['store', 'update'],
      "whether a task's first step only stores its divisor, or updates the weights too",
    ),
  },
  heads: 'weighted',
  hasWeights: true,
  create: ({ eta, firstStep }) => ({
    state: [
      { name: 'squares', rows: 'tasks', columns: 'parameters', fill: 0 },
      { name: 'first', rows: 'tasks', columns: 'one', fill: 0 },
      { name: 'logWeights', rows: 'tasks', columns: 'one', fill: 0 },
    ],
    draws: [],
    apply<A>(
      ops: ArrayOps<A>,
      jacobian: A,
      _losses: A,
      state: Readonly<Record<string, A>>,
      _draws: unknown,
      present?: A,
    ): TensorRuleResult<A> {
      const counted = (values: A): A => (present === undefined ? values : ops.mul(values, present));
      const epsilon = ops.constant(EPSILON);
      const zero = ops.constant(0);
      const squared = ops.square(jacobian);
      const squares = ops.add(state.squares!, squared);
      const excess = ops.sumParameters(ops.div(squared, ops.add(ops.sqrt(squares), epsilon)));
      const first = state.first!;
      const later = ops.greater(first, zero);
      const relative = ops.mul(later, ops.div(excess, ops.add(first, epsilon)));
      const now = ops.mul(ops.sub(ops.constant(1), later), excess);
      const growth = firstStep === 'store' ? relative : ops.add(relative, now);
      const before = state.logWeights!;
      const grown = ops.add(before, ops.mul(ops.constant(eta), growth));
      const logits = present === undefined ? grown : ops.add(grown, ops.mul(ops.constant(FAR), ops.sub(present, ops.constant(1))));
      const shifted = ops.sub(logits, ops.maxTasks(logits));
      const total = ops.add(ops.sumTasks(counted(ops.exp(shifted))), epsilon);
      const logShares = ops.sub(shifted, ops.log(total));
      const weights = counted(ops.exp(logShares));
      // Together the present tasks keep the share that they had among all.
      const mass = ops.add(ops.sumTasks(counted(ops.exp(before))), epsilon);
      return {
        update: ops.sumTasks(ops.mul(jacobian, weights)),
        state: {
          squares,
          first: ops.add(first, now),
          logWeights: ops.add(logShares, ops.log(mass)),
        },
        weights,
      };
    },
  }),
});
