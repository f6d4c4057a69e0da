import type { Matrix } from './balancing';

/**
 * Checks that there is one finite loss a task.
 * @param where the call, for messages
 * @param tasks how many there must be, where known
 * @param present whether there is a label of each task; the losses of the others are not looked at
 */
export function checkLosses(where: string, losses: readonly number[], tasks?: number, present?: readonly boolean[]): void {
  if (!Array.isArray(losses) || losses.length === 0) {
    throw new TypeError(`${where}: losses must be a non-empty array with one number a task, got ${describe(losses)}`);
  }
  if (tasks !== undefined && losses.length !== tasks) {
    throw new TypeError(`${where}: expected ${tasks} losses, one a task, got ${losses.length}`);
  }
  if (present !== undefined) checkPresent(where, present, losses.length);
  for (let t = 0; t < losses.length; t++) {
    if (present?.[t] === false) continue;
    const loss: unknown = losses[t];
    if (typeof loss !== 'number') throw new TypeError(`${where}: the loss of task ${t} must be a number, got ${describe(loss)}`);
    if (!Number.isFinite(loss)) {
      throw new RangeError(`${where}: the loss of task ${t} is ${loss}; losses must be finite (is the learning rate too high?)`);
    }
  }
}

/** Checks that it is said of each task whether it is present. */
export function checkPresent(where: string, present: readonly boolean[], tasks: number): void {
  if (Array.isArray(present) && present.length === tasks && present.every((here) => typeof here === 'boolean')) return;
  throw new TypeError(`${where}: present must be an array with true or false for each of the ${tasks} tasks, got ${describe(present)}`);
}

/** Checks that a matrix has rows of one length and finite entries; returns the length of a row. */
export function checkMatrix(where: string, matrix: Matrix, what: string): number {
  if (!Array.isArray(matrix) || matrix.length === 0) {
    throw new TypeError(`${where}: the ${what} must be a non-empty array of rows, one a task, got ${describe(matrix)}`);
  }
  const columns = matrix[0]?.length;
  for (let t = 0; t < matrix.length; t++) {
    const row = matrix[t]!;
    if (!Array.isArray(row)) throw new TypeError(`${where}: row ${t} of the ${what} must be an array of numbers, got ${describe(row)}`);
    if (row.length !== columns) {
      throw new TypeError(
        `${where}: row ${t} of the ${what} has ${row.length} entries where row 0 has ${columns}; rows must be equally long`,
      );
    }
    for (let p = 0; p < row.length; p++) {
      const entry: unknown = row[p];
      if (typeof entry !== 'number') {
        throw new TypeError(`${where}: entry ${p} of row ${t} of the ${what} must be a number, got ${describe(entry)}`);
      }
      if (!Number.isFinite(entry)) {
        throw new RangeError(`${where}: row ${t} of the ${what}, that of task ${t}, has ${entry} at ${p}; entries must be finite`);
      }
    }
  }
  return columns!;
}

/** Checks that a matrix is square with one row a task. */
export function checkSquare(where: string, matrix: Matrix, what: string, tasks: number): void {
  const columns = checkMatrix(where, matrix, what);
  if (matrix.length !== tasks || columns !== tasks) {
    throw new TypeError(`${where}: the ${what} must be ${tasks} x ${tasks}, tasks by tasks, got ${matrix.length} x ${columns}`);
  }
}

/** Checks that an option with one number a task fits the number of tasks. */
export function checkPerTask(where: string, option: string, values: readonly number[], tasks: number): void {
  if (values.length !== tasks) {
    throw new TypeError(`${where}: option '${option}' has ${values.length} numbers for ${tasks} tasks; give one a task`);
  }
}

/** Checks a number of tasks. */
export function checkTasks(where: string, tasks: number): void {
  if (!Number.isInteger(tasks) || tasks < 1) {
    throw new RangeError(`${where}: the number of tasks must be a positive integer, got ${describe(tasks)}`);
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  return typeof value === 'string' ? `'${value}'` : String(value);
}
