/**
 * Replaces the lower triangle of a symmetric row-major matrix by its Cholesky factor; what is above the diagonal stays.
 * @param least the smallest pivot for an entry of the diagonal as it was: one that rounding made smaller is lifted to it
 */
export function choleskyInPlace(a: Float64Array, n: number, least: (diagonal: number) => number): void {
  for (let j = 0; j < n; j++) {
    const diagonal = a[j * n + j]!;
    let pivot = diagonal;
    for (let k = 0; k < j; k++) pivot -= a[j * n + k]! * a[j * n + k]!;
    const root = Math.sqrt(Math.max(pivot, least(diagonal)));
    a[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = sum / root;
    }
  }
}

/** Solves L L' x = v in place, for the n values from `from` on. @param l row-major, its lower triangle */
export function solveFactored(l: Float64Array, n: number, v: Float64Array, from: number = 0): void {
  for (let i = 0; i < n; i++) {
    let sum = v[from + i]!;
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * v[from + k]!;
    v[from + i] = sum / l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = v[from + i]!;
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i]! * v[from + k]!;
    v[from + i] = sum / l[i * n + i]!;
  }
}
