import { DataError } from '../cells/data-error';
import { describeValue } from '../options/describe-value';
import type { Split, TaskData } from './data-types';
import { checkTrainLabels } from './split';

const parts = ['train', 'validation', 'test'] as const;

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
      throw new DataError('bad-split', `Cannot read the splits: keys must be seeds, non-negative integers; got "${key}"`);
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
  const where = `Cannot read the split of seed ${seed}`;
  if (!isRecord(value)) throw new TypeError(`${where}: expected { "train": [...], "test": [...] }; got ${describeValue(value)}`);
  const unknown = Object.keys(value).find((key) => !(parts as readonly string[]).includes(key));
  if (unknown !== undefined) throw new TypeError(`${where}: unknown part "${unknown}"; known: ${parts.join(', ')}`);
  const partOf = new Map<number, string>();
  const [train, validation, test] = parts.map((part) => {
    const rows = value[part];
    if (rows === undefined && part === 'validation') return new Int32Array(0);
    if (!Array.isArray(rows)) throw new TypeError(`${where}: "${part}" must be an array of row indices; got ${describeValue(rows)}`);
    const kept: number[] = [];
    rows.forEach((row: unknown, i) => {
      if (typeof row !== 'number' || !Number.isInteger(row) || row < 0 || row >= rowOf.length) {
        throw new DataError(
          'bad-split',
          `${where}: "${part}" holds ${describeValue(row)} at position ${i}; the table's ${rowOf.length} rows have indices 0 to ${rowOf.length - 1}`,
        );
      }
      const other = partOf.get(row);
      if (other !== undefined) {
        const how = other === part ? `twice in "${part}"` : `in "${other}" and in "${part}"`;
        throw new DataError('bad-split', `${where}: row ${row} is ${how}; every row may be used once`, { row });
      }
      partOf.set(row, part);
      if (rowOf[row] !== -1) kept.push(rowOf[row]!);
    });
    if (kept.length === 0 && part !== 'validation') {
      throw new DataError('bad-split', `${where}: "${part}" has ${rows.length === 0 ? 'no rows' : 'no row with a label'}`);
    }
    return Int32Array.from(kept).sort();
  });
  const split: Split = { train: train!, validation: validation!, test: test! };
  checkTrainLabels(data, split, `the given split of seed ${seed}`);
  return split;
}
