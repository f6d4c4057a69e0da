import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

interface Spectrum {
  /** Singular values, falling; as many as the smaller side. */
  readonly values: Float64Array;
  /** Singular vectors of the smaller side, one per column in the order of the values: `[side, side]`. */
  readonly vectors: Matrix;
  /** Whether the smaller side is the tasks. */
  readonly left: boolean;
}

/**
 * Singular values of a weight matrix, from the Gramian of its smaller side: with few tasks or features far cheaper than a full
 * decomposition. Values below 1e-8 of the largest are rounding.
 * @param w flat `[tasks, features]`
 */
export function singularValues(w: Float64Array, tasks: number, features: number): Spectrum {
  const left = tasks < features;
  const side = left ? tasks : features;
  const gramian = new Matrix(side, side);
  for (let a = 0; a < side; a++) {
    for (let b = 0; b <= a; b++) {
      let dot = 0;
      if (left) for (let f = 0; f < features; f++) dot += w[a * features + f]! * w[b * features + f]!;
      else for (let t = 0; t < tasks; t++) dot += w[t * features + a]! * w[t * features + b]!;
      gramian.set(a, b, dot);
      gramian.set(b, a, dot);
    }
  }
  // Eigenvalues come in rising order.
  const decomposition = new EigenvalueDecomposition(gramian, { assumeSymmetric: true });
  const values = Float64Array.from(decomposition.realEigenvalues, (v) => Math.sqrt(Math.max(0, v))).reverse();
  return { values, vectors: decomposition.eigenvectorMatrix.flipRows(), left };
}

/**
 * Replaces the singular values of a weight matrix, in place, and returns the new ones.
 * @param w flat `[tasks, features]`
 * @param map from the singular values, falling, to the new ones
 */
export function mapSingularValues(
  w: Float64Array,
  tasks: number,
  features: number,
  map: (values: Float64Array) => Float64Array,
): Float64Array {
  const { values, vectors, left } = singularValues(w, tasks, features);
  const side = values.length;
  const mapped = map(values);
  const projector = new Float64Array(side * side);
  for (let k = 0; k < side; k++) {
    if (!(values[k]! > 0)) continue;
    const ratio = mapped[k]! / values[k]!;
    for (let a = 0; a < side; a++) for (let b = 0; b < side; b++) projector[a * side + b]! += ratio * vectors.get(a, k) * vectors.get(b, k);
  }
  const old = Float64Array.from(w);
  for (let t = 0; t < tasks; t++) {
    for (let f = 0; f < features; f++) {
      let sum = 0;
      if (left) for (let s = 0; s < tasks; s++) sum += projector[t * side + s]! * old[s * features + f]!;
      else for (let g = 0; g < features; g++) sum += old[t * features + g]! * projector[g * side + f]!;
      w[t * features + f] = sum;
    }
  }
  return mapped;
}
