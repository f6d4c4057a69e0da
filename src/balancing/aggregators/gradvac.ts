import { choiceOption, numberOption } from '../../options/spec';
import type { GramianBalancer, MethodFactory, State } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';
import { type RandomState, randomStart, stepStream } from '../method-random';
import { rowNorms } from '../solvers/linear-algebra';
import { type TaskOrder, visitingOrder } from '../task-order';

/** The largest cosine that can be a target; beyond it the correction would be unbounded. */
const LARGEST_COSINE = 1 - 1e-8;

/** Options of {@link gradvac}. */
export interface GradvacOptions {
  /** How fast the target cosines follow the measured ones; 0 keeps them at 0, which is PCGrad. @default 0.5 */
  readonly beta?: number;
  /** In which order the other tasks are visited. @default 'random' */
  readonly order?: TaskOrder;
}

interface GradvacState extends State {
  readonly random: RandomState;
  /** Target cosines, row-major `[tasks, tasks]`. */
  readonly targets: readonly number[];
}

/**
 * Gradient vaccine (Wang, Tsvetkov, Firat, Cao 2021, arXiv 2010.05874): where the cosine between a task's gradient and another's lies
 * below its running mean, enough of the other gradient is added to lift it there; the results are summed. The first call, with targets
 * 0, equals PCGrad. Targets are kept for the shared parameters as a whole (the paper keeps them per layer).
 *
 * A task without a label in a batch is left out, and its targets stay.
 */
export const gradvac: MethodFactory<GradvacOptions, GramianBalancer> = defineGramianBalancer<GradvacOptions>({
  name: 'gradvac',
  title: 'GradVac',
  paper: {
    authors: 'Wang, Tsvetkov, Firat, Cao',
    year: 2021,
    title: 'Gradient Vaccine: Investigating and Improving Multi-task Optimization in Massively Multilingual Models',
    arxiv: '2010.05874',
  },
  options: {
    beta: numberOption(0.5, 'how fast the target cosines follow the measured ones; 0 is PCGrad', { min: 0, max: 1 }),
    order: choiceOption('random', ['random', 'index', 'reverse'], 'in which order the other tasks are visited'),
  },
  create: ({ beta, order }) => ({
    parts: { targets: 'pair' },
    init: (tasks, seed): GradvacState => ({ random: randomStart(seed), targets: new Array<number>(tasks * tasks).fill(0) }),
    weigh(gramian, tasks, _input, state) {
      const current = state as GradvacState;
      const stream = order === 'random' && tasks > 2 ? stepStream('gradvac', current.random) : undefined;
      const norms = rowNorms(gramian, tasks);
      const targets = [...current.targets];
      const weights = new Float64Array(tasks);
      const own = new Float64Array(tasks);
      for (let i = 0; i < tasks; i++) {
        own.fill(0);
        own[i] = 1;
        // Products of the modified gradient with the original ones.
        const dots = gramian.slice(i * tasks, (i + 1) * tasks);
        const visits = visitingOrder(order, tasks, stream);
        for (let k = 0; k < tasks; k++) {
          const j = visits[k]!;
          if (j === i || norms[j] === 0) continue;
          let squared = 0;
          for (let m = 0; m < tasks; m++) squared += own[m]! * dots[m]!;
          const norm = Math.sqrt(Math.max(squared, 0));
          if (!(norm > 1e-12 * norms[i]!)) continue;
          const cosine = Math.min(1, Math.max(-1, dots[j]! / norm / norms[j]!));
          const target = Math.min(targets[i * tasks + j]!, LARGEST_COSINE);
          if (cosine < target) {
            const sine = Math.sqrt(1 - target * target);
            const added = (norm * (target * Math.sqrt(1 - cosine * cosine) - cosine * sine)) / norms[j]! / sine;
            own[j]! += added;
            for (let m = 0; m < tasks; m++) dots[m]! += added * gramian[j * tasks + m]!;
          }
          targets[i * tasks + j] = (1 - beta) * targets[i * tasks + j]! + beta * cosine;
        }
        for (let m = 0; m < tasks; m++) weights[m]! += own[m]!;
      }
      const next: GradvacState = { random: { seed: current.random.seed, draws: current.random.draws + 1 }, targets };
      return { weights, state: next };
    },
  }),
});
