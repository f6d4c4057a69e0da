import { classesText, type DataReport, describe, reportLines, type TaskReport } from '../data/data-report';
import type { TaskData } from '../data/data-types';
import { type MimeBundle, tableBundle } from '../plots/mime';
import { formatNumber } from '../plots/text';

/** True for what `taskData` makes. */
export function isTaskData(value: object): value is TaskData {
  const { rows, tasks, labels, inputs } = value as Partial<TaskData>;
  return typeof rows === 'number' && Array.isArray(tasks) && Array.isArray(labels) && typeof inputs === 'object';
}

/** True for what `describe` makes. */
export function isDataReport(value: object): value is DataReport {
  const { rows, tasks, missingPatterns } = value as Partial<DataReport>;
  return typeof rows === 'number' && Array.isArray(tasks) && Array.isArray(missingPatterns);
}

/** A task's labels in short: mean and range, or its classes. */
function labelsText(task: TaskReport): string {
  if (task.numbers === undefined) return classesText(task, 4);
  const { mean, sd, min, max } = task.numbers;
  return `${formatNumber(mean)} ± ${formatNumber(sd)}, ${formatNumber(min)} to ${formatNumber(max)}`;
}

/** What a user should know of data before training on it: a row a task; below it which labels are missing together, and notes. */
export function dataBundle(data: TaskData | DataReport): MimeBundle {
  const report = isTaskData(data) ? describe(data) : data;
  const lines = reportLines(report);
  const before = report.groups === undefined ? 1 : 2;
  return tableBundle({
    title: lines[0]!,
    columns: ['task', 'kind', 'labels', 'missing', 'values'],
    rows: report.tasks.map((task) => [task.name, task.kind, task.labeled, task.missing, labelsText(task)]),
    notes: [...lines.slice(1, before), ...lines.slice(before + report.tasks.length)],
  });
}
