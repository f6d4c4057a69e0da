import { type MissingMarkers, missingTest } from '../cells/cell';
import { DataError } from '../cells/data-error';
import { didYouMean } from '../options/check';
import type { Reading, TaskOptions } from '../tasks/kind';
import type { ClassWeights } from '../tasks/label-options';
import { kindOf, metricsFor } from '../tasks/registry';
import type { Labels, Task, TaskSpec } from '../tasks/task';

/** The columns that a task's labels are read from: the label column, then those that its kind names. */
export function columnsOfTask(name: string, spec: TaskSpec): readonly [string, ...string[]] {
  return [spec.column ?? name, ...(kindOf(spec).otherColumns?.(spec) ?? [])];
}

/**
 * Reads the labels of one task: class codes or numbers, NaN where missing.
 * @param cellsOf the cells of a column
 * @param sequence what is known of the input where that is a sequence
 * @throws DataError when the labels do not fit the kind of task, or all are missing
 */
export function readLabels(
  name: string,
  spec: TaskSpec,
  cellsOf: (column: string) => ArrayLike<unknown>,
  markers: MissingMarkers,
  sequence: Pick<Reading<TaskOptions>, 'length' | 'tokens'> = {},
): Labels {
  const kind = kindOf(spec);
  const [column, ...otherColumns] = columnsOfTask(name, spec);
  const where = `Cannot read task "${name}" (${spec.kind}) from column "${column}"`;
  const missing = missingTest(markers);
  const cells = cellsOf(column);
  if (!kind.perPosition && !anyLabel(cells, missing)) {
    throw new DataError('no-label', `${where}: all ${cells.length} labels are missing; a task needs labels, or leave it out`, { column });
  }
  const read = kind.read({
    where,
    column,
    options: spec as TaskOptions,
    cells,
    others: otherColumns.map(cellsOf),
    missing,
    ...sequence,
  });
  const { kind: _, ...options } = spec;
  const task: Task = {
    name,
    kind: spec.kind,
    column,
    ...(otherColumns.length === 0 ? {} : { otherColumns }),
    classes: read.classes,
    outputs: read.outputs,
    ...weights(where, column, spec, read.classes),
    ...(Object.keys(options).length > 0 && { options }),
    ...(spec.metric === undefined || spec.metric === kind.metrics[0]!.name ? {} : { metric: spec.metric }),
  };
  const [primary] = metricsFor(task);
  if (task.metric !== undefined && primary!.name !== task.metric)
    throw new RangeError(`${where}: metric "${task.metric}" does not suit these labels; leave it out, and verdicts go by ${primary!.name}`);
  return { task, values: read.values, length: read.length };
}

/** Whether a cell is not missing. */
function anyLabel(cells: ArrayLike<unknown>, missing: (cell: unknown) => boolean): boolean {
  for (let row = 0; row < cells.length; row++) if (!missing(cells[row])) return true;
  return false;
}

function weights(where: string, column: string, spec: TaskSpec, classes: readonly string[]): Pick<Task, 'classWeights' | 'lossWeight'> {
  const { classWeights: given, lossWeight } = spec as TaskSpec & { readonly classWeights?: ClassWeights };
  const own = lossWeight === undefined || lossWeight === 1 ? {} : { lossWeight };
  if (given === undefined) return own;
  if (given === 'balanced') return { classWeights: 'balanced', ...own };
  const unknown = Object.keys(given).find((label) => !classes.includes(label));
  if (unknown !== undefined) {
    throw new DataError(
      'wrong-classes',
      `${where}: classWeights names class "${unknown}", which is not in the column${didYouMean(unknown, classes)}; classes: ${classes.slice(0, 10).join(', ')}`,
      { column },
    );
  }
  return { classWeights: classes.map((label) => given[label] ?? 1), ...own };
}
