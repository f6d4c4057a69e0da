/**
 * The point of the probability simplex nearest to a vector (Duchi, Shalev-Shwartz, Singer, Chandra 2008, "Efficient projections onto
 * the l1-ball for learning in high dimensions").
 */
export function projectOntoSimplex(vector: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(vector).sort().reverse();
  let sum = 0;
  let shift = 0;
  for (let i = 0; i < sorted.length; i++) {
    sum += sorted[i]!;
    const candidate = (sum - 1) / (i + 1);
    if (sorted[i]! > candidate) shift = candidate;
  }
  return Float64Array.from(vector, (value) => Math.max(value - shift, 0));
}
