import type { GramianBalancer, MethodFactory } from './balancing';
import { defineGramianBalancer } from './define-balancer';
import { combinedNorm } from './linear-algebra';
import { minNormPoint } from './min-norm-point';
import { choiceOption, numberOption } from './options';

/** Length of the worst combination, relative to the gradients, below which the point counts as Pareto stationary. */
const STATIONARY = 1e-6;

/** Options of {@link cagrad}. */
export interface CagradOptions {
  /** Radius of the ball around the mean gradient, relative to its length. @default 0.4 */
  readonly c?: number;
  /** What the update is divided by: nothing, 1 + c^2, or 1 + c (the authors' `rescale` 0, 1 and 2). @default 'none' */
  readonly rescale?: 'none' | '1+c^2' | '1+c';
}

/**
 * Weights on the simplex that minimise g_w . g_0 + radius |g_w|, with g_0 the mean gradient.
 *
 * With r = |g_w| / radius the minimiser is also the shortest convex combination of the gradients g_t + r g_0 (complete the square),
 * so it is the min-norm point at the one r that agrees with its own |g_w|; that r is bracketed and found by regula falsi. Undefined
 * where |g_w| vanishes at the minimum.
 */
function worstCase(gramian: Float64Array, tasks: number, radius: number): { weights: Float64Array; norm: number } | undefined {
  const meanProducts = new Float64Array(tasks);
  let meanSquare = 0;
  let largest = 0;
  for (let i = 0; i < tasks; i++) {
    for (let j = 0; j < tasks; j++) meanProducts[i]! += gramian[i * tasks + j]! / tasks;
    meanSquare += meanProducts[i]! / tasks;
    largest = Math.max(largest, Math.sqrt(gramian[i * tasks + i]!));
  }
  const shifted = new Float64Array(tasks * tasks);
  let weights = new Float64Array(tasks);
  let norm = 0;
  /** How much the combination at a supposed length is longer than supposed. */
  const excess = (supposed: number): number => {
    const r = supposed / radius;
    for (let i = 0; i < tasks; i++) {
      for (let j = 0; j < tasks; j++) {
        shifted[i * tasks + j] = gramian[i * tasks + j]! + r * (meanProducts[i]! + meanProducts[j]!) + r * r * meanSquare;
      }
    }
    weights = Float64Array.from(minNormPoint(shifted, tasks));
    norm = combinedNorm(gramian, weights);
    return norm - supposed;
  };
  let high = largest;
  let highExcess = excess(high);
  if (highExcess >= 0) return { weights, norm };
  let low = STATIONARY * largest;
  let lowExcess = excess(low);
  if (lowExcess <= 0) return undefined;
  let side = 0;
  for (let iteration = 0; iteration < 100; iteration++) {
    // Regula falsi with the Illinois correction; every fourth step halves the bracket, whatever the shape of the function.
    const middle = iteration % 4 === 3 ? Math.sqrt(low * high) : (low * highExcess - high * lowExcess) / (highExcess - lowExcess);
    const middleExcess = excess(middle);
    if (Math.abs(middleExcess) <= 1e-13 * middle) break;
    if (middleExcess > 0) {
      low = middle;
      lowExcess = middleExcess;
      if (side === 1) highExcess /= 2;
      side = 1;
    } else {
      high = middle;
      highExcess = middleExcess;
      if (side === -1) lowExcess /= 2;
      side = -1;
    }
    if (high - low <= 1e-14 * high) break;
  }
  return { weights, norm };
}

/**
 * Conflict-averse gradient descent (Liu, Liu, Jin, Stone, Liu 2021, arXiv 2110.14048): the direction in a ball of radius c |g_0| around
 * the mean gradient g_0 that helps the worst-off task most: g_0 + c |g_0| g_w / |g_w|, with w from a convex problem on the simplex
 * that is solved exactly here. Where g_w vanishes (a Pareto-stationary point with c >= 1) the update is 0. c = 0 is the mean.
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
        const radius = c * combinedNorm(gramian, weights);
        if (radius > 0) {
          const worst = worstCase(gramian, tasks, radius);
          if (worst === undefined) return { weights: weights.fill(0) };
          for (let t = 0; t < tasks; t++) weights[t]! += (radius * worst.weights[t]!) / worst.norm;
        }
        for (let t = 0; t < tasks; t++) weights[t]! /= divisor;
        return { weights };
      },
    };
  },
});
