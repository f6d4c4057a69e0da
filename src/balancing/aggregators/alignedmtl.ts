import { choiceOption, perTaskOption } from '../../options/spec';
import type { GramianBalancer, MethodFactory } from '../balancing';
import { checkPerTask } from '../check';
import { defineGramianBalancer } from '../define-balancer';
import { symmetricEigen } from '../solvers/linear-algebra';

/** Machine epsilon of float32, the precision of most gradients; eigenvalues below it, times T, relative to the largest are noise. */
const EPSILON = 2 ** -23;

/** Options of {@link alignedmtl}. */
export interface AlignedmtlOptions {
  /** Which eigenvalue of the Gramian the components are scaled to: the smallest, the (lower) median, or the mean. @default 'min' */
  readonly scale?: 'min' | 'median' | 'rmse';
  /** Preference of each task; 1 for each gives the sum rather than the mean. @default 1 / tasks */
  readonly preference?: readonly number[] | null;
}

/**
 * Aligned-MTL (Senushkin, Patakin, Kuznetsov, Konushin 2023, arXiv 2305.19000): rescales the principal components of the task
 * gradients to one length, w = sqrt(s) V S^(-1/2) V^T p with G = V S V^T, over the eigenvalues above T times float32's
 * machine epsilon times the largest, as in the authors' code. Weights of near-parallel gradients can be negative.
 *
 * A task without a label in a batch is left out of the components.
 */
export const alignedmtl: MethodFactory<AlignedmtlOptions, GramianBalancer> = defineGramianBalancer<AlignedmtlOptions>({
  name: 'alignedmtl',
  title: 'Aligned-MTL',
  paper: {
    authors: 'Senushkin, Patakin, Kuznetsov, Konushin',
    year: 2023,
    title: 'Independent Component Alignment for Multi-Task Learning',
    arxiv: '2305.19000',
  },
  options: {
    scale: choiceOption('min', ['min', 'median', 'rmse'], 'eigenvalue the components are scaled to: smallest, lower median or mean'),
    preference: perTaskOption('preference of each task; null: 1 / tasks', { min: 0 }),
  },
  create: ({ scale, preference }) => ({
    weigh(gramian, tasks) {
      if (preference !== null) checkPerTask('alignedmtl', 'preference', preference, tasks);
      const p = Float64Array.from(preference ?? new Array<number>(tasks).fill(1 / tasks));
      const { values, vectors } = symmetricEigen(gramian, tasks);
      const tolerance = values.reduce((largest, value) => Math.max(largest, value), 0) * tasks * EPSILON;
      const kept = values.filter((value) => value > tolerance).sort();
      if (kept.length === 0) return { weights: p };
      const target =
        scale === 'min'
          ? kept[0]!
          : scale === 'median'
            ? kept[(kept.length - 1) >> 1]!
            : kept.reduce((total, value) => total + value / kept.length, 0);
      const weights = new Float64Array(tasks);
      for (let k = 0; k < tasks; k++) {
        if (values[k]! <= tolerance) continue;
        let projection = 0;
        for (let i = 0; i < tasks; i++) projection += vectors[i * tasks + k]! * p[i]!;
        projection *= Math.sqrt(target / values[k]!);
        for (let i = 0; i < tasks; i++) weights[i]! += projection * vectors[i * tasks + k]!;
      }
      return { weights };
    },
  }),
});
