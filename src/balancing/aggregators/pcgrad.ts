import { choiceOption } from '../../options/spec';
import type { GramianBalancer, MethodFactory } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';
import { type RandomState, randomStart, stepStream } from '../method-random';
import { type TaskOrder, visitingOrder } from '../task-order';

/** Options of {@link pcgrad}. */
export interface PcgradOptions {
  /** In which order the other tasks are visited; it matters from three tasks on. @default 'random' */
  readonly order?: TaskOrder;
  /** `sum` of the projected gradients, as in the paper, or their `mean`. @default 'sum' */
  readonly reduction?: 'sum' | 'mean';
}

/**
 * Gradient surgery (Yu, Kumar, Gupta, Levine, Hausman, Finn 2020, arXiv 2001.06782): from each task gradient, the component against
 * any other task's original gradient is taken off, one task after the other; the results are summed.
 *
 * A task without a label in a batch is neither projected nor projected on.
 */
export const pcgrad: MethodFactory<PcgradOptions, GramianBalancer> = defineGramianBalancer<PcgradOptions>({
  name: 'pcgrad',
  title: 'PCGrad',
  paper: {
    authors: 'Yu, Kumar, Gupta, Levine, Hausman, Finn',
    year: 2020,
    title: 'Gradient Surgery for Multi-Task Learning',
    arxiv: '2001.06782',
  },
  options: {
    order: choiceOption('random', ['random', 'index', 'reverse'], 'in which order the other tasks are visited'),
    reduction: choiceOption('sum', ['sum', 'mean'], 'sum of the projected gradients, or their mean'),
  },
  create: ({ order, reduction }) => ({
    init: (_tasks, seed) => randomStart(seed),
    weigh(gramian, tasks, _input, state) {
      const current = state as RandomState;
      // With two tasks there is nothing to order.
      const stream = order === 'random' && tasks > 2 ? stepStream('pcgrad', current) : undefined;
      const weights = new Float64Array(tasks);
      const own = new Float64Array(tasks);
      for (let i = 0; i < tasks; i++) {
        own.fill(0);
        own[i] = 1;
        const visits = visitingOrder(order, tasks, stream);
        for (let k = 0; k < tasks; k++) {
          const j = visits[k]!;
          if (j === i) continue;
          let dot = 0;
          for (let m = 0; m < tasks; m++) dot += own[m]! * gramian[j * tasks + m]!;
          const squared = gramian[j * tasks + j]!;
          if (dot < 0 && squared > 0) own[j]! -= dot / squared;
        }
        for (let m = 0; m < tasks; m++) weights[m]! += own[m]!;
      }
      if (reduction === 'mean') for (let t = 0; t < tasks; t++) weights[t]! /= tasks;
      return { weights, state: { seed: current.seed, draws: current.draws + 1 } };
    },
  }),
});
