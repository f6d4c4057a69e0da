import { type MissingMarkers, missingTest, toName, toNumber } from '../cells/cell';
import { DataError, type DataErrorCode } from '../cells/data-error';
import { describeValue } from '../options/describe-value';
import { optionName } from '../options/option-error';
import { type CallSpecs, type FilledSpec, type OptionalSpec, type OptionFault, optionalOption, readCall, withFlag } from '../options/spec';
import { kindFactory, kindNames, kindOf } from '../tasks/registry';
import type { Labels, TaskSpec } from '../tasks/task';
import { type InputTensor, isTensor, type TaskData } from './data-types';
import { readInputColumn } from './input-column';
import { columnsOfTask, readLabels } from './labels';
import { nearestColumn } from './nearest-column';
import { readTable, type Table, type TableLike } from './table';

export type { InputColumn, InputTensor, Split, TaskData } from './data-types';

/** Options of {@link taskData}. */
export interface TaskDataOptions {
  /** The tasks by name. */
  readonly tasks: Readonly<Record<string, TaskSpec>>;
  /** `'rest'` = every column that is no label, group, time or ignored column; or their names; or a tensor with one entry a row. @default 'rest' */
  readonly inputs?: 'rest' | readonly string[] | InputTensor;
  /** Values that mean "missing" beside null, undefined, NaN and blank text. @default [] */
  readonly missing?: MissingMarkers;
  /** Input columns to read as categories although they hold numbers, or in spite of their many values. @default [] */
  readonly categorical?: readonly string[];
  /** A column whose rows with the same value must stay on one side of a split (patients, speakers). */
  readonly groups?: string;
  /** A column of times (numbers, `Date`s or date text): splits train on the past. */
  readonly time?: string;
  /** Columns that `inputs: 'rest'` leaves out. @default [] */
  readonly ignore?: readonly string[];
}

const isNames = (value: unknown): boolean => Array.isArray(value) && value.every((name) => typeof name === 'string');

function namesOption(doc: string): FilledSpec<readonly string[]> {
  const fault = (value: unknown): OptionFault | undefined =>
    isNames(value) ? undefined : { kind: 'type', expected: 'an array of column names' };
  return { type: 'array of column names', default: [], doc, otherwise: 'none', fault };
}

/** The name of a column; what is no text is refused where the column is looked up. */
const columnOption = (doc: string): OptionalSpec<string> => optionalOption('name of a column', doc, () => undefined);

type AbsentOptions = 'tasks' | 'groups' | 'time';

/** How the options of {@link taskData} are checked. */
export const taskDataSpecs: CallSpecs<TaskDataOptions, AbsentOptions> = {
  tasks: optionalOption('kinds by name, such as { happy: binary() }', 'label columns and what they are', () => undefined),
  inputs: {
    type: "'rest' | array of column names | tensor",
    default: 'rest',
    doc: 'input columns',
    otherwise: 'all that are no label, group, time or ignored',
    flag: '--inputs LIST',
    fault: (value) =>
      value === 'rest' || isNames(value) || isTensor(value)
        ? undefined
        : { kind: 'type', expected: "'rest', an array of column names or a tensor" },
  },
  missing: {
    type: 'array of texts and numbers',
    default: [],
    doc: 'values that mean "missing" beside empty ones',
    fault: (value) =>
      Array.isArray(value) && value.every((marker) => typeof marker === 'string' || typeof marker === 'number')
        ? undefined
        : { kind: 'type', expected: "an array of texts and numbers such as ['NA', -9]" },
  },
  categorical: withFlag(namesOption('input columns to read as categories although they hold numbers, or many texts'), '--categorical LIST'),
  groups: withFlag(columnOption('rows with the same value stay on one side of a split'), '--groups COLUMN'),
  time: withFlag(columnOption('train on the past, test on the latest rows'), '--time COLUMN'),
  ignore: withFlag(namesOption('columns to leave out'), '--ignore LIST'),
};

/**
 * Reads a table for multi-task learning: labels by task, inputs by column, what is missing.
 *
 * Missing labels (null, undefined, NaN, blank text, declared markers) become NaN in any pattern; a row with no label at all is dropped and
 * reported in `notes`. An input column is numeric when all its present values are numbers, booleans or decimal text, else categorical.
 * Nothing is standardized or imputed here: see `fitPreprocessing`.
 * @param table a danfojs `DataFrame`, a record of arrays (typed arrays too) or an array of row objects
 * @throws TypeError on an unknown option or an argument of the wrong type
 * @throws DataError (a RangeError) when a column is unknown, there twice, or does not fit its task, and on infinite inputs; see its `code`
 * @example
 * const data = taskData({ size: [1, 2, 3], ripe: [0, 1, null], price: [2.5, null, 4] }, { tasks: { ripe: binary(), price: regression() } });
 */
export function taskData(table: TableLike, options: TaskDataOptions): TaskData {
  const given = readCall<TaskDataOptions, AbsentOptions>('taskData(table, options)', taskDataSpecs, options);
  const read = readTable(table);
  const { inputs, missing: markers } = given;
  const specs = readSpecs(given.tasks);
  const labelColumns = specs.flatMap(([name, spec]) => columnsOfTask(name, spec).map((column) => [name, column] as const));
  for (const [task, column] of labelColumns) requireColumn(read, column, `task "${task}" names`);
  if (given.groups !== undefined) requireColumn(read, given.groups, `${optionName('groups')} names`);
  if (given.time !== undefined) requireColumn(read, given.time, `${optionName('time')} names`);
  for (const column of given.ignore) requireColumn(read, column, `${optionName('ignore')} names`);
  if (read.rows < 2) throw new DataError('empty-table', 'Cannot build task data: the table has 1 row; expected at least 2');

  const sequence = isTensor(inputs) ? { length: inputs.shape[0]!, ...tokensOf(inputs, read.rows) } : {};
  const labels = specs.map(([name, spec]) => readLabels(name, spec, (column) => read.columns.get(column)!, markers, sequence));
  const notes: string[] = [];
  const kept = labeledRows(read.rows, labels);
  if (kept.length < read.rows) {
    const dropped = read.rows - kept.length;
    notes.push(`${dropped} of ${read.rows} rows have no label for any task: dropped`);
    if (kept.length < 2) throw new DataError('no-label', 'Cannot build task data: only 1 row has a label; expected at least 2');
  }
  const all = kept.length === read.rows;
  const take = <T extends Float64Array | Int32Array>(values: T, width = 1): T => (all ? values : takeRows(values, kept, width));

  const columns = isTensor(inputs)
    ? takeTensor(checkTensor(inputs, read.rows), kept)
    : inputNames(read, { ...given, inputs }, labelColumns).map((name) => {
        const force = given.categorical.includes(name);
        const { column, notes: columnNotes } = readInputColumn(name, read.columns.get(name)!, markers, force);
        notes.push(...columnNotes);
        return column.kind === 'numeric' ? { ...column, values: take(column.values) } : { ...column, codes: take(column.codes) };
      });
  if (isTensor(inputs) && 'tokens' in inputs && !(columns as InputTensor).values.includes(1)) {
    notes.push(
      'No row has an unknown token, so what to do with one is not learned: a larger leastCount of tokenTensor teaches it by rare ones',
    );
  }
  for (const { task, values } of labels) {
    const known = values.filter((value) => !Number.isNaN(value));
    if (kindOf(task).scale === 'interval' && known.every((value) => value === known[0])) {
      notes.push(`Task "${task.name}": all its ${known.length} labels are ${known[0]}`);
    }
  }
  return {
    rows: kept.length,
    tasks: labels.map((entry) => entry.task),
    labels: labels.map((entry) => ({ ...entry, values: take(entry.values, entry.length) })),
    inputs: columns,
    ...(given.groups === undefined ? {} : { groups: take(readGroups(read, given.groups, markers)) }),
    ...(given.time === undefined ? {} : { time: take(readTime(read, given.time, markers)) }),
    notes,
    ...(all ? {} : { sourceRows: kept, droppedRows: read.rows - kept.length }),
    ...(markers.length === 0 ? {} : { missing: markers }),
  };
}

/** Tokens of each row of a `tokenTensor`: all up to the last that is not padding; in ids made by hand 0 may be one like any other. */
function tokensOf({ values, shape, fingerprint }: InputTensor, rows: number): { readonly tokens?: Int32Array } {
  const length = shape[0]!;
  if (fingerprint === undefined || values.length !== rows * length) return {};
  const tokens = new Int32Array(rows);
  for (let i = 0; i < values.length; i++) if (values[i] !== 0) tokens[Math.floor(i / length)] = (i % length) + 1;
  return { tokens };
}

function readSpecs(tasks: unknown): (readonly [string, TaskSpec])[] {
  if (typeof tasks !== 'object' || tasks === null || Array.isArray(tasks) || Object.keys(tasks).length === 0) {
    throw new TypeError(
      `taskData(table, options): tasks must name at least one task, such as { happy: binary() }; got ${describeValue(tasks)}`,
    );
  }
  return Object.entries(tasks).map(([name, spec]) => {
    const factory = typeof spec === 'object' && spec !== null ? kindFactory(String((spec as Partial<TaskSpec>).kind)) : undefined;
    if (!factory) {
      throw new TypeError(
        `taskData(table, options): task "${name}" must be ${kindNames
          .map((kind) => `${kind}()`)
          .join(', ')
          .replace(/, ([^,]*)$/, ' or $1')}; got ${describeValue(spec)}`,
      );
    }
    // What was written by hand is checked like what the kind's own function made.
    const { kind: _, ...options } = spec as TaskSpec;
    return [name, factory(options)] as const;
  });
}

/** @throws DataError when the table lacks the column, with the nearest name that it has */
function requireColumn(table: Table, name: unknown, who: string): void {
  if (typeof name !== 'string') throw new TypeError(`Cannot build task data: ${who} ${describeValue(name)}; expected the name of a column`);
  if (!table.columns.has(name)) {
    throw new DataError(
      'unknown-column',
      `Cannot build task data: ${who} column "${name}", which is not among the table's ${table.names.length} columns${nearestColumn(name, table.names)}`,
      { column: name },
    );
  }
}

/** Which columns are inputs, of which some are read by force as categories. */
interface InputNames {
  readonly inputs: 'rest' | readonly string[];
  readonly ignore: readonly string[];
  readonly categorical: readonly string[];
  readonly groups?: string;
  readonly time?: string;
}

function inputNames(table: Table, given: InputNames, labelColumns: readonly (readonly [string, string])[]): readonly string[] {
  const { inputs, ignore, categorical, groups, time } = given;
  const labels = new Map(labelColumns.map(([task, column]) => [column, task]));
  const left = new Set<string | undefined>([...labels.keys(), ...ignore, groups, time]);
  const names = inputs === 'rest' ? table.names.filter((name) => !left.has(name)) : namedInputs(table, inputs, ignore, labels);
  if (names.length === 0) {
    throw new DataError(
      'no-inputs',
      `Cannot build task data: no input column is left; the table's ${table.names.length} columns are all labels, groups, time or ignored`,
    );
  }
  for (const name of categorical) {
    requireColumn(table, name, `${optionName('categorical')} names`);
    if (!names.includes(name)) {
      throw new DataError(
        'unknown-column',
        `Cannot build task data: ${optionName('categorical')} names column "${name}", which is not an input`,
        { column: name },
      );
    }
  }
  return names;
}

/**
 * Columns that the user names as inputs.
 * @param labels the task of each label column
 * @throws DataError for one that the table lacks, that is there twice or has another role
 */
function namedInputs(
  table: Table,
  names: readonly string[],
  ignore: readonly string[],
  labels: ReadonlyMap<string, string>,
): readonly string[] {
  const who = optionName('inputs');
  const seen = new Set<string>();
  for (const name of names) {
    requireColumn(table, name, `${who} names`);
    const task = labels.get(name);
    const refuse = (code: DataErrorCode, what: string): DataError =>
      new DataError(code, `Cannot build task data: ${what}`, { column: name });
    if (task !== undefined)
      throw refuse('column-used-twice', `${who} names column "${name}", which holds the labels of task "${task}"; leave it out`);
    if (seen.has(name)) throw refuse('duplicate-column', `${who} names column "${name}" twice; name it once`);
    seen.add(name);
    if (ignore.includes(name))
      throw refuse('column-used-twice', `${who} and ${optionName('ignore')} both name column "${name}"; name it in one`);
  }
  return names;
}

function labeledRows(rows: number, labels: readonly Labels[]): Int32Array {
  const labeled = new Uint8Array(rows);
  for (const { values, length } of labels) {
    for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i])) labeled[Math.floor(i / length)] = 1;
  }
  return Int32Array.from({ length: rows }, (_, row) => row).filter((row) => labeled[row] === 1);
}

function takeRows<T extends Float64Array | Float32Array | Int32Array>(values: T, rows: Int32Array, width: number): T {
  const out = new (values.constructor as new (length: number) => T)(rows.length * width);
  rows.forEach((row, i) => {
    out.set(values.subarray(row * width, (row + 1) * width), i * width);
  });
  return out;
}

function checkTensor(tensor: InputTensor, rows: number): InputTensor {
  const { shape, values, vocabulary } = tensor;
  if (!Array.isArray(shape) || shape.length === 0 || shape.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new TypeError(
      `Cannot build task data: the input tensor's shape must list the sizes of one row, such as [28, 28, 1]; got ${JSON.stringify(shape)}`,
    );
  }
  if (!(values instanceof Float32Array)) {
    throw new TypeError(`Cannot build task data: the input tensor's values must be a Float32Array; got ${describeValue(values)}`);
  }
  const size = shape.reduce((product: number, width: number) => product * width, 1);
  if (values.length !== rows * size) {
    throw new DataError(
      'unequal-lengths',
      `Cannot build task data: ${rows} rows of shape [${shape.join(', ')}] need ${rows * size} input values; the tensor has ${values.length}`,
    );
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const row = Math.floor(bad / size);
    throw new DataError(
      'not-finite',
      `Cannot build task data: the input tensor holds ${values[bad]} in row ${row} (counted from 0); expected finite numbers`,
      { row },
    );
  }
  if (vocabulary !== undefined) {
    const wrong = values.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
    if (wrong >= 0) {
      const row = Math.floor(wrong / size);
      throw new DataError(
        'not-finite',
        `Cannot build task data: ids must be integers from 0 to ${vocabulary - 1} (vocabulary ${vocabulary}); row ${row} (counted from 0) holds ${values[wrong]}`,
        { row },
      );
    }
  }
  return tensor;
}

function takeTensor(tensor: InputTensor, kept: Int32Array): InputTensor {
  const size = tensor.shape.reduce((product, width) => product * width, 1);
  return tensor.values.length === kept.length * size ? tensor : { ...tensor, values: takeRows(tensor.values, kept, size) };
}

function readGroups(table: Table, name: string, markers: MissingMarkers): Int32Array {
  const missing = missingTest(markers);
  const codes = new Map<string, number>();
  return Int32Array.from({ length: table.rows }, (_, row) => {
    const value = table.columns.get(name)![row];
    if (missing(value)) throw missingValue('groups', name, row);
    const group = toName(value);
    if (!codes.has(group)) codes.set(group, codes.size);
    return codes.get(group)!;
  });
}

function readTime(table: Table, name: string, markers: MissingMarkers): Float64Array {
  const missing = missingTest(markers);
  return Float64Array.from({ length: table.rows }, (_, row) => {
    const value = table.columns.get(name)![row];
    if (missing(value)) throw missingValue('time', name, row);
    const number = value instanceof Date ? value.getTime() : (toNumber(value) ?? Date.parse(String(value)));
    if (!Number.isFinite(number)) {
      throw new DataError(
        'not-a-number',
        `Cannot build task data: ${optionName('time')} column "${name}" holds ${describeValue(value)} in row ${row} (counted from 0); expected a number, a Date or a date such as "2024-05-31"`,
        { column: name, row },
      );
    }
    return number;
  });
}

function missingValue(option: string, column: string, row: number): DataError {
  return new DataError(
    'missing-value',
    `Cannot build task data: ${optionName(option)} column "${column}" has no value in row ${row} (counted from 0); every row needs one`,
    { column, row },
  );
}
