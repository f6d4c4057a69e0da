/** The loss below which a logarithm is not followed, so that a solved task keeps finite weights. */
export const SMALLEST_LOSS = 1e-12;

/**
 * Logarithms of losses, those below 1e-12 taken as 1e-12.
 * @throws RangeError on a negative loss, naming the task
 */
export function logOfLosses(method: string, losses: readonly number[]): number[] {
  return losses.map((loss, t) => {
    if (loss < 0) throw new RangeError(`${method}: the loss of task ${t} is ${loss}; this method needs losses that are not negative`);
    return Math.log(Math.max(loss, SMALLEST_LOSS));
  });
}
