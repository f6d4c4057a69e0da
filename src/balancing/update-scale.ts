import type { Matrix } from './balancing';
import { checkPerTask, checkSquare } from './check';
import { combinedNorm, flatten } from './solvers/linear-algebra';

/** How long an update is: as the method makes it, as long as the mean of the task gradients, or times the number of tasks. */
export type UpdateScale = 'native' | 'matchMean' | 'sum';

/**
 * The factor that brings an update to a common length, so that methods can be compared by direction alone.
 * @param weights the method's weights, one a task
 * @param gramian Gramian `[tasks, tasks]` of the task gradients
 * @param scale `native`: 1; `matchMean`: the length of the mean gradient over that of the update (0 where the update vanishes);
 *   `sum`: the number of tasks
 * @throws TypeError when the shapes do not fit
 */
export function updateScaleFactor(weights: readonly number[], gramian: Matrix, scale: UpdateScale): number {
  checkSquare('updateScaleFactor(weights, gramian, scale)', gramian, 'Gramian', gramian.length);
  checkPerTask('updateScaleFactor(weights, gramian, scale)', 'weights', weights, gramian.length);
  if (scale === 'native') return 1;
  if (scale === 'sum') return weights.length;
  const flat = flatten(gramian);
  const norm = combinedNorm(flat, weights);
  return norm > 0 ? combinedNorm(flat, new Float64Array(weights.length).fill(1 / weights.length)) / norm : 0;
}
