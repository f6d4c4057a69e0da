/**
 * Poisson deviance of each row, 2 (y log(y / mu) - y + mu), as in scikit-learn's `mean_poisson_deviance`, whose mean over the rows it is.
 * @param counts `[rows]` counts from 0, NaN where missing
 * @param means `[rows]` expected counts above 0
 * @returns `[rows]`, NaN for rows without label
 * @throws TypeError when the lengths differ
 */
export function rowPoissonDeviances(counts: ArrayLike<number>, means: ArrayLike<number>): Float64Array {
  if (counts.length !== means.length)
    throw new TypeError(`rowPoissonDeviances: ${counts.length} counts and ${means.length} means; expected one mean a count.`);
  return Float64Array.from(counts, (y, i) => 2 * ((y === 0 ? 0 : y * Math.log(y / means[i]!)) - y + means[i]!));
}
