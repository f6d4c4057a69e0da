import { type MissingMarkers, missingTest, toName, toNumber } from '../cells/cell';
import { DataError } from '../cells/data-error';
import { fields, flag, integer, listOf, number, oneOf, type Shape, text } from '../json-shape';
import { moments } from '../numeric/moments';
import { describeValue } from '../options/describe-value';
import { type CallSpecs, flagOption, readCall } from '../options/spec';
import { type InputColumn, type InputTensor, isTensor, type TaskData } from './data-types';
import { nearestColumn } from './nearest-column';
import { readTable, type TableLike } from './table';

/** How one input column becomes numbers. */
export type ColumnEncoding =
  | {
      readonly name: string;
      readonly kind: 'numeric';
      /** Mean over the training rows where the column is known. */
      readonly mean: number;
      /** Population standard deviation over the same rows; 0 where the column is constant there. */
      readonly sd: number;
      /** Whether a second feature tells where the column is missing (1) or known (0). */
      readonly indicator: boolean;
    }
  | {
      readonly name: string;
      readonly kind: 'categorical';
      /** One feature each, in this order; only categories that training rows have. */
      readonly categories: readonly string[];
    };

/** A fitted encoder as plain data, for `JSON.stringify`. */
export type PreprocessingJson =
  | {
      readonly version: 1;
      readonly kind: 'table';
      readonly columns: readonly ColumnEncoding[];
      readonly missing: MissingMarkers;
    }
  | {
      readonly version: 1;
      readonly kind: 'tensor';
      readonly shape: readonly number[];
      readonly vocabulary?: number;
      readonly fingerprint?: string;
    };

/** Turns input rows into the numbers a network reads; fitted on training rows only. */
export interface Preprocessing {
  /** Features a row. */
  readonly features: number;
  /** Feature names: `age`, `age (missing)`, `color=red`; for a tensor its flat positions `0`, `1`, ... */
  readonly names: readonly string[];
  /** Shape of one encoded row: `[features]`, or the tensor's own shape. */
  readonly shape: readonly number[];
  /** For token or entity ids: how many ids there are. */
  readonly vocabulary?: number;
  /**
   * Encodes rows; deterministic, and independent of the other rows given.
   *
   * Numeric: `(value - mean) / sd` of the training rows, 0 where missing or where the training rows are constant. Categorical: one-hot,
   * all zeros where the category is missing or was not in the training rows. A tensor passes as it is.
   * @param input the task data, or a new table (columns it lacks are an error, further columns are ignored) or tensor
   * @param rows which rows, in this order; all by default
   * @returns `[rows, features]`, row-major
   * @throws DataError when a column is missing, holds text where numbers were trained on, or is infinite; when a tensor holds a number that is
   *   not finite, or an id that is none; when it was made by another vocabulary than the training's
   */
  encode(input: TaskData | TableLike | InputTensor, rows?: ArrayLike<number>): Float32Array;
  toJSON(): PreprocessingJson;
}

/** Options of {@link fitPreprocessing}. */
export interface PreprocessingOptions {
  /** Whether a numeric column with missing values in the training rows gets a second feature that tells where. @default true */
  readonly indicators?: boolean;
}

const specs: CallSpecs<PreprocessingOptions> = { indicators: flagOption(true, 'a second feature that tells where values are missing') };

/**
 * Fits the encoding of the inputs on the training rows: means, deviations, categories; other rows are never looked at.
 * @param trainRows row indices of the training part
 * @throws TypeError on an unknown option
 * @throws RangeError when there is no training row or an index is out of range
 */
export function fitPreprocessing(data: TaskData, trainRows: ArrayLike<number>, options: PreprocessingOptions = {}): Preprocessing {
  const { indicators } = readCall<PreprocessingOptions>('fitPreprocessing(data, trainRows, options)', specs, options);
  checkRows('fitPreprocessing(data, trainRows)', trainRows, data.rows);
  if (isTensor(data.inputs)) {
    return tensorEncoder(data.inputs);
  }
  const columns = data.inputs.map((column) => fitColumn(column, trainRows, indicators));
  return tableEncoder(columns, data.missing ?? []);
}

/**
 * The encoder that `toJSON` described.
 * @throws TypeError when the value is no encoder of this version
 */
export function preprocessingFromJSON(json: unknown): Preprocessing {
  const { version, kind } = (json ?? {}) as { readonly version?: unknown; readonly kind?: unknown };
  if (version !== 1 || (kind !== 'table' && kind !== 'tensor'))
    throw new TypeError(
      `preprocessingFromJSON(json): expected what an encoder's toJSON() returned (version 1); got ${describeValue(json)}`,
    );
  if (kind === 'tensor') {
    const { shape, vocabulary, fingerprint } = tensorShape(json, 'preprocessingFromJSON(json)');
    const features = shape.reduce((product, size) => product * size, 1);
    if (features > LARGEST_ROW)
      throw new RangeError(
        `preprocessingFromJSON(json): shape [${shape.join(', ')}] has ${features} numbers a row, expected at most ${LARGEST_ROW}`,
      );
    return tensorEncoder({
      shape,
      ...(vocabulary === undefined ? {} : { vocabulary }),
      ...(fingerprint === undefined ? {} : { fingerprint }),
    });
  }
  const { columns, missing } = tableShape(json, 'preprocessingFromJSON(json)');
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) throw new TypeError(`preprocessingFromJSON(json): column "${name}" is there twice`);
    names.add(name);
  }
  return tableEncoder(columns, missing);
}

/** Numbers in one row of a tensor: more than a float32 array of one row can be asked for. */
const LARGEST_ROW = 2 ** 31;

const tensorShape = fields({ shape: listOf(integer(1)) }, { vocabulary: integer(1, 2 ** 31), fingerprint: text });

const columnShape: Shape<ColumnEncoding> = (value, at) => {
  const { name, kind } = fields({ name: text, kind: oneOf(['numeric', 'categorical']) })(value, at);
  if (kind === 'numeric') return { name, kind, ...fields({ mean: number(), sd: number(0), indicator: flag })(value, at) };
  return { name, kind, ...fields({ categories: listOf(text) })(value, at) };
};

const tableShape = fields({
  columns: listOf(columnShape),
  missing: listOf<string | number>((value, at) => (typeof value === 'number' ? number()(value, at) : text(value, at))),
});

function checkRows(where: string, rows: ArrayLike<number>, limit: number): void {
  if (rows.length === 0) throw new RangeError(`${where}: expected at least one row`);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (!Number.isInteger(row) || row < 0 || row >= limit) {
      throw new RangeError(`${where}: row indices must be integers from 0 to ${limit - 1}; got ${row} at position ${i}`);
    }
  }
}

function fitColumn(column: InputColumn, rows: ArrayLike<number>, indicators: boolean): ColumnEncoding {
  if (column.kind === 'categorical') {
    const seen = new Uint8Array(column.categories.length);
    for (let i = 0; i < rows.length; i++) {
      const code = column.codes[rows[i]!]!;
      if (code >= 0) seen[code] = 1;
    }
    return { name: column.name, kind: 'categorical', categories: column.categories.filter((_, code) => seen[code] === 1) };
  }
  const { mean, sd, known } = moments(column.values, rows);
  return { name: column.name, kind: 'numeric', mean, sd, indicator: indicators && known > 0 && known < rows.length };
}

/** What a model keeps of the tensor that it was trained on. */
type TensorKind = Pick<InputTensor, 'shape' | 'vocabulary' | 'fingerprint'>;

/** @throws DataError for a tensor that was made by another vocabulary; what a tensor made by hand leaves open is not asked for */
function checkVocabulary({ vocabulary, fingerprint }: TensorKind, tensor: InputTensor): void {
  const otherCount = tensor.vocabulary !== undefined && tensor.vocabulary !== vocabulary;
  const otherIds = tensor.fingerprint !== undefined && fingerprint !== undefined && tensor.fingerprint !== fingerprint;
  if (!otherCount && !otherIds) return;
  const counts = otherCount ? `: there are ${tensor.vocabulary} ids, in training ${vocabulary ?? 'none'}` : '';
  throw new DataError(
    'inputs-differ',
    `Cannot encode the inputs: their ids were made by another vocabulary than those of the training${counts}; make them like those: tokenTensor(texts, { like: inputs }), with the inputs that the model was trained on`,
  );
}

/** @throws DataError for a tensor that holds what is no number, or no id */
function checkValues({ vocabulary }: TensorKind, tensor: InputTensor, features: number): void {
  const bad = tensor.values.findIndex(
    (value) => !Number.isFinite(value) || (vocabulary !== undefined && (!Number.isInteger(value) || value < 0 || value >= vocabulary)),
  );
  if (bad < 0) return;
  const row = Math.floor(bad / features);
  const expected = vocabulary === undefined ? 'finite numbers' : `ids, integers from 0 to ${vocabulary - 1}`;
  throw new DataError(
    'not-finite',
    `Cannot encode the inputs: row ${row} (counted from 0) holds ${tensor.values[bad]} at position ${bad % features}; expected ${expected}`,
    { row },
  );
}

function tensorEncoder(kind: TensorKind): Preprocessing {
  const { shape, vocabulary, fingerprint } = kind;
  const features = shape.reduce((product, size) => product * size, 1);
  const ids = vocabulary === undefined ? {} : { vocabulary };
  return {
    features,
    // Not made before they are asked for: a sound or an image has very many.
    get names() {
      return Array.from({ length: features }, (_, i) => String(i));
    },
    shape,
    ...ids,
    encode(input, rows) {
      const tensor = isTaskData(input) ? input.inputs : input;
      if (!isTensor(tensor) || tensor.shape.join() !== shape.join()) {
        const got = isTensor(tensor) ? `a tensor of shape [${tensor.shape.join(', ')}]` : 'a table';
        throw new TypeError(`Cannot encode the inputs: expected a tensor with rows of shape [${shape.join(', ')}]; got ${got}`);
      }
      checkVocabulary(kind, tensor);
      // Those of task data were checked when it was made.
      if (!isTaskData(input)) checkValues(kind, tensor, features);
      const wanted = rows ?? allRows(tensor.values.length / features);
      if (rows !== undefined && rows.length > 0) checkRows('encode(input, rows)', rows, tensor.values.length / features);
      const out = new Float32Array(wanted.length * features);
      for (let i = 0; i < wanted.length; i++) {
        out.set(tensor.values.subarray(wanted[i]! * features, (wanted[i]! + 1) * features), i * features);
      }
      return out;
    },
    toJSON: () => ({ version: 1, kind: 'tensor', shape, ...ids, ...(fingerprint === undefined ? {} : { fingerprint }) }),
  };
}

function isTaskData(input: unknown): input is TaskData {
  const candidate = input as Partial<TaskData> | null | undefined;
  return Array.isArray(candidate?.labels) && Array.isArray(candidate.tasks) && typeof candidate.rows === 'number';
}

function allRows(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, row) => row);
}

function featureNames(column: ColumnEncoding): string[] {
  if (column.kind === 'categorical') return column.categories.map((category) => `${column.name}=${category}`);
  return column.indicator ? [column.name, `${column.name} (missing)`] : [column.name];
}

/** Writes one column's features of one row; `value` is what the column's reader returned for the row. */
type CellReader = (row: number) => number;

function tableEncoder(columns: readonly ColumnEncoding[], missing: MissingMarkers): Preprocessing {
  const names = columns.flatMap(featureNames);
  const features = names.length;
  return {
    features,
    names,
    shape: [features],
    encode(input, rows) {
      const { count, readers } = isTaskData(input) ? dataReaders(input, columns) : tableReaders(input, columns, missing);
      if (rows !== undefined && rows.length > 0) checkRows('encode(input, rows)', rows, count);
      const wanted = rows ?? allRows(count);
      const out = new Float32Array(wanted.length * features);
      let offset = 0;
      columns.forEach((column, c) => {
        const read = readers[c]!;
        for (let i = 0; i < wanted.length; i++) {
          const value = read(wanted[i]!);
          const at = i * features + offset;
          if (column.kind === 'categorical') {
            if (value >= 0) out[at + value] = 1;
          } else if (Number.isNaN(value)) {
            if (column.indicator) out[at + 1] = 1;
          } else if (column.sd > 0) {
            out[at] = (value - column.mean) / column.sd;
          }
        }
        offset += featureNames(column).length;
      });
      return out;
    },
    toJSON: () => ({ version: 1, kind: 'table', columns, missing }),
  };
}

/** For each encoded column, a reader of the data's own column: the number, or the position of the category (-1: none). */
function dataReaders(data: TaskData, columns: readonly ColumnEncoding[]): { count: number; readers: CellReader[] } {
  if (isTensor(data.inputs)) throw new TypeError('Cannot encode the inputs: the encoder was fitted on table columns; got a tensor');
  const inputs = new Map(data.inputs.map((column) => [column.name, column]));
  const readers = columns.map((encoding): CellReader => {
    const column = inputs.get(encoding.name);
    if (column === undefined) throw missingColumn(encoding.name, [...inputs.keys()]);
    if (encoding.kind === 'categorical') {
      const position = new Map(encoding.categories.map((category, i) => [category, i]));
      if (column.kind === 'categorical') {
        const positions = column.categories.map((category) => position.get(category) ?? -1);
        return (row) => positions[column.codes[row]!] ?? -1;
      }
      return (row) => position.get(toName(column.values[row])) ?? -1;
    }
    if (column.kind === 'categorical') throw notNumeric(encoding.name, column.categories[0] ?? '', 0);
    return (row) => column.values[row]!;
  });
  return { count: data.rows, readers };
}

function tableReaders(
  input: TableLike | InputTensor,
  columns: readonly ColumnEncoding[],
  markers: MissingMarkers,
): { count: number; readers: CellReader[] } {
  if (isTensor(input)) throw new TypeError('Cannot encode the inputs: the encoder was fitted on table columns; got a tensor');
  const table = readTable(input);
  const missing = missingTest(markers);
  const readers = columns.map((encoding): CellReader => {
    const values = table.columns.get(encoding.name);
    if (values === undefined) throw missingColumn(encoding.name, table.names);
    if (encoding.kind === 'categorical') {
      const position = new Map(encoding.categories.map((category, i) => [category, i]));
      return (row) => (missing(values[row]) ? -1 : (position.get(toName(values[row])) ?? -1));
    }
    return (row) => {
      if (missing(values[row])) return Number.NaN;
      const number = toNumber(values[row]);
      if (number === undefined) throw notNumeric(encoding.name, values[row], row);
      if (!Number.isFinite(number)) {
        throw new DataError(
          'not-finite',
          `Cannot encode the inputs: column "${encoding.name}" holds ${number} in row ${row} (counted from 0); expected finite numbers`,
          { column: encoding.name, row },
        );
      }
      return number;
    };
  });
  return { count: table.rows, readers };
}

function missingColumn(name: string, names: readonly string[]): DataError {
  return new DataError(
    'unknown-column',
    `Cannot encode the inputs: input column "${name}" is not in the table${nearestColumn(name, names)}; the model was trained with it`,
    { column: name },
  );
}

function notNumeric(name: string, value: unknown, row: number): DataError {
  return new DataError(
    'not-a-number',
    `Cannot encode the inputs: column "${name}" held numbers in training; row ${row} (counted from 0) holds ${describeValue(value)}`,
    { column: name, row },
  );
}
