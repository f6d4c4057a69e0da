import { choiceOption, numberOption, perTaskOption } from '../../options/spec';
import type { MethodFactory, StepInput, Weighting } from '../balancing';
import { checkPerTask } from '../check';
import { defineWeighting } from '../define-weighting';
import { logOfLosses } from '../log-losses';
import { softmax } from '../softmax';

/** Options of {@link stch}. */
export interface StchOptions {
  /** Smoothing: the smaller, the nearer to the largest term. @default 1 */
  readonly mu?: number;
  /** Preference of each task. @default 1 / tasks for `plain`, 1 for `log` */
  readonly weights?: readonly number[] | null;
  /** Ideal loss of each task; only for `plain`. @default 0 */
  readonly reference?: readonly number[] | null;
  /**
   * `plain`: the losses as they are, as in the definition; `log`: as in the authors' multi-task code, log of each loss over its mean
   * in epoch number `warmup`, times the number of tasks, after `warmup` + 1 epochs on the sum of log losses. @default 'plain'
   */
  readonly variant?: 'plain' | 'log';
  /** Index of the epoch whose mean losses the variant `log` divides by. @default 4 */
  readonly warmup?: number;
}

/**
 * Smooth Tchebycheff scalarization (Lin and others 2024, arXiv 2402.19078): mu log sum_t exp(w_t (L_t - z_t) / mu), a smooth maximum
 * of the weighted losses, computed without overflow.
 *
 * A task without a label in a batch is left out of the smooth maximum.
 */
export const stch: MethodFactory<StchOptions, Weighting> = defineWeighting<StchOptions>({
  name: 'stch',
  title: 'Smooth Tchebycheff',
  paper: {
    authors: 'Lin, Zhang, Yang, Liu, Wang, Zhang',
    year: 2024,
    title: 'Smooth Tchebycheff Scalarization for Multi-Objective Optimization',
    arxiv: '2402.19078',
  },
  needs: 'losses',
  options: {
    mu: numberOption(1, 'smoothing: the smaller, the nearer to the largest term', { above: 0 }),
    weights: perTaskOption('preference of each task; null: 1 / tasks for plain, 1 for log', { min: 0 }),
    reference: perTaskOption('ideal loss of each task, only for plain; null: 0'),
    variant: choiceOption('plain', ['plain', 'log'], 'plain: losses as they are; log: log of losses over their mean in a warm-up epoch'),
    warmup: numberOption(4, 'index of the epoch whose mean losses the variant log divides by', { min: 0, integer: true }),
  },
  create({ mu, weights, reference, variant, warmup }) {
    if (variant === 'log' && reference !== null) throw new TypeError("stch(options): option 'reference' is only for variant 'plain'");
    const preferences = (tasks: number): readonly number[] => {
      if (weights !== null) checkPerTask('stch', 'weights', weights, tasks);
      return weights ?? new Array<number>(tasks).fill(variant === 'plain' ? 1 / tasks : 1);
    };
    /** The weighted terms of the smooth maximum; undefined during warm-up. */
    const terms = ({ losses, epochLosses }: StepInput): number[] | undefined => {
      const w = preferences(losses.length);
      if (variant === 'plain') {
        if (reference !== null) checkPerTask('stch', 'reference', reference, losses.length);
        return losses.map((loss, t) => w[t]! * (loss - (reference?.[t] ?? 0)));
      }
      if (epochLosses[warmup] === undefined) return undefined;
      // A task without a label in that epoch has its first mean after it, or else its present loss.
      const nadir = losses.map((loss, t) => epochLosses.find((means, e) => e >= warmup && Number.isFinite(means[t]))?.[t] ?? loss);
      const logNadir = logOfLosses('stch', nadir);
      return logOfLosses('stch', losses).map((value, t) => w[t]! * (value - logNadir[t]!));
    };
    return {
      step(input, state) {
        const { losses } = input;
        const y = terms(input);
        if (y === undefined) return { weights: logOfLosses('stch', losses).map((value) => Math.exp(-value)), state };
        const w = preferences(losses.length);
        const largest = Math.max(...y);
        const shares = softmax(y.map((value) => (value - largest) / mu));
        if (variant === 'plain') return { weights: shares.map((share, t) => share * w[t]!), state };
        const logs = logOfLosses('stch', losses);
        return { weights: shares.map((share, t) => losses.length * share * w[t]! * Math.exp(-logs[t]!)), state };
      },
      value(input) {
        const y = terms(input);
        if (y === undefined) return logOfLosses('stch', input.losses).reduce((sum, value) => sum + value, 0);
        const largest = Math.max(...y);
        const smooth = largest + mu * Math.log(y.reduce((sum, value) => sum + Math.exp((value - largest) / mu), 0));
        return variant === 'plain' ? smooth : smooth * input.losses.length;
      },
    };
  },
});
