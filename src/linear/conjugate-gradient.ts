import { choleskyInPlace, solveFactored } from '../numeric/cholesky';
import type { Solution, Stopping } from './fista';
import type { QuadraticLoss } from './loss';

/** Cholesky factor of h + shift I, `[d * d]`; a pivot that rounding made too small is raised, which a preconditioner can bear. */
function factorOf(h: Float64Array, d: number, shift: number): Float64Array {
  const l = h.slice();
  let largest = 0;
  for (let i = 0; i < d; i++) {
    l[i * d + i]! += shift;
    largest = Math.max(largest, l[i * d + i]!);
  }
  const least = Math.max(1e-10 * largest, Number.MIN_VALUE);
  choleskyInPlace(l, d, () => least);
  return l;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** out += lambda Q w, with Q `[tasks * tasks]` acting on the tasks of w `[tasks, features]`. */
function couple(q: Float64Array, lambda: number, w: Float64Array, tasks: number, features: number, out: Float64Array): void {
  for (let t = 0; t < tasks; t++) {
    for (let s = 0; s < tasks; s++) {
      const v = lambda * q[t * tasks + s]!;
      if (v !== 0) for (let f = 0; f < features; f++) out[t * features + f]! += v * w[s * features + f]!;
    }
  }
}

/** Cholesky factors of each task's own block, for `conjugateGradient`: they last as long as the blocks, lambda and ridge. */
export function blockFactors(hessians: readonly Float64Array[], coupling: Float64Array, lambda: number, ridge: number): Float64Array[] {
  const tasks = hessians.length;
  return hessians.map((h, t) => factorOf(h, Math.sqrt(h.length), ridge + lambda * coupling[t * tasks + t]!));
}

/**
 * Minimizes squared loss + lambda / 2 tr(W' Q W) + ridge / 2 |W|^2, which is one linear system, by conjugate gradients preconditioned
 * with each task's own block. Without coupling between tasks that is a direct solution in one step.
 * @param coupling Q, `[tasks * tasks]`, symmetric and positive semi-definite
 * @param factors `blockFactors` of the loss, where they are there already
 */
export function conjugateGradient(
  loss: QuadraticLoss,
  coupling: Float64Array,
  lambda: number,
  ridge: number,
  start: Float64Array,
  { tolerance, maxIterations }: Stopping,
  factors: readonly Float64Array[] = blockFactors(loss.hessians, coupling, lambda, ridge),
): Solution {
  const { tasks, features, size } = loss;
  const apply = (w: Float64Array, out: Float64Array): void => {
    loss.image(w, out);
    for (let i = 0; i < size; i++) out[i]! += ridge * w[i]!;
    couple(coupling, lambda, w, tasks, features, out);
  };
  const w = Float64Array.from(start);
  const image = new Float64Array(size);
  const right = new Float64Array(size);
  loss.gradient(image, right);
  for (let i = 0; i < size; i++) right[i] = -right[i]!;
  const enough = tolerance * Math.sqrt(dot(right, right));
  apply(w, image);
  const residual = right.map((v, i) => v - image[i]!);
  // F(w) = c - w'(b + r) / 2, with r = b - A w.
  const constant = loss.value(new Float64Array(size), new Float64Array(size));
  const objective = (): number => constant - (dot(w, right) + dot(w, residual)) / 2;
  const trace: number[] = [objective()];
  const precondition = (): Float64Array => {
    const z = Float64Array.from(residual);
    factors.forEach((l, t) => {
      solveFactored(l, features, z, t * features);
    });
    return z;
  };
  let z = precondition();
  const direction = Float64Array.from(z);
  let slope = dot(residual, z);
  let converged = Math.sqrt(dot(residual, residual)) <= enough;
  for (let iteration = 0; iteration < maxIterations && !converged; iteration++) {
    apply(direction, image);
    const curvature = dot(direction, image);
    // Nothing left to gain along a direction without curvature: the system is singular and solved.
    if (!(curvature > 0)) {
      converged = true;
      break;
    }
    const step = slope / curvature;
    for (let i = 0; i < size; i++) {
      w[i]! += step * direction[i]!;
      residual[i]! -= step * image[i]!;
    }
    trace.push(Math.min(objective(), trace.at(-1)!));
    converged = Math.sqrt(dot(residual, residual)) <= enough;
    z = precondition();
    const next = dot(residual, z);
    for (let i = 0; i < size; i++) direction[i] = z[i]! + (next / slope) * direction[i]!;
    slope = next;
  }
  loss.image(w, image);
  const coupled = new Float64Array(size);
  couple(coupling, 1, w, tasks, features, coupled);
  return {
    parameters: w,
    trace: trace.length > 1 ? trace.slice(1) : trace,
    lossValue: loss.value(w, image),
    penaltyValue: dot(w, coupled) / 2,
    converged,
  };
}
