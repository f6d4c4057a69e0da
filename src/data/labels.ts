import { type MissingMarkers, missingTest, sortNames, toName, toNumber } from '../cells/cell';
import { DataError } from '../cells/data-error';
import { didYouMean } from '../options/check';
import { describeValue } from '../options/describe-value';
import { checkLossWeight } from '../tasks/label-options';
import type { Task, TaskSpec } from '../tasks/task';
import type { Labels } from './data-types';

/** A classification task with more classes than this, all of them numbers with decimals, is taken for a regression by mistake. */
const manyClasses = 20;

/**
 * Reads the labels of one task: class codes or numbers, NaN where missing.
 * @param length positions a row, for tagging; the longest sequence where undefined
 * @throws DataError when the labels do not fit the kind of task, or all are missing
 */
export function readLabels(name: string, spec: TaskSpec, values: ArrayLike<unknown>, markers: MissingMarkers, length?: number): Labels {
  const column = spec.column ?? name;
  const where = `Cannot read task "${name}" (${spec.kind}) from column "${column}"`;
  const missing = missingTest(markers);
  const rows = values.length;
  if (spec.kind === 'tagging') return readTags(where, { name, column }, spec, values, missing, length);
  let present = 0;
  for (let row = 0; row < rows; row++) if (!missing(values[row])) present++;
  if (present === 0) {
    throw new DataError('no-label', `${where}: all ${rows} labels are missing; a task needs labels, or leave it out`, { column });
  }
  if (spec.kind === 'regression') {
    const numbers = new Float64Array(rows).fill(Number.NaN);
    for (let row = 0; row < rows; row++) {
      if (missing(values[row])) continue;
      const number = toNumber(values[row]);
      if (number === undefined) {
        const classes = countNames(values, missing).size;
        const advice =
          classes <= 2 ? 'binary()' : classes <= manyClasses ? 'multiclass()' : 'a column of numbers, or declare the text as missing';
        throw new DataError(
          'not-a-number',
          `${where}: expected numbers; row ${row} (counted from 0) holds ${describeValue(values[row])}; use ${advice}`,
          { column, row },
        );
      }
      if (!Number.isFinite(number)) {
        throw new DataError(
          'not-finite',
          `${where}: expected finite numbers; row ${row} (counted from 0) holds ${number}; clear the cell if the value is missing`,
          { column, row },
        );
      }
      numbers[row] = number;
    }
    return {
      task: { name, kind: 'regression', column, classes: [], outputs: 1, ...weights(where, column, spec, []) },
      values: numbers,
      length: 1,
    };
  }
  const counts = countNames(values, missing);
  const classes = spec.kind === 'binary' ? binaryClasses(where, column, spec, counts) : multiClasses(where, column, counts);
  const code = new Map(classes.map((label, i) => [label, i]));
  const codes = new Float64Array(rows).fill(Number.NaN);
  for (let row = 0; row < rows; row++) if (!missing(values[row])) codes[row] = code.get(toName(values[row]))!;
  const task: Task = {
    name,
    kind: spec.kind,
    column,
    classes,
    outputs: spec.kind === 'binary' ? 1 : classes.length,
    ...weights(where, column, spec, classes),
  };
  return { task, values: codes, length: 1 };
}

function countNames(values: ArrayLike<unknown>, missing: (value: unknown) => boolean): Map<string, number> {
  const counts = new Map<string, number>();
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (!missing(value)) counts.set(toName(value), (counts.get(toName(value)) ?? 0) + 1);
  }
  return counts;
}

function listCounts(counts: ReadonlyMap<string, number>): string {
  const names = sortNames(counts.keys());
  const shown = names.slice(0, 5).map((label) => `"${label}" (${counts.get(label)} ${counts.get(label) === 1 ? 'row' : 'rows'})`);
  return shown.join(', ') + (names.length > 5 ? ', ...' : '');
}

function binaryClasses(where: string, column: string, spec: TaskSpec, counts: ReadonlyMap<string, number>): string[] {
  const classes = sortNames(counts.keys());
  if (classes.length !== 2) {
    const found = `${classes.length} distinct ${classes.length === 1 ? 'value' : 'values'}: ${listCounts(counts)}`;
    const advice =
      classes.length === 1
        ? 'nothing can be learned from one value; leave the task out'
        : 'use multiclass() or regression(), or declare the extra value as missing';
    throw new DataError('wrong-classes', `${where}: expected exactly 2 distinct values, found ${found}; ${advice}`, { column });
  }
  if (spec.positive === undefined) return classes;
  const positive = toName(spec.positive);
  if (!classes.includes(positive)) {
    throw new DataError(
      'wrong-classes',
      `${where}: positive is ${describeValue(spec.positive)}, which is not in the column; it holds ${listCounts(counts)}`,
      { column },
    );
  }
  return positive === classes[1] ? classes : classes.reverse();
}

function multiClasses(where: string, column: string, counts: ReadonlyMap<string, number>): string[] {
  const classes = sortNames(counts.keys());
  if (classes.length < 2) {
    throw new DataError('wrong-classes', `${where}: expected at least 2 classes, found 1: ${listCounts(counts)}; leave the task out`, {
      column,
    });
  }
  if (
    classes.length > manyClasses &&
    classes.every((label) => !Number.isNaN(Number(label))) &&
    classes.some((label) => label.includes('.'))
  ) {
    throw new DataError(
      'wrong-classes',
      `${where}: expected classes, found ${classes.length} distinct numbers with decimals (${classes.slice(0, 3).join(', ')}, ...); use regression()`,
      { column },
    );
  }
  return classes;
}

function weights(where: string, column: string, spec: TaskSpec, classes: readonly string[]): Pick<Task, 'classWeights' | 'lossWeight'> {
  const { classWeights: given, lossWeight } = spec;
  if (lossWeight !== undefined) checkLossWeight(where, lossWeight);
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

/** The tags of a cell: an array of tags, or text with blanks between them; undefined where the whole sequence is unlabelled. */
function tagsOf(value: unknown): ArrayLike<unknown> | undefined {
  if (typeof value === 'string') return value.trim().split(/\s+/);
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) return value as unknown as ArrayLike<unknown>;
  return undefined;
}

function readTags(
  where: string,
  { name, column }: { readonly name: string; readonly column: string },
  spec: TaskSpec,
  values: ArrayLike<unknown>,
  missing: (value: unknown) => boolean,
  length: number | undefined,
): Labels {
  const rows = values.length;
  const sequences: ArrayLike<unknown>[] = [];
  const counts = new Map<string, number>();
  let longest = 0;
  for (let row = 0; row < rows; row++) {
    const tags = missing(values[row]) ? [] : tagsOf(values[row]);
    if (tags === undefined) {
      throw new DataError(
        'wrong-classes',
        `${where}: expected an array of tags or text with blanks between the tags; row ${row} (counted from 0) holds ${describeValue(values[row])}`,
        { column, row },
      );
    }
    if (length !== undefined && tags.length > length) {
      throw new DataError(
        'unequal-lengths',
        `${where}: row ${row} (counted from 0) has ${tags.length} tags, but the input has ${length} positions; give the inputs a length of at least ${tags.length}, or cut the tags as the inputs were cut`,
        { column, row },
      );
    }
    longest = Math.max(longest, tags.length);
    const blank = Array.from(tags).findIndex((tag) => typeof tag === 'string' && tag !== '' && tag.trim() === '');
    if (blank >= 0) {
      throw new DataError(
        'wrong-classes',
        `${where}: row ${row} (counted from 0) has a tag of blanks, ${JSON.stringify(tags[blank])}, at position ${blank}; give the tag a name, such as "space", or null where it is missing`,
        { column, row },
      );
    }
    for (let i = 0; i < tags.length; i++) if (!missing(tags[i])) counts.set(toName(tags[i]), (counts.get(toName(tags[i])) ?? 0) + 1);
    sequences.push(tags);
  }
  if (counts.size === 0) {
    throw new DataError('no-label', `${where}: all labels of its ${rows} rows are missing; a task needs labels, or leave it out`, {
      column,
    });
  }
  const classes = multiClasses(where, column, counts);
  const code = new Map(classes.map((label, i) => [label, i]));
  const positions = length ?? longest;
  const codes = new Float64Array(rows * positions).fill(Number.NaN);
  sequences.forEach((tags, row) => {
    for (let i = 0; i < tags.length; i++) if (!missing(tags[i])) codes[row * positions + i] = code.get(toName(tags[i]))!;
  });
  const outputs = positions * classes.length;
  const task: Task = { name, kind: 'tagging', column, classes, outputs, ...weights(where, column, spec, classes) };
  return { task, values: codes, length: positions };
}
