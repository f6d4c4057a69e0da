import { choiceOption, numberOption } from '../../options/spec';
import { ADAM_PARTS, type AdamState, adamStart, adamStep } from '../adam';
import type { MethodFactory, State, Weighting } from '../balancing';
import { defineWeighting } from '../define-weighting';
import { SMALLEST_LOSS } from '../log-losses';

/** The least weight a task is left with. */
const SMALLEST_WEIGHT = 1e-6;

/** Options of {@link gradnorm}. */
export interface GradnormOptions {
  /** Strength of the pull toward equal training rates. @default 1.5 */
  readonly alpha?: number;
  /** Learning rate of the weights. @default 0.025 */
  readonly learningRate?: number;
  /**
   * Whose gradients' lengths are compared: those of the last shared layer's parameters, or of all shared parameters. Without effect on calls
   * that are given gradients, and with `gradients: 'representation'`. @default 'last'
   */
  readonly layer?: 'last' | 'all';
}

/** What {@link gradnormObjective} is told, each with one number a task. */
export interface GradnormInput {
  readonly weights: readonly number[];
  /** Lengths of the unweighted task gradients. */
  readonly norms: readonly number[];
  /** Losses over their initial values. */
  readonly lossRatios: readonly number[];
  readonly alpha: number;
}

/**
 * The objective of GradNorm, sum_t |w_t n_t - mean_s(w_s n_s) r_t^alpha| with r_t the loss ratio over its mean, and its gradient by
 * the weights; the targets are held constant.
 */
export function gradnormObjective({ weights, norms, lossRatios, alpha }: GradnormInput): { value: number; gradient: number[] } {
  const tasks = weights.length;
  let meanNorm = 0;
  let meanRatio = 0;
  for (let t = 0; t < tasks; t++) {
    meanNorm += (weights[t]! * norms[t]!) / tasks;
    meanRatio += lossRatios[t]! / tasks;
  }
  let value = 0;
  const gradient = weights.map((weight, t) => {
    const target = meanNorm * (meanRatio > 0 ? lossRatios[t]! / meanRatio : 1) ** alpha;
    const difference = weight * norms[t]! - target;
    value += Math.abs(difference);
    return Math.sign(difference) * norms[t]!;
  });
  return { value, gradient };
}

interface GradnormState extends State {
  readonly adam: AdamState;
  /** Loss of each task when it was first seen; null before. */
  readonly initialLosses: readonly (number | null)[];
}

/**
 * Gradient normalization (Chen, Badrinarayanan, Lee, Rabinovich 2018, arXiv 1711.02257): learns weights that sum to T so that the
 * weighted gradients have like lengths, longer for tasks that train more slowly. Weights start at 1 and are trained by their own
 * Adam; the loss of a task when it is first seen serves as its initial loss. Needs only the diagonal of the Gramian.
 *
 * Lengths are those of the gradients by the last layer (weights and biases) that every task uses, as in the paper. That is the last layer of
 * the trunk in `hardSharing` and what is built on it (`grouped`); in architectures whose shared part is no chain of layers, such as
 * `mmoe` or `mtan`, all shared parameters take its place. LibMTL takes all of them everywhere: `layer: 'all'`.
 *
 * A task without a label in a batch has weight 0 and keeps its weight for later; norms, ratios and the sum are those of the others.
 */
export const gradnorm: MethodFactory<GradnormOptions, Weighting> = defineWeighting<GradnormOptions>({
  name: 'gradnorm',
  title: 'GradNorm',
  paper: {
    authors: 'Chen, Badrinarayanan, Lee, Rabinovich',
    year: 2018,
    title: 'GradNorm: Gradient Normalization for Adaptive Loss Balancing in Deep Multitask Networks',
    arxiv: '1711.02257',
  },
  needs: 'gramian',
  options: {
    alpha: numberOption(1.5, 'strength of the pull toward equal training rates', { min: 0 }),
    learningRate: numberOption(0.025, 'learning rate of the weights', { above: 0 }),
    layer: choiceOption('last', ['last', 'all'], 'whose gradients count: of the last shared layer, or of all shared parameters'),
  },
  create: ({ alpha, learningRate, layer }) => ({
    lastLayer: layer === 'last',
    // Only the ratios of the weights matter, so that absent tasks do not take from the present ones.
    parts: { adam: { ...ADAM_PARTS, values: 'shares' }, initialLosses: 'task' },
    init: (tasks): GradnormState => ({
      adam: adamStart(new Array<number>(tasks).fill(1)),
      initialLosses: new Array<null>(tasks).fill(null),
    }),
    step({ losses, gramian }, state) {
      const { adam, initialLosses } = state as GradnormState;
      const initial = losses.map((loss, t) => initialLosses[t] ?? loss);
      const weights = [...adam.values];
      const { gradient } = gradnormObjective({
        weights,
        norms: losses.map((_, t) => Math.sqrt(Math.max(gramian![t]![t]!, 0))),
        lossRatios: losses.map((loss, t) => Math.max(loss, 0) / Math.max(initial[t]!, SMALLEST_LOSS)),
        alpha,
      });
      const moved = adamStep(adam, gradient, learningRate);
      const positive = moved.values.map((value) => Math.max(value, SMALLEST_WEIGHT));
      const scale = losses.length / positive.reduce((sum, value) => sum + value, 0);
      const next: GradnormState = { adam: { ...moved, values: positive.map((value) => value * scale) }, initialLosses: initial };
      return { weights, state: next };
    },
  }),
});
