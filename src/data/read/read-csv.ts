import { CsvError, parse } from 'csv-parse/sync';
import { toNumber } from '../../cells/cell';
import { DataError } from '../../cells/data-error';
import { optionName, optionSetting } from '../../options/option-error';
import { type CallSpecs, choiceOption, type FilledSpec, flagOption, readCall, textOption, withFlag } from '../../options/spec';
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
 * A byte order mark, CRLF, quoted separators and quoted line breaks are understood; blank lines are skipped.
 * @param source a path, or the file's bytes
 * @throws TypeError on an unknown option
 * @throws DataError when the file is not there or empty, has no header, a column name twice, a line with too many or too few cells (the
 * message names the line), bytes that are not in the encoding, or more than 512 MiB of text
 */
export function readCsv(source: string | Uint8Array, options: CsvOptions = {}): Record<string, Cell[]> {
  const { separator, quotes, header, missing, text, encoding } = readCall<CsvOptions>('readCsv(source, options)', csvSpecs, options);
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
        `${where}: ${error.message}; is the separator ${JSON.stringify(separator)} right (${optionName('separator')})?`,
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

function convert(cells: readonly string[], markers: ReadonlySet<string>, asText: boolean): Cell[] {
  const trimmed = cells.map((cell) => {
    const text = cell.trim();
    return text === '' || markers.has(text) ? null : text;
  });
  if (asText) return trimmed;
  const numbers = trimmed.map((cell) => (cell === null ? null : toNumber(cell)));
  return numbers.every((value) => value !== undefined) ? (numbers as (number | null)[]) : trimmed;
}
