import { constants } from 'node:buffer';
import { CsvError, type Options, Parser } from 'csv-parse';
import { toNumber } from '../../cells/cell';
import { DataError } from '../../cells/data-error';
import { optionName, optionSetting } from '../../options/option-error';
import { type CallSpecs, choiceOption, type FilledSpec, flagOption, readCall, textOption, withFlag } from '../../options/spec';
import { firstRepeated } from '../first-repeated';
import { readParts, textParts } from './file';
import { type Cell, GrowingColumn } from './growing-column';

export type { Cell } from './growing-column';

/** Options of {@link readCsv}. */
export interface CsvOptions {
  /** Text between cells. @default ',' */
  readonly separator?: string;
  /** Whether cells may be quoted with `"`; without, quotes are text. @default true */
  readonly quotes?: boolean;
  /** `true`: the first line names the columns. `false`: no line does, they are called `c1`, `c2`, ...; or their names. @default true */
  readonly header?: boolean | readonly string[];
  /** Texts that mean "missing" beside empty cells. @default ['NA', 'N/A', 'NaN', 'nan', 'NULL', 'null', '?'] */
  readonly missing?: readonly string[];
  /** Columns to keep as text although they hold numbers (identifiers such as `007`). @default [] */
  readonly text?: readonly string[];
  /** @default 'utf8' */
  readonly encoding?: 'utf8' | 'latin1';
}

const textsOption = (fallback: readonly string[], doc: string): FilledSpec<readonly string[]> => ({
  type: 'array of texts',
  default: fallback,
  doc,
  otherwise: fallback.join(',') || 'none',
  fault: (value) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string') ? undefined : { kind: 'type', expected: 'an array of texts' },
});

/** How the options of {@link readCsv} are checked. */
export const csvSpecs: CallSpecs<CsvOptions> = {
  separator: {
    ...textOption(',', 'between cells; \\t for a tab'),
    otherwise: 'a comma; a tab for .tsv',
    flag: '--delimiter TEXT',
    fault: (value) => (typeof value === 'string' && value !== '' ? undefined : { kind: 'type', expected: 'a text that is not empty' }),
  },
  quotes: flagOption(true, 'whether cells may be quoted with "'),
  header: {
    ...flagOption(true, 'no line names the columns: they are called c1, c2, ...'),
    type: 'boolean, or array of names',
    flag: '--no-header',
    fault: (value) =>
      typeof value === 'boolean' || textsOption([], '').fault(value) === undefined
        ? undefined
        : { kind: 'type', expected: 'true, false or an array of names' },
  } as FilledSpec<boolean | readonly string[]>,
  missing: withFlag(
    textsOption(['NA', 'N/A', 'NaN', 'nan', 'NULL', 'null', '?'], 'cells that mean "missing" beside empty ones'),
    '--missing LIST',
  ),
  text: textsOption([], 'columns to keep as text although they hold numbers'),
  encoding: withFlag(choiceOption('utf8', ['utf8', 'latin1'], 'how characters are written in the file'), '--encoding NAME'),
};

/**
 * Reads a CSV or TSV file (gzip too) into columns: numbers where every present cell of a column is one, else text; null where missing.
 *
 * A byte order mark, CRLF, quoted separators and quoted line breaks are understood; blank lines are skipped. A file may be larger than memory
 * as long as its columns are not; unpacked gzip and what a pipe gives may have 512 MiB.
 * @param source a path, or the file's bytes
 * @throws TypeError on an unknown option
 * @throws DataError when the file is not there or empty, has no header, a column name twice, a line with too many or too few cells (the
 * message names the line), bytes that are not in the encoding, or a row of more than 512 MiB
 */
export function readCsv(source: string | Uint8Array, options: CsvOptions = {}): Record<string, Cell[]> {
  const { name, parts } = readParts(source);
  return columnsOf(name, parts, options);
}

/**
 * The columns of a CSV file that comes part by part. No more of it is held than the columns, a part and the row that is being read.
 * @param name what messages call the file
 * @param longest the most bytes of one row: a quote that is never closed makes the rest of a file one row
 */
export function columnsOf(
  name: string,
  parts: Iterable<Buffer>,
  options: CsvOptions,
  longest: number = constants.MAX_STRING_LENGTH,
): Record<string, Cell[]> {
  const { separator, quotes, header, missing, text, encoding } = readCall<CsvOptions>('readCsv(source, options)', csvSpecs, options);
  const where = `Cannot read ${name} as CSV`;
  const table = new Table(where, separator, header, new Set(missing), new Set(text));
  const parser = new RowParser((row) => table.add(row), {
    delimiter: separator,
    quote: quotes ? '"' : null,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: longest,
  });
  const check = (error?: Error | null): void => {
    if (error instanceof CsvError) throw csvError(where, error, separator, longest);
    if (error) throw error;
  };
  for (const text of textParts(where, parts, encoding)) if (text !== '') parser._transform(Buffer.from(text), 'utf8', check);
  parser._flush(check);
  return table.columns();
}

function csvError(where: string, error: CsvError, separator: string, longest: number): DataError {
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return new DataError(
      'bad-file',
      `${where}: the row at line ${error.lines} has more than ${longest} bytes; is a quote never closed (quotes: false reads quotes as text)?`,
    );
  return new DataError(
    'bad-file',
    `${where}: ${error.message}; is the separator ${JSON.stringify(separator)} right (${optionName('separator')})?`,
  );
}

/** A parser whose transform is called by hand: as a stream it would give its rows later only, and keep them until then. */
class RowParser extends Parser {
  constructor(
    private readonly onRow: (row: readonly string[]) => void,
    options: Options,
  ) {
    super(options);
  }

  override push(row: readonly string[] | null): boolean {
    if (row !== null) this.onRow(row);
    return true;
  }
}

/** Rows become columns as they come. */
class Table {
  private names: readonly string[] | undefined;
  private growing: GrowingColumn[] = [];
  private rows = 0;

  constructor(
    private readonly where: string,
    private readonly separator: string,
    private readonly header: boolean | readonly string[],
    private readonly markers: ReadonlySet<string>,
    private readonly texts: ReadonlySet<string>,
  ) {
    if (typeof header === 'object') this.start([...header]);
  }

  /** The header, or a row of data. */
  add(row: readonly string[]): void {
    if (this.names === undefined) {
      this.start(this.header === true ? headerNames(this.where, row, this.separator) : row.map((_, i) => `c${i + 1}`));
      if (this.header === true) return;
    }
    const { growing } = this;
    if (row.length !== growing.length) {
      const header = this.header === true ? 'header' : this.header === false ? 'first row' : 'given header';
      throw new DataError(
        'unequal-lengths',
        `${this.where}: data row ${this.rows} (counted from 0) has ${row.length} cells, the ${header} has ${growing.length}; is the separator "${this.separator}" right, and is text that holds it quoted?`,
        { row: this.rows },
      );
    }
    for (let i = 0; i < row.length; i++) growing[i]!.add(row[i]!);
    this.rows++;
  }

  columns(): Record<string, Cell[]> {
    const { where, header, names } = this;
    if (header === true && names === undefined) throw new DataError('empty-table', `${where}: it is empty`);
    if (this.rows === 0) throw new DataError('empty-table', `${where}: it has ${header === true ? 'a header and ' : ''}no rows`);
    return Object.fromEntries(names!.map((column, i) => [column, this.growing[i]!.cells()]));
  }

  private start(names: readonly string[]): void {
    const repeated = firstRepeated(names);
    if (repeated !== undefined) {
      const at = names.flatMap((column, i) => (column === repeated ? [i + 1] : []));
      throw new DataError(
        'duplicate-column',
        `${this.where}: column "${repeated}" is there ${at.length} times (as columns ${at.join(' and ')}); rename all but one`,
        { column: repeated },
      );
    }
    this.names = names;
    this.growing = names.map((column) => new GrowingColumn(this.markers, this.texts.has(column)));
  }
}

function headerNames(where: string, line: readonly string[], separator: string): string[] {
  const names = line.map((cell) => cell.trim());
  const other = names.length === 1 ? /[;\t|,]/.exec(names[0]!)?.[0] : undefined;
  if (other !== undefined) {
    throw new DataError(
      'bad-file',
      `${where}: with the separator ${JSON.stringify(separator)} its header is the one column ${JSON.stringify(names[0]!.slice(0, 60))}; pass ${optionSetting('separator', other)}`,
    );
  }
  const numbers = names.filter((cell) => toNumber(cell) !== undefined);
  const measured = numbers.some((cell) => cell.includes('.')) || new Set(numbers).size < numbers.length;
  if (numbers.length > 0 && (numbers.length === names.length || (measured && 2 * numbers.length > names.length))) {
    const shown = names.slice(0, 4).join(', ');
    throw new DataError(
      'bad-file',
      `${where}: the first line holds numbers (${shown}${names.length > 4 ? ', ...' : ''}), so there seems to be no header; add one, or say that there is none: ${optionSetting('header', false)}, or the names in an array`,
    );
  }
  // The row names that R writes have an empty header cell.
  return names.map((cell, i) => (cell === '' ? `column ${i + 1}` : cell));
}
