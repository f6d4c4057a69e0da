import { choleskyInPlace, solveFactored } from '../../numeric/cholesky';
import type { Matrix } from '../balancing';

/** The Gramian J J^T `[tasks, tasks]` of a Jacobian `[tasks, parameters]`, or the products J1 J2^T of two. */
export function gramianOf(jacobian: Matrix, second: Matrix = jacobian): number[][] {
  return jacobian.map((a) =>
    second.map((b) => {
      let sum = 0;
      for (let p = 0; p < a.length; p++) sum += a[p]! * b[p]!;
      return sum;
    }),
  );
}

/** The weighted sum J^T w of the rows of a matrix. */
export function combineRows(jacobian: Matrix, weights: readonly number[]): number[] {
  const sum = new Array<number>(jacobian[0]!.length).fill(0);
  for (let t = 0; t < jacobian.length; t++) {
    const weight = weights[t]!;
    if (weight === 0) continue;
    const row = jacobian[t]!;
    for (let p = 0; p < sum.length; p++) sum[p]! += weight * row[p]!;
  }
  return sum;
}

/** The rows of a square matrix in one array. */
export function flatten(matrix: Matrix): Float64Array {
  const n = matrix.length;
  const flat = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) flat[i * n + j] = matrix[i]![j]!;
  return flat;
}

/** The product A x of a square row-major matrix and a vector. */
export function multiply(matrix: Float64Array, x: ArrayLike<number>): Float64Array {
  const n = x.length;
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * x[j]!;
    product[i] = sum;
  }
  return product;
}

/** The length sqrt(w^T G w) of the combination of task gradients with weights w. */
export function combinedNorm(gramian: Float64Array, weights: ArrayLike<number>): number {
  const n = weights.length;
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) sum += weights[i]! * gramian[i * n + j]! * weights[j]!;
  return Math.sqrt(Math.max(sum, 0));
}

/** Lengths of the task gradients, from the diagonal of their Gramian. */
export function rowNorms(gramian: Float64Array, tasks: number): Float64Array {
  const norms = new Float64Array(tasks);
  for (let t = 0; t < tasks; t++) norms[t] = Math.sqrt(Math.max(gramian[t * tasks + t]!, 0));
  return norms;
}

/** Cosines between the task gradients; 0 with a zero gradient, whose own entry is 0 too. */
export function cosines(gramian: Float64Array, norms: Float64Array): Float64Array {
  const n = norms.length;
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    if (norms[i] === 0) continue;
    for (let j = 0; j < i; j++) {
      if (norms[j] === 0) continue;
      const cosine = Math.min(1, Math.max(-1, gramian[i * n + j]! / norms[i]! / norms[j]!));
      result[i * n + j] = cosine;
      result[j * n + i] = cosine;
    }
    result[i * n + i] = 1;
  }
  return result;
}

/** Eigenvalues (unordered) and orthonormal eigenvectors of a symmetric matrix. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  /** Row-major; column k belongs to value k. */
  readonly vectors: Float64Array;
}

/** Eigenvalues and eigenvectors of a symmetric row-major matrix by cyclic Jacobi rotations (exact to rounding, quick for few tasks). */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p * n + q]!;
        const app = a[p * n + p]!;
        const aqq = a[q * n + q]!;
        if (Math.abs(apq) <= Number.EPSILON * Math.sqrt(Math.abs(app)) * Math.sqrt(Math.abs(aqq)) * 0.25 || apq === 0) continue;
        rotated = true;
        const theta = (aqq - app) / (2 * apq);
        const t = Math.abs(theta) > 1e150 ? 0.5 / theta : Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (let k = 0; k < n; k++) {
          const akp = a[k * n + p]!;
          const akq = a[k * n + q]!;
          a[k * n + p] = c * akp - s * akq;
          a[k * n + q] = s * akp + c * akq;
        }
        for (let k = 0; k < n; k++) {
          const apk = a[p * n + k]!;
          const aqk = a[q * n + k]!;
          a[p * n + k] = c * apk - s * aqk;
          a[q * n + k] = s * apk + c * aqk;
          const vkp = v[k * n + p]!;
          const vkq = v[k * n + q]!;
          v[k * n + p] = c * vkp - s * vkq;
          v[k * n + q] = s * vkp + c * vkq;
        }
        a[p * n + q] = 0;
        a[q * n + p] = 0;
      }
    }
    if (!rotated) break;
  }
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = a[i * n + i]!;
  return { values, vectors: v };
}

/** The smallest eigenvalue told from rounding error: the largest times the size of the matrix times the machine epsilon. */
export function rankTolerance(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, value);
  return largest * values.length * Number.EPSILON;
}

/** The product A^+ b of the pseudo-inverse of a positive semi-definite matrix, given by its eigenvalues, and a vector. */
export function pseudoSolve({ values, vectors }: SymmetricEigen, b: ArrayLike<number>): Float64Array {
  const n = values.length;
  const tolerance = rankTolerance(values);
  const x = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    if (values[k]! <= tolerance) continue;
    let projection = 0;
    for (let i = 0; i < n; i++) projection += vectors[i * n + k]! * b[i]!;
    projection /= values[k]!;
    for (let i = 0; i < n; i++) x[i]! += vectors[i * n + k]! * projection;
  }
  return x;
}

/**
 * Solves A x = b in place for a positive definite row-major matrix by Cholesky factorization; both arguments are overwritten.
 * A pivot lost to rounding is lifted to the rounding error.
 */
export function solvePositiveDefinite(a: Float64Array, b: Float64Array): Float64Array {
  choleskyInPlace(a, b.length, (diagonal) => Math.max(diagonal * Number.EPSILON, Number.MIN_VALUE));
  solveFactored(a, b.length, b);
  return b;
}
