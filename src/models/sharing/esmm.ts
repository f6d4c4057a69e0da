import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type ArchitectureFactory, defineArchitecture } from '../define-architecture';
import { encoderOption, optionalEncoderOption } from '../encoder-option';
import { spread } from '../network/copies';
import type { Encoder, ForwardContext, Parameter, Values } from '../network/network';
import { ownTowers } from '../network/towers';
import { checkOrderedTasks } from './ordered-tasks';
import { stemOf } from './stem';

/** Options of {@link esmm}. */
export interface EsmmOptions {
  /** The encoder that each task has. */
  readonly tower: Encoder;
  /** Lower layers that all towers read; null: none. @default null */
  readonly stem?: Encoder | null;
}

/**
 * The logit of a product of probabilities, from their logits: sigmoid(r) = sigmoid(a) sigmoid(b), without leaving log space,
 * r = -log(e^-a + e^-b + e^-(a + b)).
 */
export function productLogit(a: Tensor, b: Tensor): Tensor {
  return tf.neg(tf.logSumExp(tf.stack([tf.neg(a), tf.neg(b), tf.neg(tf.add(a, b))], -1), -1));
}

/** The highest share of a step's rows that is taken for its start: that of all rows has no logit. */
const MOST = 0.99;

/** The logits of the steps, each given those before, whose products are the constants: p_t / p_{t-1}. */
function stepLogits(constants: ArrayLike<number>): number[] {
  const ways = Array.from(constants, (logit) => 1 / (1 + Math.exp(-logit)));
  return ways.map((way, t) => {
    const step = t === 0 ? way : Math.min(way / ways[t - 1]!, MOST);
    return Math.log(step / (1 - step));
  });
}

/**
 * Entire-space multi-task model: for steps of which each follows the one before, such as impression, click, purchase. Task t's network
 * gives the probability of its step given all before; what is predicted and trained is the probability of the whole way, p_t = product of
 * the steps up to t, on all rows (Ma, Zhao, Huang, Wang, Hu, Zhu, Gai 2018, 1804.07931).
 *
 * Tasks are binary, in the order of the steps, and labeled on all rows ("clicked", "clicked and bought"); outputs are the logits of the
 * p_t. Parameters: `stem/...`, `tower/<task>/...`, the heads. Later tasks' losses reach earlier tasks' towers and heads, so these are
 * shared parameters.
 *
 * Diagnosis: `steps`, the mean probability of each step given those before, `[stack, tasks]`.
 */
export const esmm: ArchitectureFactory<[options: EsmmOptions]> = defineArchitecture({
  name: 'esmm',
  title: 'Entire-space multi-task model',
  paper: {
    authors: 'Ma, Zhao, Huang, Wang, Hu, Zhu, Gai',
    year: 2018,
    title: 'Entire Space Multi-Task Model: An Effective Approach for Estimating Post-Click Conversion Rate',
    arxiv: '1804.07931',
  },
  encoder: 'tower',
  options: {
    tower: encoderOption('the encoder that each task has'),
    stem: optionalEncoderOption('lower layers that all towers read'),
  },
  read: (options: EsmmOptions) => options,
  build({ input, tasks }, { tower, stem }) {
    checkOrderedTasks('esmm', tasks);
    const bottom = stemOf(stem, input);
    const top = ownTowers(tower, bottom.output, tasks, (task) => (task === tasks.length - 1 ? task : 'shared'));
    // The heads give steps, the constants are of whole ways.
    const ofSteps = top.parameters.map(
      (parameter): Parameter => ({
        ...parameter,
        initial: (random, constants) => parameter.initial(random, constants && stepLogits(constants)),
      }),
    );
    const steps = (values: Values, h: Tensor, context: ForwardContext): Tensor[] =>
      tf.split(top.apply(values, spread(h, tasks.length), context), tasks.length, 2);
    const decode = (values: Values, h: Tensor, context: ForwardContext): Tensor => {
      const ways: Tensor[] = [];
      for (const step of steps(values, h, context)) ways.push(ways.length === 0 ? step : productLogit(ways[ways.length - 1]!, step));
      return tf.concat(ways, 2);
    };
    return {
      parameters: [...bottom.parameters, ...ofSteps],
      forward: (values, x, context) => decode(values, bottom.apply(values, x, context), context),
      ...bottom.representation(decode),
      diagnose: (values, x, context) => ({
        steps: tf.mean(tf.sigmoid(tf.concat(steps(values, bottom.apply(values, x, context), context), 2)), 1),
      }),
    };
  },
});
