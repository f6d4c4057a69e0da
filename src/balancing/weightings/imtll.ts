import { nullableNumberOption, type OptionSpecs } from '../../options/spec';
import type { MethodFactory, Weighting } from '../balancing';
import { defineWeighting } from '../define-weighting';
import { LOSS_PARAMETER_PARTS, type LossParameters, lossParameters, trainLossParameters } from '../loss-parameters';

/** Options of {@link imtll}. */
export interface ImtllOptions {
  /** Learning rate of the scales, constant; null: the model's own, with its schedule (1e-3 where there is none). @default null */
  readonly learningRate?: number | null;
}

/** Options of IMTL-L, of which IMTL is a part. */
export const imtllOptions: OptionSpecs<ImtllOptions> = {
  learningRate: nullableNumberOption(null, "learning rate of the log scales; null: the model's own", { above: 0 }),
};

/**
 * Impartial loss weighting, IMTL-L (Liu and others 2021, "Towards Impartial Multi-task Learning"): minimizes the sum of
 * exp(s_t) L_t - s_t over the model and the log scales s_t, which start at 0. Equals twice uncertainty weighting at -s.
 *
 * The log scales are trained along with the model by its own optimizer, learning rate and schedule, as if they were parameters of the model;
 * without weight decay, as biases are, and without a part in `clipNorm`. Weights use the s_t before that step. A call without a model trains
 * them by Adam.
 *
 * A task without a label in a batch has weight 0, and its log scale takes no step and keeps its moments.
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
  // The first trained its numbers by an Adam of their own, without the schedule.
  revision: 2,
  options: imtllOptions,
  create: ({ learningRate }) => ({
    parts: LOSS_PARAMETER_PARTS,
    init: (tasks) => lossParameters(tasks, 0),
    step(input, state) {
      const weights = (state as LossParameters).values.map((s) => Math.exp(s));
      const gradient = weights.map((weight, t) => weight * input.losses[t]! - 1);
      return { weights, state: trainLossParameters(state as LossParameters, gradient, input, learningRate) };
    },
    value: ({ losses }, state) => (state as LossParameters).values.reduce((sum, s, t) => sum + Math.exp(s) * losses[t]! - s, 0),
  }),
});
