import { numberOption } from '../../options/spec';
import type { ArrayOps } from '../array-ops';
import type { JacobianBalancer, MethodFactory, TensorRuleResult } from '../balancing';
import { decayedRate } from '../decayed-rate';
import { defineJacobianBalancer } from '../define-balancer';

/** Added to a length that is divided by: below any length met in float32, so that scales do not matter. */
const NORM_EPSILON = 1e-30;

/** Puts an absent task below any other. */
const FAR = 1e30;

/** Options of {@link moco}. */
export interface MocoOptions {
  /** Step size of the running gradients. @default 0.5 */
  readonly beta?: number;
  /** Power of the step by which beta decays. @default 0.5 */
  readonly betaSigma?: number;
  /** Step size of the weights. @default 0.1 */
  readonly gamma?: number;
  /** Power of the step by which gamma decays. @default 0.5 */
  readonly gammaSigma?: number;
  /** L2 regularization of the weights. @default 0 */
  readonly rho?: number;
}

/**
 * MoCo, multi-objective gradients with correction (Fernando and others 2023, arXiv 2210.12624): running gradients y_t follow the unit
 * gradients times their losses, weights take a step on the min-norm problem of the running gradients, w = softmax(w - gamma (y y^T +
 * rho) w), and the update is y^T w. The softmax stands, as in the authors' code, for the paper's projection on the simplex. Without
 * losses each counts as 1.
 *
 * A task without a label in a batch has weight 0; its running gradient and its share of the weights stay.
 */
export const moco: MethodFactory<MocoOptions, JacobianBalancer> = defineJacobianBalancer<MocoOptions>({
  name: 'moco',
  title: 'MoCo',
  paper: {
    authors: 'Fernando, Shen, Liu, Chaudhury, Murugesan, Chen',
    year: 2023,
    title: 'Mitigating Gradient Bias in Multi-objective Learning: A Provably Convergent Approach',
    arxiv: '2210.12624',
  },
  options: {
    beta: numberOption(0.5, 'step size of the running gradients', { above: 0, max: 1 }),
    betaSigma: numberOption(0.5, 'power of the step by which beta decays', { min: 0 }),
    gamma: numberOption(0.1, 'step size of the weights', { above: 0 }),
    gammaSigma: numberOption(0.5, 'power of the step by which gamma decays', { min: 0 }),
    rho: numberOption(0, 'L2 regularization of the weights', { min: 0 }),
  },
  hasWeights: false,
  create: ({ beta, betaSigma, gamma, gammaSigma, rho }) => ({
    state: [
      { name: 'running', rows: 'tasks', columns: 'parameters', fill: 0 },
      // Divided by their sum where used, which makes them equal weights at first and changes nothing later.
      { name: 'weights', rows: 'tasks', columns: 'one', fill: 1 },
      { name: 'steps', rows: 'tasks', columns: 'one', fill: 0 },
    ],
    draws: [],
    apply<A>(
      ops: ArrayOps<A>,
      jacobian: A,
      losses: A,
      state: Readonly<Record<string, A>>,
      _draws: unknown,
      present?: A,
    ): TensorRuleResult<A> {
      const counted = (values: A): A => (present === undefined ? values : ops.mul(values, present));
      const steps = ops.add(state.steps!, ops.constant(1));
      const lengths = ops.add(ops.sqrt(ops.sumParameters(ops.square(jacobian))), ops.constant(NORM_EPSILON));
      const scaled = ops.mul(ops.div(jacobian, lengths), losses);
      const running = ops.add(state.running!, ops.mul(decayedRate(ops, beta, betaSigma, steps), ops.sub(scaled, state.running!)));
      // The present tasks' weights sum to 1; together they keep the share that they had among all.
      const mass = ops.sumTasks(counted(state.weights!));
      const current = ops.div(counted(state.weights!), ops.add(mass, ops.constant(NORM_EPSILON)));
      const combined = ops.sumTasks(ops.mul(running, current));
      const slope = ops.add(ops.sumParameters(ops.mul(running, combined)), ops.mul(ops.constant(rho), current));
      const logits = ops.sub(current, ops.mul(decayedRate(ops, gamma, gammaSigma, steps), slope));
      const eligible = present === undefined ? logits : ops.add(logits, ops.mul(ops.constant(FAR), ops.sub(present, ops.constant(1))));
      const powers = counted(ops.exp(ops.sub(eligible, ops.maxTasks(eligible))));
      const weights = ops.div(powers, ops.add(ops.sumTasks(powers), ops.constant(NORM_EPSILON)));
      return {
        update: ops.sumTasks(ops.mul(running, weights)),
        state: { running, weights: ops.mul(weights, mass), steps },
        weights,
      };
    },
  }),
});
