/** Terms from which on a sum is made in four parts, which do not wait for each other. */
const LONG = 64;

/** The inner product of `count` values of a from `i` on and of b from `j` on. */
function inner(a: Float64Array, i: number, b: Float64Array, j: number, count: number): number {
  let [p, q, r, s] = [0, 0, 0, 0];
  let k = 0;
  if (count >= LONG) {
    for (; k + 3 < count; k += 4) {
      p += a[i + k]! * b[j + k]!;
      q += a[i + k + 1]! * b[j + k + 1]!;
      r += a[i + k + 2]! * b[j + k + 2]!;
      s += a[i + k + 3]! * b[j + k + 3]!;
    }
  }
  for (; k < count; k++) p += a[i + k]! * b[j + k]!;
  return p + q + (r + s);
}

/**
 * Replaces the lower triangle of a symmetric row-major matrix by its Cholesky factor; what is above the diagonal stays.
 * @param least the smallest pivot for an entry of the diagonal as it was: one that rounding made smaller is lifted to it
 */
export function choleskyInPlace(a: Float64Array, n: number, least: (diagonal: number) => number): void {
  for (let j = 0; j < n; j++) {
    const diagonal = a[j * n + j]!;
    const pivot = diagonal - inner(a, j * n, a, j * n, j);
    const root = Math.sqrt(Math.max(pivot, least(diagonal)));
    a[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      a[i * n + j] = (a[i * n + j]! - inner(a, i * n, a, j * n, j)) / root;
    }
  }
}

/** Solves L L' x = v in place, for the n values from `from` on. @param l row-major, its lower triangle */
export function solveFactored(l: Float64Array, n: number, v: Float64Array, from: number = 0): void {
  for (let i = 0; i < n; i++) v[from + i] = (v[from + i]! - inner(l, i * n, v, from, i)) / l[i * n + i]!;
  for (let i = n - 1; i >= 0; i--) {
    const x = v[from + i]! / l[i * n + i]!;
    v[from + i] = x;
    // By rows of l, which lie in one piece.
    for (let k = 0; k < i; k++) v[from + k]! -= l[i * n + k]! * x;
  }
}
