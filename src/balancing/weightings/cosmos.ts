import { numberOption, perTaskOption } from '../../options/spec';
import type { MethodFactory, Weighting } from '../balancing';
import { checkPerTask } from '../check';
import { defineWeighting } from '../define-weighting';

/** Options of {@link cosmos}. */
export interface CosmosOptions {
  /** Preference of each task. @default 1 / tasks */
  readonly weights?: readonly number[] | null;
  /** How much an angle between losses and preferences costs. @default 1 */
  readonly lambda?: number;
}

/**
 * COSMOS (Ruchte, Grabocka 2021, arXiv 2103.13392): the weighted sum of the losses minus lambda times the cosine between losses and
 * preferences. Only the objective: the authors also feed the preferences to the network.
 *
 * A task without a label in a batch is left out: the angle is that of the other tasks.
 */
export const cosmos: MethodFactory<CosmosOptions, Weighting> = defineWeighting<CosmosOptions>({
  name: 'cosmos',
  title: 'COSMOS',
  paper: {
    authors: 'Ruchte, Grabocka',
    year: 2021,
    title: 'Scalable Pareto Front Approximation for Deep Multi-Objective Learning',
    arxiv: '2103.13392',
  },
  needs: 'losses',
  options: {
    weights: perTaskOption('preference of each task; null: 1 / tasks', { min: 0 }),
    lambda: numberOption(1, 'how much an angle between losses and preferences costs', { min: 0 }),
  },
  create({ weights, lambda }) {
    const parts = (losses: readonly number[]): { w: readonly number[]; dot: number; wNorm: number; lossNorm: number } => {
      if (weights !== null) checkPerTask('cosmos', 'weights', weights, losses.length);
      const w = weights ?? losses.map(() => 1 / losses.length);
      const dot = losses.reduce((sum, loss, t) => sum + w[t]! * loss, 0);
      return { w, dot, wNorm: Math.max(Math.hypot(...w), Number.MIN_VALUE), lossNorm: Math.hypot(...losses) };
    };
    return {
      step({ losses }, state) {
        const { w, dot, wNorm, lossNorm } = parts(losses);
        // At the origin the cosine has no gradient.
        if (lossNorm === 0) return { weights: [...w], state };
        const cosine = dot / wNorm / lossNorm;
        return {
          weights: losses.map((loss, t) => w[t]! - (lambda * (w[t]! / wNorm - (cosine * loss) / lossNorm)) / lossNorm),
          state,
        };
      },
      value({ losses }) {
        const { dot, wNorm, lossNorm } = parts(losses);
        return lossNorm === 0 ? 0 : dot - (lambda * dot) / wNorm / lossNorm;
      },
    };
  },
});
