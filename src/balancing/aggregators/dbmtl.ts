import { numberOption } from '../../options/spec';
import type { ArrayOps } from '../array-ops';
import type { JacobianBalancer, MethodFactory, TensorRuleResult } from '../balancing';
import { decayedRate } from '../decayed-rate';
import { defineJacobianBalancer } from '../define-balancer';

/** Added to a loss under the logarithm, as in the authors' code. */
const LOSS_EPSILON = 1e-8;

/** Added to a length that is divided by: below any length met in float32, so that scales do not matter. */
const NORM_EPSILON = 1e-30;

/** Options of {@link dbmtl}. */
export interface DbmtlOptions {
  /** How much of the running mean of the gradients is kept. @default 0.9 */
  readonly beta?: number;
  /** Power of the step by which beta decays. @default 0 */
  readonly sigma?: number;
}

/**
 * Dual-balancing multi-task learning (Lin and others 2023, arXiv 2308.12029): gradients of the log losses, averaged over the steps,
 * each stretched to the length of the longest, and summed. The running mean starts at 0 and is not corrected for it, as in the paper,
 * so that the first updates are shorter by 1 - beta. Without losses the rows count as gradients of log losses already.
 *
 * The tasks' own parameters follow the log losses, too (their gradients are those of the losses over the loss), as in the authors' code in
 * LibMTL; neither running means nor stretching touch them (`heads: 'plain'`: they follow the losses).
 *
 * A task without a label in a batch is left out of the update, and its running mean stays.
 */
export const dbmtl: MethodFactory<DbmtlOptions, JacobianBalancer> = defineJacobianBalancer<DbmtlOptions>({
  name: 'dbmtl',
  title: 'DB-MTL',
  paper: {
    authors: 'Lin, Jiang, Ye, Zhang, Chen, Chen, Liu, Kwok',
    year: 2023,
    title: 'Dual-Balancing for Multi-Task Learning',
    arxiv: '2308.12029',
  },
  heads: 'weighted',
  options: {
    beta: numberOption(0.9, 'how much of the running mean of the gradients is kept', { min: 0, below: 1 }),
    sigma: numberOption(0, 'power of the step by which beta decays', { min: 0 }),
  },
  hasWeights: false,
  create: ({ beta, sigma }) => ({
    state: [
      { name: 'mean', rows: 'tasks', columns: 'parameters', fill: 0 },
      { name: 'steps', rows: 'tasks', columns: 'one', fill: 0 },
    ],
    draws: [],
    weighsHeads: true,
    apply<A>(
      ops: ArrayOps<A>,
      jacobian: A,
      losses: A,
      state: Readonly<Record<string, A>>,
      _draws: unknown,
      present?: A,
    ): TensorRuleResult<A> {
      // By the loss, the gradient of its logarithm.
      const heads = ops.div(ops.constant(1), ops.add(losses, ops.constant(LOSS_EPSILON)));
      const gradients = ops.mul(jacobian, heads);
      const steps = ops.add(state.steps!, ops.constant(1));
      const kept = decayedRate(ops, beta, sigma, steps);
      const mean = ops.add(gradients, ops.mul(kept, ops.sub(state.mean!, gradients)));
      // The mean of an absent task stays, and is no part of this update.
      const counted = present === undefined ? mean : ops.mul(mean, present);
      const lengths = ops.sqrt(ops.sumParameters(ops.square(counted)));
      const stretch = ops.div(ops.maxTasks(lengths), ops.add(lengths, ops.constant(NORM_EPSILON)));
      return { update: ops.sumTasks(ops.mul(counted, stretch)), state: { mean, steps }, heads };
    },
  }),
});
