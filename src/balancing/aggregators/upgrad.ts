import type { GramianBalancer, MethodFactory } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';
import { type DualConeOptions, dualConeOptions, preferenceOf } from '../dual-cone-options';
import { normalisedGramian, projectOntoDualCone } from '../solvers/dual-cone';

/** Options of {@link upgrad}. */
export type UpgradOptions = DualConeOptions;

/**
 * UPGrad (Quinton, Rey 2024, arXiv 2406.16232): projects each task gradient on the dual cone of all of them, the directions that
 * conflict with none, and averages the projections. Solved exactly by an active-set method.
 *
 * As in the authors' package, the Gramian is divided by its trace and 1e-4 is added to its diagonal, which moves the result a little
 * on ill-scaled gradients. Unlike there, short gradients are not averaged: `normEps` is 0, not 1e-4, so that the update scales with
 * the gradients.
 *
 * A task without a label in a batch is left out of the cone.
 */
export const upgrad: MethodFactory<UpgradOptions, GramianBalancer> = defineGramianBalancer<UpgradOptions>({
  name: 'upgrad',
  title: 'UPGrad',
  paper: { authors: 'Quinton, Rey', year: 2024, title: 'Jacobian Descent for Multi-Objective Optimization', arxiv: '2406.16232' },
  options: dualConeOptions,
  create: ({ preference, normEps, regEps }) => ({
    weigh(gramian, tasks) {
      const p = preferenceOf('upgrad', preference, tasks);
      const normalized = normalisedGramian(gramian, tasks, normEps, regEps);
      if (normalized === undefined) return { weights: p };
      const weights = new Float64Array(tasks);
      const u = new Float64Array(tasks);
      for (let t = 0; t < tasks; t++) {
        u.fill(0);
        u[t] = p[t]!;
        const projected = projectOntoDualCone(normalized, u);
        for (let i = 0; i < tasks; i++) weights[i]! += projected[i]!;
      }
      return { weights };
    },
  }),
});
