/**
 * The array operations a coordinate-wise method may use. All arrays have two axes, `[tasks or 1, parameters or 1]`, and
 * two-argument operations broadcast an axis of length 1. A training engine implements them with tensors; {@link plainOps} does in
 * float64.
 */
export interface ArrayOps<A> {
  /** A `[1, 1]` array. */
  constant(value: number): A;
  add(a: A, b: A): A;
  sub(a: A, b: A): A;
  mul(a: A, b: A): A;
  div(a: A, b: A): A;
  sqrt(a: A): A;
  square(a: A): A;
  abs(a: A): A;
  exp(a: A): A;
  log(a: A): A;
  /** 1 where a > b, else 0. */
  greater(a: A, b: A): A;
  /** Sum over the parameters: `[t, p]` to `[t, 1]`. */
  sumParameters(a: A): A;
  /** Sum over the tasks: `[t, p]` to `[1, p]`. */
  sumTasks(a: A): A;
  /** Largest over the tasks: `[t, p]` to `[1, p]`. */
  maxTasks(a: A): A;
}

/** Length of the two axes of an array of a rule: as many as there are tasks or parameters, or one. */
export interface ArrayShape {
  readonly rows: 'tasks' | 'one';
  readonly columns: 'parameters' | 'one';
}

/** An array that a rule carries from step to step. */
export interface StateArraySpec extends ArrayShape {
  readonly name: string;
  /** The value of all entries before the first step. */
  readonly fill: number;
}

/** A random array that a rule consumes at each step: uniform in [0, 1), or standard normal. */
export interface DrawSpec extends ArrayShape {
  readonly name: string;
  readonly kind: 'uniform' | 'normal';
}

/** A float64 array with two axes, row-major; a plain JSON value. */
export interface PlainArray {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
}

function broadcast(a: PlainArray, b: PlainArray, f: (x: number, y: number) => number): PlainArray {
  const rows = Math.max(a.rows, b.rows);
  const columns = Math.max(a.columns, b.columns);
  const [aRow, aColumn] = [a.rows === 1 ? 0 : a.columns, a.columns === 1 ? 0 : 1];
  const [bRow, bColumn] = [b.rows === 1 ? 0 : b.columns, b.columns === 1 ? 0 : 1];
  const values = new Array<number>(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      values[i * columns + j] = f(a.values[i * aRow + j * aColumn]!, b.values[i * bRow + j * bColumn]!);
    }
  }
  return { rows, columns, values };
}

function each(a: PlainArray, f: (x: number) => number): PlainArray {
  return { rows: a.rows, columns: a.columns, values: a.values.map(f) };
}

function overTasks(a: PlainArray, f: (x: number, y: number) => number): PlainArray {
  const values = a.values.slice(0, a.columns);
  for (let i = 1; i < a.rows; i++) for (let j = 0; j < a.columns; j++) values[j] = f(values[j]!, a.values[i * a.columns + j]!);
  return { rows: 1, columns: a.columns, values };
}

/** The array operations on plain float64 arrays. */
export const plainOps: ArrayOps<PlainArray> = {
  constant: (value) => ({ rows: 1, columns: 1, values: [value] }),
  add: (a, b) => broadcast(a, b, (x, y) => x + y),
  sub: (a, b) => broadcast(a, b, (x, y) => x - y),
  mul: (a, b) => broadcast(a, b, (x, y) => x * y),
  div: (a, b) => broadcast(a, b, (x, y) => x / y),
  sqrt: (a) => each(a, Math.sqrt),
  square: (a) => each(a, (x) => x * x),
  abs: (a) => each(a, Math.abs),
  exp: (a) => each(a, Math.exp),
  log: (a) => each(a, Math.log),
  greater: (a, b) => broadcast(a, b, (x, y) => (x > y ? 1 : 0)),
  sumParameters(a) {
    const values = new Array<number>(a.rows).fill(0);
    for (let i = 0; i < a.rows; i++) for (let j = 0; j < a.columns; j++) values[i]! += a.values[i * a.columns + j]!;
    return { rows: a.rows, columns: 1, values };
  },
  sumTasks: (a) => overTasks(a, (x, y) => x + y),
  maxTasks: (a) => overTasks(a, Math.max),
};
