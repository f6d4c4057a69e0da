import { numberOption, perTaskOption } from '../../options/spec';
import type { GramianBalancer, MethodFactory, State } from '../balancing';
import { checkPerTask, checkSquare } from '../check';
import { defineGramianBalancer } from '../define-balancer';
import { flatten, multiply } from '../solvers/linear-algebra';
import { projectOntoSimplex } from '../solvers/simplex-projection';

/** Options of {@link sdmgrad}. */
export interface SdmgradOptions {
  /** Pull toward the preferred direction: 0 is min-norm, large ones the preference itself. @default 0.3 */
  readonly lambda?: number;
  /** Steps of the inner solver. @default 20 */
  readonly iterations?: number;
  /** Step size of the inner solver. @default 10 */
  readonly learningRate?: number;
  /** Momentum of the inner solver. @default 0.5 */
  readonly momentum?: number;
  /** Weights of the preferred direction. @default 1 / tasks */
  readonly preference?: readonly number[] | null;
}

interface SdmgradState extends State {
  readonly weights: readonly number[];
}

/**
 * SDMGrad, stochastic direction-oriented multi-objective gradient descent (Xiao, Ban, Ji 2023, arXiv 2305.18409): the min-norm problem
 * with a pull toward a preferred direction p, by projected gradient steps on w from the last step's w; the weights are
 * (w + lambda p) / (1 + lambda). The steps use the products of gradients on two independent batches divided by the squared mean length
 * of the gradients (negative squares count as 0); where only one batch is known its Gramian is used, which biases the steps.
 *
 * The authors' code multiplies the update by the number of tasks (`scale: 'sum'` in `.with(...)`), then shortens it to 1 (the nearest here is
 * the setting `clipNorm: 1`, which takes the heads' gradients in). Neither is done by default, as in LibMTL. Heads follow their own losses,
 * as there.
 *
 * A task without a label in a batch has weight 0 and keeps its share of the weights.
 */
export const sdmgrad: MethodFactory<SdmgradOptions, GramianBalancer> = defineGramianBalancer<SdmgradOptions>({
  name: 'sdmgrad',
  title: 'SDMGrad',
  paper: {
    authors: 'Xiao, Ban, Ji',
    year: 2023,
    title: 'Direction-oriented Multi-objective Learning: Simple and Provable Stochastic Algorithms',
    arxiv: '2305.18409',
  },
  independentBatches: true,
  options: {
    lambda: numberOption(0.3, 'pull toward the preferred direction', { min: 0 }),
    iterations: numberOption(20, 'steps of the inner solver', { min: 1, integer: true }),
    learningRate: numberOption(10, 'step size of the inner solver', { above: 0 }),
    momentum: numberOption(0.5, 'momentum of the inner solver', { min: 0, below: 1 }),
    preference: perTaskOption('weights of the preferred direction; null: 1 / tasks', { min: 0 }),
  },
  create: ({ lambda, iterations, learningRate, momentum, preference }) => ({
    parts: { weights: 'simplex' },
    init: (tasks): SdmgradState => ({ weights: new Array<number>(tasks).fill(1 / tasks) }),
    weigh(gramian, tasks, { crossGramian }, state) {
      if (preference !== null) checkPerTask('sdmgrad', 'preference', preference, tasks);
      if (crossGramian !== undefined) checkSquare('sdmgrad', crossGramian, 'product of the Jacobians of two batches', tasks);
      const p = preference ?? new Array<number>(tasks).fill(1 / tasks);
      const a = crossGramian === undefined ? gramian.slice() : flatten(crossGramian);
      let scale = 0;
      for (let t = 0; t < tasks; t++) scale += Math.sqrt(Math.max(a[t * tasks + t]!, 0)) / tasks;
      if (scale > 0) for (let k = 0; k < a.length; k++) a[k]! /= scale * scale;
      let w: Float64Array = Float64Array.from((state as SdmgradState).weights);
      const pull = multiply(a, p);
      const velocity = new Float64Array(tasks);
      for (let iteration = 0; iteration < iterations; iteration++) {
        const gradient = multiply(a, w);
        for (let t = 0; t < tasks; t++) {
          velocity[t] = momentum * velocity[t]! + gradient[t]! + lambda * pull[t]!;
          w[t]! -= learningRate * velocity[t]!;
        }
        w = projectOntoSimplex(w);
      }
      const next: SdmgradState = { weights: Array.from(w) };
      return { weights: w.map((value, t) => (value + lambda * p[t]!) / (1 + lambda)), state: next };
    },
  }),
});
