import type { GramianBalancer, MethodFactory } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';
import { weightingThenAggregator } from '../weighting-then-aggregator';
import { type ImtllOptions, imtll, imtllOptions } from '../weightings/imtll';
import { imtlg } from './imtlg';

/** Options of {@link imtl}: those of {@link imtll}. */
export type ImtlOptions = ImtllOptions;

/**
 * Impartial multi-task learning, IMTL (Liu and others 2021, "Towards Impartial Multi-task Learning"): both of its parts. {@link imtll} scales
 * the losses by exp(s_t); the shared parameters then follow the combination of the scaled losses' gradients by {@link imtlg}, the tasks' own
 * parameters the scaled losses.
 *
 * `weights` are those of the unscaled gradients, exp(s_t) alpha_t; `step` gives exp(s_t), the tasks' own parameters' weights, as `heads`. The
 * s_t are trained by the scaled losses alone, as in LibMTL: alpha_t does not weigh their gradients. As with {@link imtll} they are trained by
 * the model's own optimizer, rate and schedule. `heads: 'plain'` leaves the tasks' own parameters their unscaled losses.
 *
 * Where `combine` is not told the losses they count as 1, at which the scales rest: without them it is IMTL-G.
 *
 * A task without a label in a batch is left out, and its log scale takes no step.
 */
export const imtl: MethodFactory<ImtlOptions, GramianBalancer> = defineGramianBalancer<ImtlOptions>({
  name: 'imtl',
  title: 'IMTL',
  paper: {
    authors: 'Liu, Li, Kuang, Xue, Chen, Yang, Liao, Zhang',
    year: 2021,
    title: 'Towards Impartial Multi-task Learning',
  },
  heads: 'weighted',
  options: imtllOptions,
  create: (options) => weightingThenAggregator(imtll(options), imtlg()),
});
