import { DataError } from '../cells/data-error';
import { describeValue } from '../options/describe-value';
import type { Split, TaskData } from './data-types';
import { checkTrainLabels } from './split';
import { readParts } from './split-parts';

/**
 * Reads splits given by row index: `{ "0": { "train": [...], "test": [...], "validation"?: [...] }, ... }` by seed, or an object that has
 * such a record under `splits`; an array of splits counts as seeds 0, 1, ... in its order.
 *
 * Indices count the rows of the table that `taskData` read, from 0; rows that it dropped for having no label are left out of the parts.
 * @param json the parsed JSON
 * @returns the splits by seed, in ascending order of the seeds
 * @throws TypeError when the value is no such object
 * @throws DataError when an index is out of range, there twice or in two parts, a part is empty, or a task has no training label
 */
export function givenSplits(json: unknown, data: TaskData): ReadonlyMap<number, Split> {
  const given = isRecord(json) && (isRecord(json.splits) || Array.isArray(json.splits)) ? json.splits : json;
  const splits = Array.isArray(given) ? { ...(given as readonly unknown[]) } : given;
  if (!isRecord(splits) || Object.keys(splits).length === 0) {
    throw new TypeError(
      `Cannot read the splits: expected an object by seed such as { "0": { "train": [0, 1], "test": [2] } }, or an array of such splits; got ${describeValue(given)}`,
    );
  }
  const rowOf = tableRows(data);
  const read = new Map<number, Split>();
  for (const key of Object.keys(splits)) {
    const seed = Number(key);
    if (!Number.isSafeInteger(seed) || seed < 0 || String(seed) !== key) {
      const fix = ['train', 'validation', 'test'].includes(key) ? '; this is one split, put it into an array: [split]' : '';
      throw new DataError('bad-split', `Cannot read the splits: keys must be seeds, non-negative integers; got "${key}"${fix}`);
    }
    read.set(seed, readSplit(splits[key], seed, rowOf, data));
  }
  return new Map([...read].sort(([a], [b]) => a - b));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Row of the data for each row of the table; -1 where it was dropped. */
function tableRows(data: TaskData): Int32Array {
  const { sourceRows, droppedRows = 0 } = data;
  if (sourceRows === undefined) return Int32Array.from({ length: data.rows }, (_, row) => row);
  const rows = new Int32Array(data.rows + droppedRows).fill(-1);
  sourceRows.forEach((source, row) => {
    rows[source] = row;
  });
  return rows;
}

function readSplit(value: unknown, seed: number, rowOf: Int32Array, data: TaskData): Split {
  const { train, validation, test } = readParts(value, {
    where: `Cannot read the split of seed ${seed}`,
    required: ['train', 'test'],
    filled: ['train', 'test'],
    once: true,
    example: '{ "train": [...], "test": [...] }',
    counted: 'the table',
    rowOf,
    rowsOf: (rows) => (Array.isArray(rows) ? rows : ArrayBuffer.isView(rows) ? { fix: asTableRows(data) } : undefined),
  });
  const split: Split = { train: train.sort(), validation: validation.sort(), test: test.sort() };
  checkTrainLabels(data, split, `the given split of seed ${seed}`);
  return split;
}

/** What to write where a part is a typed array, as `splitData` gives it: its indices count rows of the data, which lack what was dropped. */
const asTableRows = ({ sourceRows }: TaskData): string =>
  sourceRows === undefined
    ? 'write Array.from(part)'
    : 'indices count the rows of the table, of which the data dropped some: write Array.from(part, (row) => data.sourceRows[row])';
