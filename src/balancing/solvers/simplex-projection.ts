/**
 * The point of the probability simplex nearest to a vector (Duchi, Shalev-Shwartz, Singer, Chandra 2008, "Efficient projections onto
 * the l1-ball for learning in high dimensions").
 */
export function projectOntoSimplex(vector: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(vector);
  // Insertion sort, largest first: tasks are few, and often in order already.
  for (let i = 1; i < sorted.length; i++) {
    const value = sorted[i]!;
    let j = i - 1;
    for (; j >= 0 && sorted[j]! < value; j--) sorted[j + 1] = sorted[j]!;
    sorted[j + 1] = value;
  }
  let sum = 0;
  let shift = 0;
  for (let i = 0; i < sorted.length; i++) {
    sum += sorted[i]!;
    const candidate = (sum - 1) / (i + 1);
    if (sorted[i]! > candidate) shift = candidate;
  }
  const projection = new Float64Array(vector.length);
  for (let i = 0; i < vector.length; i++) projection[i] = Math.max(vector[i]! - shift, 0);
  return projection;
}
