import { combinedNorm } from './solvers/linear-algebra';

/** Weights whose update is shortened, and the weights as they were, which heads follow: only the shared update is too long. */
export interface Shortened {
  readonly weights: number[];
  readonly heads: number[];
}

/**
 * Shortens an update to a length.
 * @param gramian row-major `[tasks, tasks]`
 * @param weights one a task
 * @param maxNorm the greatest length; null leaves the update as it is
 */
export function shorten(gramian: Float64Array, weights: ArrayLike<number>, maxNorm: number | null): Shortened {
  const norm = maxNorm === null ? 0 : combinedNorm(gramian, weights);
  const factor = maxNorm !== null && norm > maxNorm ? maxNorm / norm : 1;
  return { weights: Array.from(weights, (weight) => weight * factor), heads: Array.from(weights) };
}
