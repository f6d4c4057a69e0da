import { numberOption } from '../../options/spec';
import type { ArrayOps } from '../array-ops';
import type { JacobianBalancer, MethodFactory, TensorRuleResult } from '../balancing';
import { defineJacobianBalancer } from '../define-balancer';

/** Options of {@link graddrop}. */
export interface GraddropOptions {
  /** Share of every gradient that passes whatever its sign. @default 0 */
  readonly leak?: number;
}

/**
 * Gradient sign dropout (Chen and others 2020, arXiv 2010.06808): in each coordinate, keeps either the positive or the negative
 * entries: the positive with probability (1 + sum / sum of absolute values) / 2.
 *
 * Published code disagrees on the coordinates. The paper and LibMTL take a layer's units: a task's gradients by the activations times the
 * activations' signs, summed over the batch, decide on what passes of the gradients by the activations, of all rows alike. The authors of
 * CAGrad and FAMO take the shared parameters, and TorchJD a Jacobian whatever it is of; parameters need no single layer that all tasks read,
 * and are the default here. The paper's form: `hardSharing(trunk).with(graddrop(), { gradients: 'representation' })`.
 *
 * A task without a label in a batch takes no part in the signs.
 */
export const graddrop: MethodFactory<GraddropOptions, JacobianBalancer> = defineJacobianBalancer<GraddropOptions>({
  name: 'graddrop',
  title: 'GradDrop',
  paper: {
    authors: 'Chen, Ngiam, Huang, Luong, Kretzschmar, Chai, Anguelov',
    year: 2020,
    title: 'Just Pick a Sign: Optimizing Deep Multitask Models with Gradient Sign Dropout',
    arxiv: '2010.06808',
  },
  options: { leak: numberOption(0, 'share of every gradient that passes whatever its sign', { min: 0, max: 1 }) },
  hasWeights: false,
  create: ({ leak }) => {
    const factors = <A>(ops: ArrayOps<A>, jacobian: A, draws: Readonly<Record<string, A>>): A => {
      const zero = ops.constant(0);
      const one = ops.constant(1);
      const total = ops.sumTasks(ops.abs(jacobian));
      // (total + sum) / (2 total) > u without the division, which a coordinate without gradient would spoil.
      const surplus = ops.add(total, ops.sumTasks(jacobian));
      const positive = ops.greater(surplus, ops.mul(ops.constant(2), ops.mul(total, draws.threshold!)));
      const negative = ops.sub(one, positive);
      const kept = ops.add(ops.mul(positive, ops.greater(jacobian, zero)), ops.mul(negative, ops.greater(zero, jacobian)));
      return ops.add(ops.constant(leak), ops.mul(ops.constant(1 - leak), kept));
    };
    return {
      state: [],
      draws: [{ name: 'threshold', rows: 'one', columns: 'parameters', kind: 'uniform' }],
      factors,
      apply<A>(ops: ArrayOps<A>, jacobian: A, _losses: A, _state: unknown, draws: Readonly<Record<string, A>>): TensorRuleResult<A> {
        return { update: ops.sumTasks(ops.mul(jacobian, factors(ops, jacobian, draws))), state: {} };
      },
    };
  },
});
