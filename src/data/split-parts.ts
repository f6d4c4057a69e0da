import { DataError } from '../cells/data-error';
import { describeValue } from '../options/describe-value';
import type { Split } from './data-types';

/** The parts of a split. */
export type SplitPart = keyof Split;

const names: readonly SplitPart[] = ['train', 'validation', 'test'];

/** What a call expects of the parts of a split. */
export interface ExpectedParts {
  /** The beginning of messages, such as `Cannot read the split of seed 0`. */
  readonly where: string;
  /** Parts that have to be there. */
  readonly required: readonly SplitPart[];
  /** Parts that must have rows. */
  readonly filled: readonly SplitPart[];
  /** Whether every row may be used once only. */
  readonly once: boolean;
  /** What the parts look like, for messages. */
  readonly example: string;
  /** What row indices count, for messages: `the table`. */
  readonly counted: string;
  /** Row of the data for each row that may be named; -1 where it was dropped. */
  readonly rowOf: Int32Array;
  /** The row indices of a part; undefined where it is none, with what to do about it. */
  readonly rowsOf: (part: unknown) => ArrayLike<unknown> | { readonly fix: string } | undefined;
}

function isFix(rows: unknown): rows is { readonly fix: string } {
  return typeof rows === 'object' && rows !== null && 'fix' in rows;
}

/**
 * Reads the parts of one split.
 * @throws TypeError when it is no object of parts, a part is missing or no array of row indices, or there is another one
 * @throws DataError when an index is out of range, there twice or in two parts, or a part is empty
 */
export function readParts(value: unknown, expected: ExpectedParts): Split {
  const { where, required, example } = expected;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    throw new TypeError(`${where}: expected ${example}; got ${describeValue(value)}`);
  const unknown = Object.keys(value).find((key) => !(names as readonly string[]).includes(key));
  if (unknown !== undefined) throw new TypeError(`${where}: unknown part "${unknown}"; known: ${names.join(', ')}`);
  const partOf = new Map<number, SplitPart>();
  const [train, validation, test] = names.map((part) => {
    const given = (value as Partial<Record<SplitPart, unknown>>)[part];
    if (given === undefined && !required.includes(part)) return new Int32Array(0);
    const rows = expected.rowsOf(given);
    if (rows === undefined || isFix(rows)) {
      const fix = rows?.fix ?? (given === undefined ? missing(part, expected) : `write ${example}`);
      throw new TypeError(`${where}: "${part}" must be an array of row indices; got ${describeValue(given)}; ${fix}`);
    }
    return readRows(rows, part, partOf, expected);
  });
  return { train: train!, validation: validation!, test: test! };
}

const missing = (part: SplitPart, { filled, example }: ExpectedParts): string =>
  filled.includes(part) ? `write ${example}` : `write ${part}: [] where there are no such rows, as in ${example}`;

/** @param partOf where each row was found so far */
function readRows(rows: ArrayLike<unknown>, part: SplitPart, partOf: Map<number, SplitPart>, expected: ExpectedParts): Int32Array {
  const { where, rowOf, counted, filled, once } = expected;
  const kept: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (typeof row !== 'number' || !Number.isInteger(row) || row < 0 || row >= rowOf.length) {
      throw new DataError(
        'bad-split',
        `${where}: "${part}" holds ${describeValue(row)} at position ${i}; ${counted}'s ${rowOf.length} rows have indices 0 to ${rowOf.length - 1}`,
      );
    }
    const other = once ? partOf.get(row) : undefined;
    if (other !== undefined) {
      const how = other === part ? `twice in "${part}"` : `in "${other}" and in "${part}"`;
      throw new DataError('bad-split', `${where}: row ${row} is ${how}; every row may be used once`, { row });
    }
    partOf.set(row, part);
    if (rowOf[row] !== -1) kept.push(rowOf[row]!);
  }
  if (kept.length === 0 && filled.includes(part))
    throw new DataError('bad-split', `${where}: "${part}" has ${rows.length === 0 ? 'no rows' : 'no row with a label'}`);
  return Int32Array.from(kept);
}
