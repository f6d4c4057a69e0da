/** The most points that one line of a figure carries. */
export const pointLimit = 200;

/**
 * Indices of at most `limit` points that keep a line's look: the first, the last, and each bucket's lowest and highest value
 * (min/max decimation). All indices where `y` is short enough.
 */
export function decimate(y: readonly number[], limit: number = pointLimit): number[] {
  if (limit < 4) throw new RangeError(`Cannot decimate a line: limit must be at least 4 points, got ${limit}`);
  if (y.length <= limit) return y.map((_, index) => index);
  const buckets = Math.floor((limit - 2) / 2);
  const inner = y.length - 2;
  const kept = [0];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = 1 + Math.floor((bucket * inner) / buckets);
    const end = 1 + Math.floor(((bucket + 1) * inner) / buckets);
    let [low, high] = [start, start];
    for (let index = start; index < end; index++) {
      const value = y[index] as number;
      // A bucket that starts with missing values moves on to the first one that is there.
      if (value < (y[low] as number) || Number.isNaN(y[low])) low = index;
      if (value > (y[high] as number) || Number.isNaN(y[high])) high = index;
    }
    kept.push(Math.min(low, high));
    if (low !== high) kept.push(Math.max(low, high));
  }
  kept.push(y.length - 1);
  return kept;
}
