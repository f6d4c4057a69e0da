import type { GramianBalancer, MethodFactory } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';
import { cosines, pseudoSolve, rankTolerance, rowNorms, symmetricEigen } from '../solvers/linear-algebra';

/** IMTL-G has no options. */
export type ImtlgOptions = Readonly<Record<never, never>>;

/**
 * Impartial gradient weighting, IMTL-G (Liu and others 2021, "Towards Impartial Multi-task Learning"): the combination whose
 * projections on all unit task gradients are equal, with weights that sum to 1 and may be negative: proportional to G^+ n, n the
 * lengths of the gradients.
 *
 * Where the unit gradients are independent the solution is C^-1 1 / n, C their cosines, which does not depend on the scale of any
 * task. Two gradients have the closed form n_2 / (n_1 + n_2) and n_1 / (n_1 + n_2) whatever their angle, which is also taken for
 * parallel and opposite ones, where G^+ n would jump. Else the pseudo-inverse of G is taken as it stands. Weights that would sum to
 * 0 give 1 / T each.
 *
 * A task without a label in a batch is left out: the projections on the others are equal.
 */
export const imtlg: MethodFactory<ImtlgOptions, GramianBalancer> = defineGramianBalancer<ImtlgOptions>({
  name: 'imtlg',
  title: 'IMTL-G',
  paper: {
    authors: 'Liu, Li, Kuang, Xue, Chen, Yang, Liao, Zhang',
    year: 2021,
    title: 'Towards Impartial Multi-task Learning',
  },
  options: {},
  create: () => ({
    weigh(gramian, tasks) {
      const norms = rowNorms(gramian, tasks);
      if (tasks === 2 && norms[0]! > 0 && norms[1]! > 0) {
        const total = norms[0]! + norms[1]!;
        return { weights: [norms[1]! / total, norms[0]! / total] };
      }
      const unit = symmetricEigen(cosines(gramian, norms), tasks);
      const tolerance = rankTolerance(unit.values);
      const independent = unit.values.every((value) => value > tolerance);
      const weights = independent
        ? pseudoSolve(unit, new Float64Array(tasks).fill(1)).map((value, t) => value / norms[t]!)
        : pseudoSolve(symmetricEigen(gramian, tasks), norms);
      let sum = 0;
      let size = 0;
      for (const weight of weights) {
        sum += weight;
        size += Math.abs(weight);
      }
      if (!(Math.abs(sum) > 1e-12 * size)) return { weights: weights.fill(1 / tasks) };
      return { weights: weights.map((weight) => weight / sum) };
    },
  }),
});
