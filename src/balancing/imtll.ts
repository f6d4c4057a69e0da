import { nullableNumberOption } from '../options/spec';
import { ADAM_PARTS, type AdamState, adamStart, adamStep, USUAL_LEARNING_RATE } from './adam';
import type { MethodFactory, Weighting } from './balancing';
import { defineWeighting } from './define-weighting';

/** Options of {@link imtll}. */
export interface ImtllOptions {
  /** Learning rate of the scales; null: the model's own (1e-3 where there is none). @default null */
  readonly learningRate?: number | null;
}

/**
 * Impartial loss weighting, IMTL-L (Liu and others 2021, "Towards Impartial Multi-task Learning"): minimises the sum of
 * exp(s_t) L_t - s_t over the model and the log scales s_t, which start at 0. Equals twice uncertainty weighting at -s.
 *
 * The log scales are trained along with the model by their own Adam without weight decay; weights use the s_t before that step.
 *
 * A task without a label in a batch has weight 0, and its log scale takes no step.
 */
export const imtll: MethodFactory<ImtllOptions, Weighting> = defineWeighting<ImtllOptions>({
  name: 'imtll',
  title: 'IMTL-L',
  paper: {
    authors: 'Liu, Li, Kuang, Xue, Chen, Yang, Liao, Zhang',
    year: 2021,
    title: 'Towards Impartial Multi-task Learning',
  },
  needs: 'losses',
  options: { learningRate: nullableNumberOption(null, "learning rate of the log scales; null: the model's own", { above: 0 }) },
  create: ({ learningRate }) => ({
    parts: ADAM_PARTS,
    init: (tasks) => adamStart(new Array<number>(tasks).fill(0)),
    step({ losses, learningRate: modelRate }, state) {
      const weights = (state as AdamState).values.map((s) => Math.exp(s));
      const gradient = weights.map((weight, t) => weight * losses[t]! - 1);
      return { weights, state: adamStep(state as AdamState, gradient, learningRate ?? modelRate ?? USUAL_LEARNING_RATE) };
    },
    value: ({ losses }, state) => (state as AdamState).values.reduce((sum, s, t) => sum + Math.exp(s) * losses[t]! - s, 0),
  }),
});
