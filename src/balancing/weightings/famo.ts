import { numberOption, perTaskOption } from '../../options/spec';
import { ADAM_PARTS, type AdamState, adamStart, adamStep } from '../adam';
import type { MethodFactory, Weighting } from '../balancing';
import { checkPerTask } from '../check';
import { defineWeighting } from '../define-weighting';
import { softmax } from '../softmax';

/** Added to losses under a logarithm, as in the authors' code. */
const EPSILON = 1e-8;

/** Options of {@link famo}. */
export interface FamoOptions {
  /** Learning rate of the logits. @default 0.025 */
  readonly learningRate?: number;
  /**
   * Weight decay of the logits. The authors' class has 1e-5 by default (its `gamma`), their stand-alone `famo.py` and the command line of their
   * experiments .01, their toy example 0; LibMTL and TorchJD 1e-3. @default 1e-3
   */
  readonly weightDecay?: number;
  /** A lower bound of each loss. @default 0 */
  readonly minLosses?: readonly number[] | null;
}

/**
 * Fast adaptive multitask optimization (Liu, Feng, Stone, Liu 2023, arXiv 2306.03792): descends c sum z_t log(L_t - b_t) with
 * z = softmax(v) and c held constant, so that the weights c z_t / (L_t - b_t) sum to 1. Once the losses of the same batch after the
 * step are known (`after`), Adam moves the logits v against the drop of each log loss: tasks that fell less will weigh more.
 *
 * A task without a label in a batch has weight 0, the others share the whole, and its logit takes no step.
 */
export const famo: MethodFactory<FamoOptions, Weighting> = defineWeighting<FamoOptions>({
  name: 'famo',
  title: 'FAMO',
  paper: {
    authors: 'Liu, Feng, Stone, Liu',
    year: 2023,
    title: 'FAMO: Fast Adaptive Multitask Optimization',
    arxiv: '2306.03792',
  },
  needs: 'losses',
  options: {
    learningRate: numberOption(0.025, 'learning rate of the logits', { above: 0 }),
    weightDecay: numberOption(1e-3, 'weight decay of the logits', { min: 0 }),
    minLosses: perTaskOption('a lower bound of each loss; null: 0'),
  },
  create({ learningRate, weightDecay, minLosses }) {
    const above = (losses: readonly number[]): number[] => {
      if (minLosses !== null) checkPerTask('famo', 'minLosses', minLosses, losses.length);
      return losses.map((loss, t) => {
        const excess = loss - (minLosses?.[t] ?? 0) + EPSILON;
        if (excess > 0) return excess;
        throw new RangeError(
          `famo: the loss of task ${t} is ${loss}, below its lower bound ${minLosses?.[t] ?? 0}; give lower bounds with option 'minLosses'`,
        );
      });
    };
    const shares = (losses: readonly number[], state: AdamState): number[] => {
      const z = softmax(state.values);
      const excess = above(losses);
      const ratios = z.map((share, t) => share / excess[t]!);
      const sum = ratios.reduce((total, value) => total + value, 0);
      return ratios.map((ratio) => ratio / sum);
    };
    return {
      parts: ADAM_PARTS,
      init: (tasks) => adamStart(new Array<number>(tasks).fill(0)),
      step: ({ losses }, state) => ({ weights: shares(losses, state as AdamState), state }),
      value({ losses }, state) {
        const excess = above(losses);
        return shares(losses, state as AdamState).reduce((sum, weight, t) => sum + weight * excess[t]! * Math.log(excess[t]!), 0);
      },
      after({ losses, nextLosses }, state) {
        const z = softmax((state as AdamState).values);
        const before = above(losses);
        const later = above(nextLosses!);
        const drop = before.map((excess, t) => Math.log(excess) - Math.log(later[t]!));
        const mean = drop.reduce((sum, value, t) => sum + z[t]! * value, 0);
        const gradient = drop.map((value, t) => z[t]! * (value - mean));
        return adamStep(state as AdamState, gradient, learningRate, weightDecay);
      },
    };
  },
});
