import type { TaskData } from '../data/task-data';
import type { Labels } from '../tasks/task';

/**
 * The rows of a table as they matter for splitting: labels, groups and times; the inputs are left out.
 * @param rows row indices
 */
export function rowsForSplitting(data: TaskData, rows: Int32Array): TaskData {
  const labels = data.labels.map(({ task, values, length }): Labels => {
    const own = new Float64Array(rows.length * length);
    for (const [i, row] of rows.entries()) own.set(values.subarray(row * length, (row + 1) * length), i * length);
    return { task, values: own, length };
  });
  return {
    rows: rows.length,
    tasks: data.tasks,
    labels,
    inputs: [],
    notes: [],
    ...(data.groups ? { groups: rows.map((row) => data.groups![row]!) } : {}),
    ...(data.time ? { time: Float64Array.from(rows, (row) => data.time![row]!) } : {}),
  };
}

/**
 * The table without some tasks; every row stays, so that splits keep their meaning.
 * @param keep indices of the tasks that stay
 */
export function withTasks(data: TaskData, keep: readonly number[]): TaskData {
  return { ...data, tasks: keep.map((t) => data.tasks[t]!), labels: keep.map((t) => data.labels[t]!) };
}
