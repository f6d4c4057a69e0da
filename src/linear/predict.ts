import { didYouMean } from '../options/check';
import type { LinearFit } from './fit-linear';

/**
 * Predictions of one task: values, or the probability of class 1 for the logistic loss.
 * @param inputs `[rows, features]`
 * @returns `[rows]`
 * @throws RangeError when the fit has no such task
 * @throws TypeError when a row has another number of features
 */
export function predictLinear(fit: LinearFit, task: string, inputs: readonly ArrayLike<number>[]): number[] {
  const t = fit.tasks.indexOf(task);
  if (t < 0) throw new RangeError(`predictLinear: unknown task '${task}'${didYouMean(task, fit.tasks)}; tasks: ${fit.tasks.join(', ')}.`);
  const w = fit.weights[t]!;
  return inputs.map((row, r) => {
    if (row.length !== w.length) throw new TypeError(`predictLinear: row ${r} has ${row.length} features, the model ${w.length}.`);
    const z = w.reduce((sum, weight, f) => sum + weight * row[f]!, fit.intercepts[t]!);
    return fit.loss === 'squared' ? z : 1 / (1 + Math.exp(-z));
  });
}
