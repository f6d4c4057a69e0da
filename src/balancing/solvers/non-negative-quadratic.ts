/**
 * Minimizes x^T A x / 2 - f^T x over x >= 0 for a positive semi-definite row-major matrix A, by the active-set method of Lawson and
 * Hanson ("Solving Least Squares Problems", 1974, chapter 23) on the normal equations, with a Cholesky factor that grows with the
 * set of free variables. Exact to rounding in a finite number of steps; a variable whose column depends on the free ones stays 0.
 */
export function minimiseNonNegative(a: Float64Array, f: Float64Array): Float64Array {
  const n = f.length;
  const x = new Float64Array(n);
  const free: number[] = [];
  const isFree = new Uint8Array(n);
  const blocked = new Uint8Array(n);
  const factor = new Float64Array(n * n);
  const z = new Float64Array(n);

  /** Adds the row of the factor that belongs to the variable at `position` of `free`; false when its column depends on the others. */
  const extend = (position: number): boolean => {
    const j = free[position]!;
    let pivot = a[j * n + j]!;
    for (let r = 0; r < position; r++) {
      let sum = a[j * n + free[r]!]!;
      for (let k = 0; k < r; k++) sum -= factor[position * n + k]! * factor[r * n + k]!;
      sum /= factor[r * n + r]!;
      factor[position * n + r] = sum;
      pivot -= sum * sum;
    }
    if (!(pivot > a[j * n + j]! * n * Number.EPSILON)) return false;
    factor[position * n + position] = Math.sqrt(pivot);
    return true;
  };

  /** Solves for the free variables, into z. */
  const solve = (): void => {
    const count = free.length;
    for (let r = 0; r < count; r++) {
      let sum = f[free[r]!]!;
      for (let k = 0; k < r; k++) sum -= factor[r * n + k]! * z[k]!;
      z[r] = sum / factor[r * n + r]!;
    }
    for (let r = count - 1; r >= 0; r--) {
      let sum = z[r]!;
      for (let k = r + 1; k < count; k++) sum -= factor[k * n + r]! * z[k]!;
      z[r] = sum / factor[r * n + r]!;
    }
  };

  const fix = (position: number): void => {
    const [variable] = free.splice(position, 1) as [number];
    isFree[variable] = 0;
    x[variable] = 0;
  };
  /** Takes the variables of `positions`, in ascending order, out of `free` and refactors what follows; what became dependent goes too. */
  const release = (positions: readonly number[]): void => {
    for (let i = positions.length - 1; i >= 0; i--) fix(positions[i]!);
    for (let r = positions[0]!; r < free.length; ) {
      if (extend(r)) r++;
      else fix(r);
    }
  };
  const notPositive = (): number[] => [...free.keys()].filter((r) => !(z[r]! > 0));

  // Rather than from 0, start from all variables that the slope at 0 frees, less those that come out negative: mostly near the solution.
  for (let j = 0; j < n; j++) {
    if (!(f[j]! > 0 && a[j * n + j]! > 0)) continue;
    free.push(j);
    isFree[j] = 1;
    if (!extend(free.length - 1)) fix(free.length - 1);
  }
  solve();
  for (let negative = notPositive(); negative.length > 0; negative = notPositive()) {
    release(negative);
    solve();
  }
  for (const [r, variable] of free.entries()) x[variable] = z[r]!;

  for (let iteration = 0; iteration < 20 * n + 20; iteration++) {
    let entering = -1;
    let steepest = 0;
    for (let j = 0; j < n; j++) {
      if (isFree[j] === 1 || blocked[j] === 1 || !(a[j * n + j]! > 0)) continue;
      let gradient = f[j]!;
      let size = Math.abs(gradient);
      for (const k of free) {
        const term = a[j * n + k]! * x[k]!;
        gradient -= term;
        size += Math.abs(term);
      }
      const slope = gradient / Math.sqrt(a[j * n + j]!);
      if (gradient > 8 * Number.EPSILON * size && slope > steepest) {
        steepest = slope;
        entering = j;
      }
    }
    if (entering < 0) break;
    free.push(entering);
    isFree[entering] = 1;
    if (!extend(free.length - 1)) {
      fix(free.length - 1);
      blocked[entering] = 1;
      continue;
    }
    solve();
    if (!(z[free.length - 1]! > 0)) {
      fix(free.length - 1);
      blocked[entering] = 1;
      continue;
    }
    blocked.fill(0);
    for (;;) {
      let step = 1;
      let leaving = -1;
      for (let r = 0; r < free.length; r++) {
        if (z[r]! > 0) continue;
        const current = x[free[r]!]!;
        const ratio = current / (current - z[r]!);
        if (leaving < 0 || ratio < step) {
          step = ratio;
          leaving = r;
        }
      }
      for (let r = 0; r < free.length; r++) {
        const variable = free[r]!;
        x[variable] = leaving < 0 ? z[r]! : x[variable]! + step * (z[r]! - x[variable]!);
      }
      if (leaving < 0) break;
      release([leaving]);
      solve();
    }
  }
  return x;
}
