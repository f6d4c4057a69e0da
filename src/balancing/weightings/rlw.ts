import { choiceOption } from '../../options/spec';
import type { MethodFactory, Weighting } from '../balancing';
import { defineWeighting } from '../define-weighting';
import { type RandomState, randomStart, stepStream } from '../method-random';
import { softmax } from '../softmax';

/** Options of {@link rlw}. */
export interface RlwOptions {
  /** `normal`: softmax of standard normal numbers; `dirichlet`: uniform on the simplex. @default 'normal' */
  readonly distribution?: 'normal' | 'dirichlet';
}

/**
 * Random loss weighting (Lin, Ye, Zhang, Tsang 2022, arXiv 2111.10603): new random weights at every step, summing to 1. A method that
 * does not beat it has not shown anything.
 *
 * A task without a label in a batch has weight 0, and the random weights of the others sum to 1.
 */
export const rlw: MethodFactory<RlwOptions, Weighting> = defineWeighting<RlwOptions>({
  name: 'rlw',
  title: 'Random loss weighting',
  paper: {
    authors: 'Lin, Ye, Zhang, Tsang',
    year: 2022,
    title: 'Reasonable Effectiveness of Random Weighting: A Litmus Test for Multi-Task Learning',
    arxiv: '2111.10603',
  },
  needs: 'losses',
  usesBatch: false,
  options: {
    distribution: choiceOption(
      'normal',
      ['normal', 'dirichlet'],
      'normal: softmax of standard normal numbers; dirichlet: uniform on the simplex',
    ),
  },
  create: ({ distribution }) => ({
    init: (_tasks, seed) => randomStart(seed),
    step({ losses }, state) {
      const current = state as RandomState;
      const stream = stepStream('rlw', current);
      const next = { seed: current.seed, draws: current.draws + 1 };
      if (distribution === 'normal') return { weights: softmax(losses.map(() => stream.normal())), state: next };
      const exponentials = losses.map(() => -Math.log(1 - stream.uniform()));
      const sum = exponentials.reduce((total, value) => total + value, 0);
      return { weights: exponentials.map((value) => value / sum), state: next };
    },
  }),
});
