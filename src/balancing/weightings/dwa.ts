import { numberOption } from '../../options/spec';
import type { MethodFactory, Weighting } from '../balancing';
import { defineWeighting } from '../define-weighting';
import { SMALLEST_LOSS } from '../log-losses';
import { softmax } from '../softmax';

/** Options of {@link dwa}. */
export interface DwaOptions {
  /** The higher, the more equal the weights. @default 2 */
  readonly temperature?: number;
}

/**
 * Dynamic weight average (Liu, Johns, Davison 2019, arXiv 1803.10704): tasks whose mean loss fell less between the last two epochs
 * weigh more, w = T softmax(r / temperature) with r_t = L_t(e-1) / L_t(e-2); 1 in the first two epochs. A task
 * that had no label in one of the two epochs counts as one whose loss stayed as it was.
 *
 * A task without a label in a batch has weight 0, and the weights of the others sum to their number.
 */
export const dwa: MethodFactory<DwaOptions, Weighting> = defineWeighting<DwaOptions>({
  name: 'dwa',
  title: 'Dynamic weight average',
  paper: {
    authors: 'Liu, Johns, Davison',
    year: 2019,
    title: 'End-to-End Multi-Task Learning with Attention',
    arxiv: '1803.10704',
  },
  needs: 'losses',
  usesBatch: false,
  options: { temperature: numberOption(2, 'the higher, the more equal the weights', { above: 0 }) },
  create: ({ temperature }) => ({
    step({ losses, epochLosses }, state) {
      const last = epochLosses.at(-1);
      const before = epochLosses.at(-2);
      if (last === undefined || before === undefined) return { weights: losses.map(() => 1), state };
      // A task without a label in one of the epochs has no rate yet.
      const rates = losses.map((_, t) => {
        const rate = last[t]! / Math.max(before[t]!, SMALLEST_LOSS);
        return (Number.isFinite(rate) ? rate : 1) / temperature;
      });
      return { weights: softmax(rates).map((share) => share * losses.length), state };
    },
  }),
});
