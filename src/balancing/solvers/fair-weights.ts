import { cosines, multiply, rowNorms, solvePositiveDefinite } from './linear-algebra';

/** Lifts the diagonal of the cosine matrix, so that gradients that cancel have (very large) weights rather than none. */
const RIDGE = 1e-10;

/**
 * Solves G w = w^(-1/alpha) for w > 0: the weights of alpha-fair resource allocation, Nash bargaining for alpha 1.
 *
 * The solution minimizes the convex function w^T G w / 2 - sum of psi(w_t) with psi' = w^(-1/alpha). Damped Newton steps on log w
 * find it, on gradients of unit length, which makes the accuracy independent of the scale of each task: with w_t = v_t / |g_t| the
 * equation reads C v = a v^(-1/alpha), C the cosines and a_t = |g_t|^(1/alpha - 1). A zero gradient has no solution and weight 0.
 */
export function fairWeights(gramian: Float64Array, tasks: number, alpha: number): Float64Array {
  const norms = rowNorms(gramian, tasks);
  const present: number[] = [];
  for (let t = 0; t < tasks; t++) if (norms[t]! > 0) present.push(t);
  const weights = new Float64Array(tasks);
  const n = present.length;
  if (n === 0) return weights;
  const all = cosines(gramian, norms);
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) c[i * n + j] = all[present[i]! * tasks + present[j]!]! + (i === j ? RIDGE : 0);

  // In logarithms: x = log v, and log a. The start is the solution for orthogonal gradients, v = a^(alpha / (1 + alpha)), times the
  // factor that is best for the gradients as they are.
  const power = -1 / alpha;
  const logA = Float64Array.from(present, (t) => (-power - 1) * Math.log(norms[t]!));
  let x = logA.map((value) => (value * alpha) / (1 + alpha));
  const v = x.map(Math.exp);
  const push = new Float64Array(n);
  const pull = new Float64Array(n);
  const hessian = new Float64Array(n * n);
  /** Fills in v, and the two sides of the equation times v, at a point x. */
  const evaluate = (point: Float64Array): void => {
    for (let i = 0; i < n; i++) v[i] = Math.exp(point[i]!);
    const cv = multiply(c, v);
    for (let i = 0; i < n; i++) {
      pull[i] = v[i]! * cv[i]!;
      push[i] = Math.exp(logA[i]! + (1 + power) * point[i]!);
    }
  };
  evaluate(x);
  let [pulled, pushed] = [0, 0];
  for (let i = 0; i < n; i++) {
    pulled += pull[i]!;
    pushed += push[i]!;
  }
  const shift = (Math.log(pushed) - Math.log(pulled)) / (1 - power);
  if (Number.isFinite(shift)) for (let i = 0; i < n; i++) x[i]! += shift;
  evaluate(x);
  let last = Number.POSITIVE_INFINITY;
  for (let iteration = 0; iteration < 200; iteration++) {
    const step = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) hessian[i * n + j] = v[i]! * c[i * n + j]! * v[j]!;
      hessian[i * n + i]! -= power * push[i]!;
      step[i] = push[i]! - pull[i]!;
    }
    const gradient = step.slice();
    solvePositiveDefinite(hessian, step);
    let largest = 0;
    let slope = 0;
    for (let i = 0; i < n; i++) {
      largest = Math.max(largest, Math.abs(step[i]!));
      slope += gradient[i]! * step[i]!;
    }
    // Quadratic convergence is over once a small step is not much smaller than the one before.
    if (largest < 1e-15 || (largest < 1e-4 && largest > last / 4)) break;
    last = largest;
    // The step is relative (dv / v); a multiplicative update keeps v positive. It is damped to a factor of e^2, and until it no
    // longer overshoots by much: the slope along it tells, which is exact where the objective itself drowns in rounding error.
    let length = Math.min(1, 2 / largest);
    for (;;) {
      const next = x.map((value, i) => value + length * step[i]!);
      evaluate(next);
      let nextSlope = 0;
      for (let i = 0; i < n; i++) nextSlope += (push[i]! - pull[i]!) * step[i]!;
      if (nextSlope >= -slope / 2 || largest < 1e-4 || length < 1e-6) {
        x = next;
        break;
      }
      length /= 2;
    }
  }
  for (let i = 0; i < n; i++) weights[present[i]!] = Math.exp(x[i]! - Math.log(norms[present[i]!]!));
  return weights;
}
