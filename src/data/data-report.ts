import { moments } from '../numeric/moments';
import { kindOf } from '../tasks/registry';
import type { Labels } from '../tasks/task';
import type { TaskData } from './data-types';
import { isTensor } from './data-types';

/** How often a class is there. */
export interface ClassCount {
  readonly name: string;
  /** Labels (positions, for tagging). */
  readonly count: number;
  /** Share of the task's labels, from 0 to 1; of the positive class of a binary task this is the base rate. */
  readonly rate: number;
}

/** What is known of one task's labels. */
export interface TaskReport {
  readonly name: string;
  /** The name of its kind. */
  readonly kind: string;
  readonly column: string;
  /** Rows that have a label. */
  readonly labeled: number;
  /** Rows that have none. */
  readonly missing: number;
  /** The classes in code order; empty for regression. */
  readonly classes: readonly ClassCount[];
  /** Mean, population standard deviation and range of a regression's labels. */
  readonly numbers?: { readonly mean: number; readonly sd: number; readonly min: number; readonly max: number };
}

/** What is known of one input column. */
export interface InputReport {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /** Rows without a value. */
  readonly missing: number;
  /** Number of categories; 0 for a numeric column. */
  readonly categories: number;
}

/** Rows that lack the labels of the same tasks. */
export interface MissingPattern {
  /** Tasks without a label; empty for complete rows. */
  readonly missing: readonly string[];
  readonly rows: number;
}

/** What a user should know of data before training on it. */
export interface DataReport {
  readonly rows: number;
  /** The input columns; empty where the input is a tensor. */
  readonly inputs: readonly InputReport[];
  /** Shape of one row of a tensor input. */
  readonly inputShape?: readonly number[];
  readonly tasks: readonly TaskReport[];
  /** Positive labels of binary tasks a row; absent with fewer than 2 binary tasks. */
  readonly positivesPerRow?: number;
  /** Which labels are missing together, the most frequent pattern first. */
  readonly missingPatterns: readonly MissingPattern[];
  /** How many groups there are, where the data has groups. */
  readonly groups?: number;
  readonly notes: readonly string[];
}

/** Describes data: rows, inputs, labels and their base rates, and which labels are missing together. */
export function describe(data: TaskData): DataReport {
  const present = data.labels.map((labels) => presence(labels, data.rows));
  const binary = data.labels.filter((labels) => isYesNo(labels.task));
  const positives = binary.reduce((sum, labels) => sum + labels.values.reduce((count, value) => count + (value === 1 ? 1 : 0), 0), 0);
  return {
    rows: data.rows,
    inputs: isTensor(data.inputs)
      ? []
      : data.inputs.map((column) =>
          column.kind === 'numeric'
            ? { name: column.name, kind: 'numeric', missing: column.values.filter(Number.isNaN).length, categories: 0 }
            : {
                name: column.name,
                kind: 'categorical',
                missing: column.codes.filter((code) => code < 0).length,
                categories: column.categories.length,
              },
        ),
    ...(isTensor(data.inputs) ? { inputShape: data.inputs.shape } : {}),
    tasks: data.labels.map((labels, t) => taskReport(labels, present[t]!)),
    ...(binary.length < 2 ? {} : { positivesPerRow: positives / data.rows }),
    missingPatterns: missingPatterns(data, present),
    ...(data.groups === undefined ? {} : { groups: new Set(data.groups).size }),
    notes: data.notes,
  };
}

/** 1 for each row that has a label, at any position. */
function presence({ values, length }: Labels, rows: number): Uint8Array {
  return Uint8Array.from({ length: rows }, (_, row) =>
    Number(values.subarray(row * length, (row + 1) * length).some((value) => !Number.isNaN(value))),
  );
}

/** Whether a task's label is one of two classes, one of them positive. */
function isYesNo({ kind, classes }: { readonly kind: string; readonly classes: readonly unknown[] }): boolean {
  return kindOf({ kind }).link === 'logistic' && classes.length === 2;
}

function taskReport({ task, values, length }: Labels, present: Uint8Array): TaskReport {
  const labeled = present.reduce((sum, one) => sum + one, 0);
  // Of a row with several cells that are numbers, the first is the label.
  const known = values.filter((value, i) => !Number.isNaN(value) && (task.classes.length > 0 || i % length === 0));
  const counts = new Array<number>(task.classes.length).fill(0);
  if (counts.length > 0) for (const code of known) counts[code]!++;
  const report = {
    name: task.name,
    kind: task.kind,
    column: task.column,
    labeled,
    missing: present.length - labeled,
    classes: task.classes.map((name, code) => ({ name, count: counts[code]!, rate: counts[code]! / known.length })),
  };
  if (kindOf(task).scale !== 'interval') return report;
  const { mean, sd } = moments(known, Array.from(known.keys()));
  const [min, max] = known.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  return { ...report, numbers: { mean, sd, min, max } };
}

function missingPatterns(data: TaskData, present: readonly Uint8Array[]): MissingPattern[] {
  const rows = new Map<string, number>();
  for (let row = 0; row < data.rows; row++) {
    const key = present.map((labels) => labels[row]).join('');
    rows.set(key, (rows.get(key) ?? 0) + 1);
  }
  return [...rows]
    .map(([key, count]) => ({ missing: data.tasks.filter((_, t) => key[t] === '0').map((task) => task.name), rows: count }))
    .sort((a, b) => b.rows - a.rows || a.missing.length - b.missing.length);
}

/** Tasks, classes and patterns beyond this many are summed up in one line of text. */
const shown = 8;

/** A task's classes in short: the share of the positive one of two, else those of the largest. */
export function classesText({ kind, classes }: Pick<TaskReport, 'kind' | 'classes'>, shown: number): string {
  const share = ({ name, rate }: ClassCount): string => `${name} ${percent(rate)}`;
  if (isYesNo({ kind, classes })) return `${percent(classes[1]!.rate)} ${classes[1]!.name}`;
  const ordered = kindOf({ kind }).scale === 'ranked' ? classes : [...classes].sort((a, b) => b.count - a.count);
  return `${classes.length} classes: ${ordered.slice(0, shown).map(share).join(', ')}${classes.length > shown ? ', ...' : ''}`;
}

/**
 * A report as lines of text.
 * @returns a line for the size, one a task, one for each frequent pattern of missing labels, one a note
 */
export function reportLines(report: DataReport): string[] {
  const inputs = report.inputShape === undefined ? inputText(report.inputs) : `a tensor of shape [${report.inputShape.join(', ')}] a row`;
  const lines = [`${report.rows} rows, ${inputs}, ${plural(report.tasks.length, 'task')}`];
  if (report.groups !== undefined) lines.push(`${plural(report.groups, 'group')} that splits keep together`);
  for (const task of report.tasks) lines.push(taskLine(task));
  if (report.positivesPerRow !== undefined) lines.push(`${format(report.positivesPerRow)} positive labels a row`);
  if (report.missingPatterns.some((pattern) => pattern.missing.length > 0)) {
    const patterns = report.missingPatterns;
    for (const { missing, rows } of patterns.slice(0, shown)) {
      lines.push(`${plural(rows, 'row')} ${missing.length === 0 ? 'with every label' : `without ${listed(missing)}`}`);
    }
    const rest = patterns.slice(shown).reduce((sum, pattern) => sum + pattern.rows, 0);
    if (rest > 0) lines.push(`${plural(rest, 'row')} with ${patterns.length - shown} other patterns of missing labels`);
  }
  return [...lines, ...report.notes];
}

function inputText(inputs: readonly InputReport[]): string {
  const categorical = inputs.filter((input) => input.kind === 'categorical').length;
  const gaps = inputs.filter((input) => input.missing > 0).length;
  return `${plural(inputs.length, 'input')} (${inputs.length - categorical} numeric, ${categorical} categorical${gaps > 0 ? `, ${gaps} with missing values` : ''})`;
}

function taskLine(task: TaskReport): string {
  const labels = `${task.name} (${task.kind}): ${plural(task.labeled, 'label')}${task.missing > 0 ? `, ${task.missing} missing` : ''}`;
  if (task.numbers !== undefined) {
    const { mean, sd, min, max } = task.numbers;
    return `${labels}, mean ${format(mean)}, s.d. ${format(sd)}, from ${format(min)} to ${format(max)}`;
  }
  return `${labels}, ${classesText(task, shown)}`;
}

function listed(names: readonly string[]): string {
  return names.length > shown ? `${names.slice(0, shown).join(', ')} and ${names.length - shown} more` : names.join(', ');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function percent(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`;
}

function format(value: number): string {
  return String(Number(value.toPrecision(3)));
}
