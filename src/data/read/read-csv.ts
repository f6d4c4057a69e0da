import { CsvError, parse } from 'csv-parse/sync';
import { toNumber } from '../../cells/cell';
import { DataError } from '../../cells/data-error';
import { checkOptions } from '../../options/describe-value';
import { firstRepeated } from '../first-repeated';
import { readContent, textOf } from './file';

/** A cell as read from a text file: null where it is missing. */
export type Cell = number | string | null;

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

const defaultMarkers: readonly string[] = ['NA', 'N/A', 'NaN', 'nan', 'NULL', 'null', '?'];

/**
 * Reads a CSV or TSV file (gzip too) into columns: numbers where every present cell of a column is one, else text; null where missing.
 *
 * A byte order mark, CRLF, quoted separators and quoted line breaks are understood; blank lines are skipped.
 * @param source a path, or the file's bytes
 * @throws TypeError on an unknown option
 * @throws DataError when the file is not there or empty, has no header, a column name twice, a line with too many or too few cells (the
 * message names the line), bytes that are not in the encoding, or more than 512 MiB of text
 */
export function readCsv(source: string | Uint8Array, options: CsvOptions = {}): Record<string, Cell[]> {
  checkOptions('readCsv(source, options)', options, ['separator', 'quotes', 'header', 'missing', 'text', 'encoding']);
  const { separator = ',', quotes = true, header = true, missing = defaultMarkers, text = [], encoding = 'utf8' } = options;
  const { name, bytes } = readContent(source);
  const where = `Cannot read ${name} as CSV`;
  const content = textOf(where, bytes, encoding, true);
  let lines: string[][];
  try {
    lines = parse(content, { delimiter: separator, quote: quotes ? '"' : null, skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    if (error instanceof CsvError)
      throw new DataError(
        'bad-file',
        `${where}: ${error.message}; is the separator ${JSON.stringify(separator)} right (command line: --delimiter)?`,
      );
    throw error;
  }
  const names =
    header === true
      ? headerNames(where, lines.shift(), separator)
      : header === false
        ? (lines[0] ?? []).map((_, i) => `c${i + 1}`)
        : [...header];
  if (lines.length === 0) throw new DataError('empty-table', `${where}: it has ${header === true ? 'a header and ' : ''}no rows`);
  const repeated = firstRepeated(names);
  if (repeated !== undefined) {
    const at = names.flatMap((column, i) => (column === repeated ? [i + 1] : []));
    throw new DataError(
      'duplicate-column',
      `${where}: column "${repeated}" is there ${at.length} times (as columns ${at.join(' and ')}); rename all but one`,
      {
        column: repeated,
      },
    );
  }
  lines.forEach((line, row) => {
    if (line.length !== names.length) {
      throw new DataError(
        'unequal-lengths',
        `${where}: data row ${row} (counted from 0) has ${line.length} cells, the ${header === true ? 'header' : header === false ? 'first row' : 'given header'} has ${names.length}; is the separator "${separator}" right, and is text that holds it quoted?`,
        { row },
      );
    }
  });
  const markers = new Set(missing);
  const texts = new Set(text);
  return Object.fromEntries(
    names.map((column, i) => [
      column,
      convert(
        lines.map((line) => line[i]!),
        markers,
        texts.has(column),
      ),
    ]),
  );
}

function headerNames(where: string, line: readonly string[] | undefined, separator: string): string[] {
  if (line === undefined) throw new DataError('empty-table', `${where}: it is empty`);
  const names = line.map((cell) => cell.trim());
  const other = names.length === 1 ? /[;\t|,]/.exec(names[0]!)?.[0] : undefined;
  if (other !== undefined) {
    throw new DataError(
      'bad-file',
      `${where}: with the separator ${JSON.stringify(separator)} its header is the one column ${JSON.stringify(names[0]!.slice(0, 60))}; pass separator: ${JSON.stringify(other)} (command line: --delimiter)`,
    );
  }
  const numbers = names.filter((cell) => toNumber(cell) !== undefined);
  const measured = numbers.some((cell) => cell.includes('.')) || new Set(numbers).size < numbers.length;
  if (numbers.length > 0 && (numbers.length === names.length || (measured && 2 * numbers.length > names.length))) {
    const shown = names.slice(0, 4).join(', ');
    throw new DataError(
      'bad-file',
      `${where}: the first line holds numbers (${shown}${names.length > 4 ? ', ...' : ''}), so there seems to be no header; add one, or say that there is none: header: false or ['a', 'b', ...] (command line: --no-header)`,
    );
  }
  // The row names that R writes have an empty header cell.
  return names.map((cell, i) => (cell === '' ? `column ${i + 1}` : cell));
}

function convert(cells: readonly string[], markers: ReadonlySet<string>, asText: boolean): Cell[] {
  const trimmed = cells.map((cell) => {
    const text = cell.trim();
    return text === '' || markers.has(text) ? null : text;
  });
  if (asText) return trimmed;
  const numbers = trimmed.map((cell) => (cell === null ? null : toNumber(cell)));
  return numbers.every((value) => value !== undefined) ? (numbers as (number | null)[]) : trimmed;
}
