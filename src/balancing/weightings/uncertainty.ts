import { nullableNumberOption, numberOption } from '../../options/spec';
import type { MethodFactory, Weighting } from '../balancing';
import { defineWeighting } from '../define-weighting';
import { LOSS_PARAMETER_PARTS, type LossParameters, lossParameters, trainLossParameters } from '../loss-parameters';

/** Options of {@link uncertainty}. */
export interface UncertaintyOptions {
  /** Learning rate of the log variances, constant; null: the model's own, with its schedule (1e-3 where there is none). @default null */
  readonly learningRate?: number | null;
  /** Where every log variance starts. @default 0 */
  readonly initial?: number;
}

/** The factor of a loss in the likelihood: 1/2 for a Gaussian (and where it is not known), 1 for a discrete label. */
function factorOf(factors: readonly number[] | undefined, task: number): number {
  return factors?.[task] ?? 0.5;
}

/**
 * Uncertainty weighting (Kendall, Gal, Cipolla 2018, arXiv 1705.07115): minimizes the sum of a_t exp(-s_t) L_t + s_t / 2 over the
 * model and the log variances s_t, with a_t = 1/2 for regression tasks (and where the kind is not known) and 1 for classification.
 *
 * The log variances are trained along with the model by its own optimizer, learning rate and schedule, one step a training step: weights use
 * the s_t before that step, as if s_t were parameters of the model; without weight decay, as biases are, and without a part in `clipNorm`.
 * A call without a model trains them by Adam.
 *
 * A task without a label in a batch has weight 0, and its log variance takes no step and keeps its moments.
 */
export const uncertainty: MethodFactory<UncertaintyOptions, Weighting> = defineWeighting<UncertaintyOptions>({
  name: 'uncertainty',
  title: 'Uncertainty weighting',
  paper: {
    authors: 'Kendall, Gal, Cipolla',
    year: 2018,
    title: 'Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and Semantics',
    arxiv: '1705.07115',
  },
  needs: 'losses',
  // The first trained its numbers by an Adam of their own, without the schedule.
  revision: 2,
  options: {
    learningRate: nullableNumberOption(null, "learning rate of the log variances; null: the model's own", { above: 0 }),
    initial: numberOption(0, 'where every log variance starts'),
  },
  create: ({ learningRate, initial }) => ({
    parts: LOSS_PARAMETER_PARTS,
    init: (tasks) => lossParameters(tasks, initial),
    step(input, state) {
      const { losses, likelihoodFactors } = input;
      const { values } = state as LossParameters;
      const weights = values.map((s, t) => factorOf(likelihoodFactors, t) * Math.exp(-s));
      const gradient = weights.map((weight, t) => 0.5 - weight * losses[t]!);
      return { weights, state: trainLossParameters(state as LossParameters, gradient, input, learningRate) };
    },
    value({ losses, likelihoodFactors }, state) {
      const { values } = state as LossParameters;
      return values.reduce((sum, s, t) => sum + factorOf(likelihoodFactors, t) * Math.exp(-s) * losses[t]! + s / 2, 0);
    },
  }),
});
