import { nullableNumberOption, numberOption } from '../../options/spec';
import type { GramianBalancer, MethodFactory, State } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';
import { shorten } from '../shorten';
import { fairWeights } from '../solvers/fair-weights';

/** Options of {@link nashmtl}. */
export interface NashmtlOptions {
  /** The update is shortened to this length; null leaves it sqrt(T) long. @default 1 */
  readonly maxNorm?: number | null;
  /** Solve for new weights every so many steps and keep them in between. @default 1 */
  readonly every?: number;
}

interface NashmtlState extends State {
  /** The last solution, before shortening; null for a task that was in none yet. */
  readonly weights: readonly (number | null)[];
  readonly steps: number;
}

/**
 * Nash-MTL (Navon and others 2022, arXiv 2202.01017): the bargaining solution G w = 1 / w, which does not depend on the scale of any
 * task. It is solved exactly by damped Newton steps (the authors iterate a convex-concave procedure); a zero gradient has weight 0.
 *
 * The authors' code, LibMTL and TorchJD divide G by its norm for their solver and multiply it in again in their constraint, so that theirs is
 * this solution too: sqrt(T) long at any scale of the gradients, then shortened to `maxNorm`.
 *
 * Each task's own head follows its loss times the task's weight before shortening, as in the authors' code (`heads: 'plain'`: its loss).
 */
export const nashmtl: MethodFactory<NashmtlOptions, GramianBalancer> = defineGramianBalancer<NashmtlOptions>({
  name: 'nashmtl',
  title: 'Nash-MTL',
  paper: {
    authors: 'Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik, Fetaya',
    year: 2022,
    title: 'Multi-Task Learning as a Bargaining Game',
    arxiv: '2202.01017',
  },
  heads: 'weighted',
  options: {
    maxNorm: nullableNumberOption(1, 'the update is shortened to this length; null leaves it sqrt(T) long', { above: 0 }),
    every: numberOption(1, 'solve for new weights every so many steps', { min: 1, integer: true }),
  },
  create: ({ maxNorm, every }) => ({
    parts: { weights: 'task' },
    init: (tasks): NashmtlState => ({ weights: new Array<null>(tasks).fill(null), steps: 0 }),
    weigh(gramian, tasks, _input, state) {
      const current = state as NashmtlState;
      const known = current.weights.every((weight) => weight !== null) ? (current.weights as readonly number[]) : undefined;
      const solution = known === undefined || current.steps % every === 0 ? Array.from(fairWeights(gramian, tasks, 1)) : known;
      const next: NashmtlState = { weights: every === 1 ? current.weights : solution, steps: current.steps + 1 };
      return { ...shorten(gramian, solution, maxNorm), state: next };
    },
  }),
});
