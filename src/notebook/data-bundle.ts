import { type DataReport, describe, reportLines, type TaskReport } from '../data/data-report';
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

/** A task's labels in short: the share of the positive class, of the largest classes, or mean and range. */
function labelsText({ kind, numbers, classes }: TaskReport): string {
  if (numbers !== undefined) {
    const [mean, sd, min, max] = [numbers.mean, numbers.sd, numbers.min, numbers.max].map((value) => formatNumber(value));
    return `${mean} ± ${sd}, ${min} to ${max}`;
  }
  const percent = (rate: number): string => `${(100 * rate).toFixed(1)} %`;
  if (kind === 'binary') return `${percent(classes[1]!.rate)} ${classes[1]!.name}`;
  const largest = [...classes].sort((a, b) => b.count - a.count).slice(0, 4);
  return `${classes.length} classes: ${largest.map(({ name, rate }) => `${name} ${percent(rate)}`).join(', ')}${classes.length > 4 ? ', ...' : ''}`;
}

/** What a user should know of data before training on it: a row a task; below it which labels are missing together, and notes. */
export function dataBundle(data: TaskData | DataReport): MimeBundle {
  const report = isTaskData(data) ? describe(data) : data;
  const lines = reportLines(report);
  const before = report.groups === undefined ? 1 : 2;
  return tableBundle({
    title: lines[0]!,
    columns: ['task', 'kind', 'labels', 'missing', 'values'],
    rows: report.tasks.map((task) => [task.name, task.kind, task.labelled, task.missing, labelsText(task)]),
    notes: [...lines.slice(1, before), ...lines.slice(before + report.tasks.length)],
  });
}
