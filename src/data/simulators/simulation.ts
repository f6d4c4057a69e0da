import type { TaskSpec } from '../../tasks/task';

/** Simulated data of which the right answer is known. The table goes into `taskData` as it is. */
export interface Simulation<Truth> {
  /** A column per input and per task, NaN where a label is missing. */
  readonly table: Readonly<Record<string, readonly number[]>>;
  readonly tasks: Readonly<Record<string, TaskSpec>>;
  /** Names of the input columns. */
  readonly inputs: readonly string[];
  /** What generated the data. */
  readonly truth: Truth;
  /** What a sound method must find. */
  readonly answer: string;
}

/** Column names x0, x1, ... */
export function inputNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `x${i}`);
}

/** Columns of a table from rows. */
export function columns(names: readonly string[], rows: readonly (readonly number[])[]): Record<string, number[]> {
  return Object.fromEntries(names.map((name, c) => [name, rows.map((row) => row[c]!)]));
}
