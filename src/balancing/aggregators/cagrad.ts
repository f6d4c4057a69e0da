import { choiceOption, numberOption } from '../../options/spec';
import type { GramianBalancer, MethodFactory } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';
import { combinedNorm } from '../solvers/linear-algebra';
import { minNormPoint } from '../solvers/min-norm-point';

/** Length of the worst combination, relative to the shortest gradient, below which the point counts as Pareto stationary. */
const STATIONARY = 1e-6;

/** Options of {@link cagrad}. */
export interface CagradOptions {
  /** Radius of the ball around the mean gradient, relative to its length. @default 0.4 */
  readonly c?: number;
  /** What the update is divided by: nothing, 1 + c^2, or 1 + c (the authors' `rescale` 0, 1 and 2). @default 'none' */
  readonly rescale?: 'none' | '1+c^2' | '1+c';
}

/** The solution of {@link worstCase}: weights on the simplex and the length of their combination. */
interface WorstCase {
  readonly weights: Float64Array;
  readonly norm: number;
  /** Rounding error of the squared length. */
  readonly noise: number;
}

/**
 * Weights on the simplex that minimize g_w . g_0 + radius |g_w|, with g_0 the mean gradient.
 *
 * With r = |g_w| / radius the minimizer is also the shortest convex combination of the gradients g_t + r g_0 (complete the square):
 * the min-norm point at the one length |g_w| that agrees with its own. Supposing a length gives another one, which never falls as the
 * supposed length grows, so the agreeing length is bracketed. As long as the same tasks have weight, the weights are affine in the
 * supposed length, so two trials tell the agreeing length by a quadratic equation; a bisection takes over where they do not.
 * Undefined where |g_w| vanishes at the minimum.
 */
function worstCase(gramian: Float64Array, tasks: number, radius: number, meanNorm: number): WorstCase | undefined {
  const meanProducts = new Float64Array(tasks);
  let [longest, shortest] = [0, Number.POSITIVE_INFINITY];
  for (let i = 0; i < tasks; i++) {
    for (let j = 0; j < tasks; j++) meanProducts[i]! += gramian[i * tasks + j]! / tasks;
    const length = Math.sqrt(gramian[i * tasks + i]!);
    longest = Math.max(longest, length);
    if (length > 0) shortest = Math.min(shortest, length);
  }
  const shifted = new Float64Array(tasks * tasks);
  const solveAt = (supposed: number): WorstCase => {
    const r = supposed / radius;
    for (let i = 0; i < tasks; i++) {
      for (let j = 0; j <= i; j++) {
        const product = gramian[i * tasks + j]! + r * (meanProducts[i]! + meanProducts[j]!) + (r * meanNorm) ** 2;
        shifted[i * tasks + j] = product;
        shifted[j * tasks + i] = product;
      }
    }
    const weights = minNormPoint(shifted, tasks);
    let [square, size] = [0, 0];
    for (let i = 0; i < tasks; i++) {
      for (let j = 0; j < tasks; j++) {
        const term = weights[i]! * gramian[i * tasks + j]! * weights[j]!;
        square += term;
        size += Math.abs(term);
      }
    }
    return { weights, norm: Math.sqrt(Math.max(square, 0)), noise: 4 * Number.EPSILON * size };
  };
  const smallest = STATIONARY * shortest;
  let [low, high] = [smallest, longest];
  let supposed = Math.max(meanNorm, smallest);
  let solution = solveAt(supposed);
  let guess = solution.norm;
  for (let iteration = 0; iteration < 100; iteration++) {
    const off = Math.abs(solution.norm - supposed);
    if (off <= 1e-13 * supposed || off * (solution.norm + supposed) <= solution.noise) break;
    if (solution.norm > supposed) low = supposed;
    else high = supposed;
    if (high <= smallest * (1 + 1e-12)) return undefined;
    if (high - low <= 1e-15 * high) break;
    const next = guess > low && guess < high ? guess : Math.sqrt(low * high);
    const nextSolution = solveAt(next);
    guess = agreeingLength(gramian, supposed, solution.weights, next, nextSolution.weights) ?? nextSolution.norm;
    supposed = next;
    solution = nextSolution;
  }
  return solution;
}

/** The length that agrees with its own solution, were the weights affine in the supposed length; undefined where there is none. */
function agreeingLength(gramian: Float64Array, s1: number, w1: Float64Array, s2: number, w2: Float64Array): number | undefined {
  const n = w1.length;
  let [a, b, c] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const slopeI = (w2[i]! - w1[i]!) / (s2 - s1);
    for (let j = 0; j < n; j++) {
      const product = gramian[i * n + j]!;
      const slopeJ = (w2[j]! - w1[j]!) / (s2 - s1);
      a += slopeI * product * slopeJ;
      b += slopeI * product * w2[j]!;
      c += w2[i]! * product * w2[j]!;
    }
  }
  // |w2 + x slope|^2 = (s2 + x)^2, for the x nearest to 0.
  const [qa, qb, qc] = [a - 1, b - s2, c - s2 * s2];
  const discriminant = qb * qb - qa * qc;
  if (!(discriminant >= 0)) return undefined;
  const root = -qb - Math.sign(qb || 1) * Math.sqrt(discriminant);
  return root === 0 ? undefined : s2 + qc / root;
}

/**
 * Conflict-averse gradient descent (Liu, Liu, Jin, Stone, Liu 2021, arXiv 2110.14048): the direction in a ball of radius c |g_0| around
 * the mean gradient g_0 that helps the worst-off task most: g_0 + c |g_0| g_w / |g_w|, with w from a convex problem on the simplex
 * that is solved exactly here. Where g_w vanishes, at a Pareto-stationary point, the update is g_0 for c < 1, as in the authors' code, and 0
 * for c >= 1, where 0 lies in the ball. c = 0 is the mean.
 *
 * The authors' code multiplies the update by the number of tasks, to match the sum of the losses: `scale: 'sum'` in `.with(...)`. Heads follow
 * their own losses, as there.
 *
 * A task without a label in a batch is left out of the mean and of the worst combination.
 */
export const cagrad: MethodFactory<CagradOptions, GramianBalancer> = defineGramianBalancer<CagradOptions>({
  name: 'cagrad',
  title: 'CAGrad',
  paper: {
    authors: 'Liu, Liu, Jin, Stone, Liu',
    year: 2021,
    title: 'Conflict-Averse Gradient Descent for Multi-task Learning',
    arxiv: '2110.14048',
  },
  options: {
    c: numberOption(0.4, 'radius of the ball around the mean gradient, relative to its length', { min: 0 }),
    rescale: choiceOption('none', ['none', '1+c^2', '1+c'], 'what the update is divided by'),
  },
  create({ c, rescale }) {
    const divisor = { none: 1, '1+c^2': 1 + c * c, '1+c': 1 + c }[rescale];
    return {
      weigh(gramian, tasks) {
        const weights = new Float64Array(tasks).fill(1 / tasks);
        const meanNorm = combinedNorm(gramian, weights);
        const radius = c * meanNorm;
        if (radius > 0) {
          const worst = worstCase(gramian, tasks, radius, meanNorm);
          // For c < 1 the origin lies outside the ball, and g_w / |g_w| has no direction: the mean stays, as in the authors' code.
          if (worst === undefined && c >= 1) return { weights: weights.fill(0) };
          if (worst) for (let t = 0; t < tasks; t++) weights[t]! += (radius * worst.weights[t]!) / worst.norm;
        }
        for (let t = 0; t < tasks; t++) weights[t]! /= divisor;
        return { weights };
      },
    };
  },
});
