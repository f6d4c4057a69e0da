import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { kMedoids } from './k-medoids';

/**
 * Spectral clustering (Ng, Jordan and Weiss 2001) for every number of groups at once: rows of the leading eigenvectors of the normalized
 * similarity, scaled to length 1, then grouped. We group them with k-medoids rather than k-means, so that no random start is needed, and
 * keep the similarity's diagonal, so that a task like no other is a component of its own rather than a division by zero.
 * @param similarities `[n * n]`, symmetric, not negative, positive on the diagonal
 * @returns a function from k to the cluster of each item, numbered from 0 by first member
 */
export function spectral(similarities: Float64Array, n: number): (k: number) => Int32Array {
  const scale = Float64Array.from(
    { length: n },
    (_, i) => 1 / Math.sqrt(similarities.subarray(i * n, (i + 1) * n).reduce((a, b) => a + b, 0)),
  );
  const normalized = new Matrix(n, n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) normalized.set(i, j, similarities[i * n + j]! * scale[i]! * scale[j]!);
  // Eigenvalues come in rising order.
  const vectors = new EigenvalueDecomposition(normalized, { assumeSymmetric: true }).eigenvectorMatrix;
  return (k) => {
    const rows = Array.from({ length: n }, (_, i) => {
      const row = Array.from({ length: k }, (_, c) => vectors.get(i, n - 1 - c));
      const length = Math.hypot(...row);
      return length > 0 ? row.map((v) => v / length) : row;
    });
    const distances = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) distances[i * n + j] = Math.hypot(...rows[i]!.map((v, c) => v - rows[j]![c]!));
    return kMedoids(distances, n, k);
  };
}
