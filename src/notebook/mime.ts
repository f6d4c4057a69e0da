import { inspect } from 'node:util';
import { checkInteger, withDefaults } from '../options/check';
import type { Figure } from '../plots/figure';
import { figureBundle, type MimeBundle, tableBundle } from '../plots/mime';
import type { Cell, Table } from '../plots/table';
import { dataBundle, isDataReport, isTaskData } from './data-bundle';

/** What knows how to show itself: as one output, or as several below each other. */
export interface Showable {
  toMime(): MimeBundle | readonly MimeBundle[] | Promise<MimeBundle | readonly MimeBundle[]>;
}

/** How values are shown. */
export interface ShowOptions {
  /** Rows of a data frame or a list of records that are shown. @default 20 */
  readonly rows?: number;
}

const displaySymbol = Symbol.for('Jupyter.display');

type Fields = Readonly<Record<PropertyKey, unknown>>;

/** A table's cell from any value; what is no plain value is written as text. */
function cellOf(value: unknown): Cell {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return value instanceof Date ? value.toISOString() : inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
}

/** A table from a danfojs DataFrame or Series, known by its shape: there may be several copies of the library. */
function frameTable(value: Fields, limit: number): Table | undefined {
  const { columns, values, shape, index } = value;
  if (!Array.isArray(columns) || !Array.isArray(values) || !Array.isArray(shape)) return undefined;
  const rows = values.slice(0, limit).map((row: unknown) => (Array.isArray(row) ? row.map(cellOf) : [cellOf(row)]));
  const labels = Array.isArray(index) ? index.slice(0, limit).map(cellOf) : [];
  // A frame's default row numbers say nothing.
  const named = labels.some((label, position) => label !== position) && labels.length === rows.length;
  return {
    columns: [...(named ? [''] : []), ...columns.map(String)],
    rows: named ? rows.map((row, position) => [labels[position], ...row]) : rows,
    total: values.length,
  };
}

function isPlainTable(value: Fields): boolean {
  const { columns, rows } = value;
  return Array.isArray(columns) && Array.isArray(rows) && columns.every((name) => typeof name === 'string') && rows.every(Array.isArray);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && [null, Object.prototype].includes(Object.getPrototypeOf(value))
  );
}

function recordTable(records: readonly Record<string, unknown>[], limit: number): Table {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return { columns, rows: records.slice(0, limit).map((record) => columns.map((name) => cellOf(record[name]))), total: records.length };
}

function listed(bundles: MimeBundle | readonly MimeBundle[]): readonly MimeBundle[] {
  return Array.isArray(bundles) ? (bundles as readonly MimeBundle[]) : [bundles as MimeBundle];
}

/**
 * The outputs that show a value: a figure, what has `toMime()` or Deno's display method, task data or its report, a danfojs frame, a plain
 * table, a list of records; anything else as text.
 *
 * @throws TypeError for a promise (await it first); RangeError when `rows` is not a positive integer.
 */
export function toBundles(value: unknown, options: ShowOptions = {}): readonly MimeBundle[] | Promise<readonly MimeBundle[]> {
  const { rows: limit } = withDefaults<Required<ShowOptions>>('show', options, { rows: 20 });
  checkInteger('show', 'rows', limit, 1);
  if (typeof value === 'string') return [{ 'text/plain': value }];
  if (Array.isArray(value) && value.length > 0 && value.every(isRecord)) return [tableBundle(recordTable(value, limit))];
  if (typeof value !== 'object' || value === null) return [{ 'text/plain': inspect(value) }];
  const fields = value as Fields;
  if (typeof fields.then === 'function') throw new TypeError('Cannot show a promise: await it first, as in show(await compare(...))');
  const display = fields.toMime ?? fields[displaySymbol];
  if (typeof display === 'function') {
    const bundles = display.call(value) as ReturnType<Showable['toMime']>;
    return bundles instanceof Promise ? bundles.then(listed) : listed(bundles);
  }
  if (Array.isArray(fields.data) && isRecord(fields.layout)) {
    const title = (fields.layout.title as { readonly text?: string } | undefined)?.text;
    return [figureBundle({ text: title ?? 'Figure', ...fields } as unknown as Figure)];
  }
  if (isTaskData(value) || isDataReport(value)) return [dataBundle(value)];
  if (isPlainTable(fields)) return [tableBundle(value as Table)];
  const table = frameTable(fields, limit);
  return [table === undefined ? { 'text/plain': inspect(value) } : tableBundle(table)];
}
