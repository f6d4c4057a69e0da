import type { ComparisonData, RunRecord } from './comparison-data';

/** Values of one metric of a method on a task, a value per seed; NaN where there is none. */
export function valuesOf(data: ComparisonData, method: string, task: string, metric: string): number[] {
  return data.seeds.map((seed) => runOf(data, method, seed)?.metrics[task]?.[metric] ?? Number.NaN);
}

/** The run of a method on a seed, where it is finished. */
export function runOf(data: ComparisonData, method: string, seed: number): RunRecord | undefined {
  return data.runs.find((run) => run.method === method && run.seed === seed);
}

/** What a record has under a name, which may be that of a member of all objects. */
export const ownOf = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** The finite values. */
export const finite = (values: readonly number[]): number[] => values.filter(Number.isFinite);
