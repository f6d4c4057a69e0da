import { minimiseNonNegative } from './non-negative-quadratic';

/**
 * Weights on the simplex whose combination of task gradients is shortest: argmin of w^T G w.
 *
 * Exact for any number of tasks: with A = G / s + 1 1^T, the non-negative minimizer of x^T A x / 2 - 1^T x is a multiple of the
 * weights sought (Lawson and Hanson 1974, chapter 23), and an active-set method finds it. The scale s is the smallest squared
 * gradient length, so that rows of very different lengths keep their relative accuracy.
 */
export function minNormPoint(gramian: Float64Array, tasks: number): Float64Array {
  let smallest = Number.POSITIVE_INFINITY;
  for (let t = 0; t < tasks; t++) smallest = Math.min(smallest, gramian[t * tasks + t]!);
  const weights = new Float64Array(tasks);
  if (!(smallest > 0)) {
    let zeros = 0;
    for (let t = 0; t < tasks; t++) if (!(gramian[t * tasks + t]! > 0)) zeros++;
    for (let t = 0; t < tasks; t++) if (!(gramian[t * tasks + t]! > 0)) weights[t] = 1 / zeros;
    return weights;
  }
  const a = new Float64Array(tasks * tasks);
  for (let k = 0; k < a.length; k++) a[k] = gramian[k]! / smallest + 1;
  const x = minimiseNonNegative(a, new Float64Array(tasks).fill(1));
  let sum = 0;
  for (const value of x) sum += value;
  for (let t = 0; t < tasks; t++) weights[t] = x[t]! / sum;
  return weights;
}
