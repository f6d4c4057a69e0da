import type { Matrix } from './balancing';
import { checkSquare } from './check';
import { cosines, flatten, rowNorms } from './solvers/linear-algebra';

/** How the gradients of the tasks relate to each other at one step. */
export interface GradientDiagnostics {
  /** Lengths of the task gradients. */
  readonly norms: number[];
  /** Cosines `[tasks, tasks]` between the task gradients; 0 with a zero gradient. */
  readonly cosines: number[][];
  /** Magnitude similarities `[tasks, tasks]`, 2 |a| |b| / (|a|^2 + |b|^2), in [0, 1]; 0 with a zero gradient. */
  readonly magnitudeSimilarities: number[][];
  /** Share of the pairs of tasks whose gradients have a negative product, in [0, 1]; 0 with one task. */
  readonly conflictingShare: number;
}

/**
 * Conflict diagnostics from the Gramian of the task gradients (cosine and magnitude similarity as in Yu and others 2020,
 * arXiv 2001.06782).
 * @param gramian `[tasks, tasks]`
 * @throws TypeError when it is not a square matrix of numbers
 * @throws RangeError when an entry is not finite
 */
export function gradientDiagnostics(gramian: Matrix): GradientDiagnostics {
  const tasks = gramian.length;
  checkSquare('gradientDiagnostics(gramian)', gramian, 'Gramian', tasks);
  const flat = flatten(gramian);
  const norms = rowNorms(flat, tasks);
  const cosine = cosines(flat, norms);
  const rows = (entry: (i: number, j: number) => number): number[][] =>
    Array.from({ length: tasks }, (_, i) => Array.from({ length: tasks }, (__, j) => entry(i, j)));
  let conflicting = 0;
  for (let i = 0; i < tasks; i++) for (let j = 0; j < i; j++) if (cosine[i * tasks + j]! < 0) conflicting++;
  return {
    norms: Array.from(norms),
    cosines: rows((i, j) => cosine[i * tasks + j]!),
    magnitudeSimilarities: rows((i, j) => {
      // From the ratio of the lengths, which neither over- nor underflows.
      const ratio = Math.min(norms[i]!, norms[j]!) / Math.max(norms[i]!, norms[j]!, Number.MIN_VALUE);
      return (2 * ratio) / (1 + ratio * ratio);
    }),
    conflictingShare: tasks < 2 ? 0 : conflicting / ((tasks * (tasks - 1)) / 2),
  };
}
