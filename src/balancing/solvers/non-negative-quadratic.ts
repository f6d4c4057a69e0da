/** The free variables of the active-set method, with the Cholesky factor of their part of A. */
class FreeVariables {
  readonly x: Float64Array;
  private readonly n: number;
  /** Free variables in the order in which they came. */
  private readonly free: number[] = [];
  private readonly isFree: Uint8Array;
  /** Variables that came out at 0 or dependent since the last step that moved. */
  private readonly blocked: Uint8Array;
  private readonly factor: Float64Array;
  /** The solution for the free variables alone. */
  private readonly z: Float64Array;

  constructor(
    private readonly a: Float64Array,
    private readonly f: Float64Array,
  ) {
    const n = f.length;
    this.n = n;
    this.x = new Float64Array(n);
    this.isFree = new Uint8Array(n);
    this.blocked = new Uint8Array(n);
    this.factor = new Float64Array(n * n);
    this.z = new Float64Array(n);
  }

  /** Rather than from 0, starts from all variables that the slope at 0 frees, less those that come out negative: mostly near the solution. */
  start(): void {
    const { a, f, n, z, x, free } = this;
    for (let j = 0; j < n; j++) if (f[j]! > 0 && a[j * n + j]! > 0) this.add(j);
    this.solve();
    for (let negative = this.notPositive(); negative.length > 0; negative = this.notPositive()) {
      this.release(negative);
      this.solve();
    }
    for (const [r, variable] of free.entries()) x[variable] = z[r]!;
  }

  /** The variable at 0 along which the objective falls most steeply; -1 where it falls along none. */
  steepest(): number {
    const { a, f, n, x, free, isFree, blocked } = this;
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
    return entering;
  }

  /** Frees a variable and moves to the solution of the free ones; one that does not come out positive stays at 0. */
  enter(variable: number): void {
    const { z, free } = this;
    const independent = this.add(variable);
    if (independent) this.solve();
    if (!independent || !(z[free.length - 1]! > 0)) {
      if (independent) this.fix(free.length - 1);
      this.blocked[variable] = 1;
      return;
    }
    this.blocked.fill(0);
    while (this.move()) this.solve();
  }

  /** Moves towards the solution of the free variables until one of them is at 0, which is no longer free; false where none is. */
  private move(): boolean {
    const { x, z, free } = this;
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
    if (leaving < 0) return false;
    this.release([leaving]);
    return true;
  }

  /** Frees a variable; false, and not free, where its column depends on those of the free ones. */
  private add(variable: number): boolean {
    this.free.push(variable);
    this.isFree[variable] = 1;
    if (this.extend(this.free.length - 1)) return true;
    this.fix(this.free.length - 1);
    return false;
  }

  /** Adds the row of the factor that belongs to the variable at `position` of `free`; false when its column depends on the others. */
  private extend(position: number): boolean {
    const { a, n, free, factor } = this;
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
  }

  /** Solves for the free variables, into z. */
  private solve(): void {
    const { f, n, z, free, factor } = this;
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
  }

  private fix(position: number): void {
    const [variable] = this.free.splice(position, 1) as [number];
    this.isFree[variable] = 0;
    this.x[variable] = 0;
  }

  /** Takes the variables of `positions`, in ascending order, out of `free` and refactors what follows; what became dependent goes too. */
  private release(positions: readonly number[]): void {
    for (let i = positions.length - 1; i >= 0; i--) this.fix(positions[i]!);
    for (let r = positions[0]!; r < this.free.length; ) {
      if (this.extend(r)) r++;
      else this.fix(r);
    }
  }

  private notPositive(): number[] {
    return [...this.free.keys()].filter((r) => !(this.z[r]! > 0));
  }
}

/**
 * Minimizes x^T A x / 2 - f^T x over x >= 0 for a positive semi-definite row-major matrix A, by the active-set method of Lawson and
 * Hanson ("Solving Least Squares Problems", 1974, chapter 23) on the normal equations, with a Cholesky factor that grows with the
 * set of free variables. Exact to rounding in a finite number of steps; a variable whose column depends on the free ones stays 0.
 */
export function minimiseNonNegative(a: Float64Array, f: Float64Array): Float64Array {
  const variables = new FreeVariables(a, f);
  variables.start();
  for (let iteration = 0; iteration < 20 * f.length + 20; iteration++) {
    const entering = variables.steepest();
    if (entering < 0) break;
    variables.enter(entering);
  }
  return variables.x;
}
