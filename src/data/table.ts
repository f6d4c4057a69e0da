import { DataError } from '../cells/data-error';
import { describeValue } from '../options/describe-value';
import { firstRepeated } from './first-repeated';

/** What we use of a danfojs `DataFrame`. */
export interface FrameLike {
  readonly columns: readonly string[];
  column(name: string): { readonly values: unknown };
}

/** A table: a danfojs `DataFrame`, a record of equally long arrays (typed arrays too), or an array of row objects. */
export type TableLike = FrameLike | Readonly<Record<string, ArrayLike<unknown>>> | readonly Readonly<Record<string, unknown>>[];

/** A table by columns. */
export interface Table {
  readonly rows: number;
  /** Column names in the table's order. */
  readonly names: readonly string[];
  readonly columns: ReadonlyMap<string, ArrayLike<unknown>>;
}

function isFrame(table: object): table is FrameLike {
  const candidate = table as Partial<FrameLike>;
  return Array.isArray(candidate.columns) && typeof candidate.column === 'function';
}

function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function frameColumns(frame: FrameLike): [string, unknown][] {
  const names = frame.columns.map(String);
  const repeated = firstRepeated(names);
  if (repeated !== undefined) {
    const at = names.flatMap((name, i) => (name === repeated ? [i + 1] : []));
    throw new DataError(
      'duplicate-column',
      `Cannot read the table: column "${repeated}" is there ${at.length} times (as columns ${at.join(' and ')}); rename or drop all but one`,
      { column: repeated },
    );
  }
  return names.map((name) => [name, frame.column(name).values]);
}

function rowsToColumns(rows: readonly unknown[]): [string, unknown][] {
  const columns = new Map<string, unknown[]>();
  rows.forEach((row, i) => {
    if (typeof row !== 'object' || row === null || isArrayLike(row)) {
      throw new TypeError(
        `Cannot read the table: expected an array of row objects such as { age: 31, happy: 1 }; row ${i} is ${describeValue(row)}`,
      );
    }
    for (const [name, value] of Object.entries(row)) {
      let column = columns.get(name);
      if (column === undefined) {
        column = new Array<unknown>(rows.length).fill(undefined);
        columns.set(name, column);
      }
      column[i] = value;
    }
  });
  return [...columns];
}

/**
 * Reads any table-like value into columns; nothing is copied where the columns are arrays already.
 *
 * A key that a row object lacks is a missing value of that row.
 * @throws TypeError when the value is no table
 * @throws DataError when there is no row or no column, a column name is there twice, or columns differ in length
 */
export function readTable(table: TableLike): Table {
  if (typeof table !== 'object' || table === null || ArrayBuffer.isView(table)) {
    throw new TypeError(
      `Cannot read the table: expected a danfojs DataFrame, a record of arrays or an array of row objects; got ${describeValue(table)}`,
    );
  }
  const entries = Array.isArray(table)
    ? rowsToColumns(table)
    : isFrame(table)
      ? frameColumns(table)
      : Object.entries(table as Record<string, unknown>);
  if (entries.length === 0) throw new DataError('empty-table', 'Cannot read the table: it has no columns');
  const columns = new Map<string, ArrayLike<unknown>>();
  for (const [name, values] of entries) {
    if (!isArrayLike(values)) {
      throw new TypeError(`Cannot read the table: column "${name}" must be an array; got ${describeValue(values)}`);
    }
    columns.set(name, values);
  }
  const [first, firstValues] = [...columns][0]!;
  const rows = firstValues.length;
  for (const [name, values] of columns) {
    if (values.length !== rows) {
      throw new DataError(
        'unequal-lengths',
        `Cannot read the table: all columns must have the same number of rows; column "${first}" has ${rows}, column "${name}" has ${values.length}`,
        { column: name },
      );
    }
  }
  if (rows === 0) throw new DataError('empty-table', `Cannot read the table: it has ${columns.size} columns and no rows`);
  return { rows, names: [...columns.keys()], columns };
}
