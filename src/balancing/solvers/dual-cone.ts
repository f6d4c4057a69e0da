import { minimiseNonNegative } from './non-negative-quadratic';

/**
 * Prepares a Gramian for projections on the dual cone: divided by its trace, with `regEps` added to the diagonal.
 * @returns undefined when the trace is not above `normEps`: there is nothing to project
 */
export function normalisedGramian(gramian: Float64Array, tasks: number, normEps: number, regEps: number): Float64Array | undefined {
  let trace = 0;
  for (let t = 0; t < tasks; t++) trace += gramian[t * tasks + t]!;
  if (!(trace > normEps)) return undefined;
  const result = gramian.map((value) => value / trace);
  for (let t = 0; t < tasks; t++) result[t * tasks + t]! += regEps;
  return result;
}

/**
 * Weights of the projection of the combination J^T u on the dual cone of the task gradients, the directions that make an acute
 * angle with every one: argmin of v^T G v over v >= u (Quinton and Rey 2024, arXiv 2406.16232, proposition 1). With v = u + x
 * it is a non-negative quadratic problem.
 */
export function projectOntoDualCone(gramian: Float64Array, u: Float64Array): Float64Array {
  const n = u.length;
  const f = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += gramian[i * n + j]! * u[j]!;
    f[i] = -sum;
  }
  const x = minimiseNonNegative(gramian, f);
  for (let i = 0; i < n; i++) x[i]! += u[i]!;
  return x;
}
