import { nullableNumberOption, numberOption } from '../options/spec';
import { ADAM_PARTS, type AdamState, adamStart, adamStep, USUAL_LEARNING_RATE } from './adam';
import type { MethodFactory, Weighting } from './balancing';
import { defineWeighting } from './define-weighting';

/** Options of {@link uncertainty}. */
export interface UncertaintyOptions {
  /** Learning rate of the log variances; null: the model's own (1e-3 where there is none). @default null */
  readonly learningRate?: number | null;
  /** Where every log variance starts. @default 0 */
  readonly initial?: number;
}

/** The factor of a loss in the likelihood: 1/2 for a Gaussian (and where it is not known), 1 for a discrete label. */
function factorOf(factors: readonly number[] | undefined, task: number): number {
  return factors?.[task] ?? 0.5;
}

/**
 * Uncertainty weighting (Kendall, Gal, Cipolla 2018, arXiv 1705.07115): minimises the sum of a_t exp(-s_t) L_t + s_t / 2 over the
 * model and the log variances s_t, with a_t = 1/2 for regression tasks (and where the kind is not known) and 1 for classification.
 *
 * The log variances are trained along with the model by their own Adam without weight decay, one step a training step: weights use
 * the s_t before that step, exactly as if s_t were parameters of the model.
 *
 * A task without a label in a batch has weight 0, and its log variance takes no step.
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
  options: {
    learningRate: nullableNumberOption(null, "learning rate of the log variances; null: the model's own", { above: 0 }),
    initial: numberOption(0, 'where every log variance starts'),
  },
  create: ({ learningRate, initial }) => ({
    parts: ADAM_PARTS,
    init: (tasks) => adamStart(new Array<number>(tasks).fill(initial)),
    step({ losses, likelihoodFactors, learningRate: modelRate }, state) {
      const { values } = state as AdamState;
      const weights = values.map((s, t) => factorOf(likelihoodFactors, t) * Math.exp(-s));
      const gradient = weights.map((weight, t) => 0.5 - weight * losses[t]!);
      return { weights, state: adamStep(state as AdamState, gradient, learningRate ?? modelRate ?? USUAL_LEARNING_RATE) };
    },
    value({ losses, likelihoodFactors }, state) {
      return (state as AdamState).values.reduce((sum, s, t) => sum + factorOf(likelihoodFactors, t) * Math.exp(-s) * losses[t]! + s / 2, 0);
    },
  }),
});
