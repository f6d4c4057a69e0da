import { DataError } from '../../cells/data-error';
import { readContent } from './file';
import { type NumberType, numbersOf } from './number-type';

/** An array of numbers read from a file. */
export interface NumberArray {
  /** Sizes of the axes; empty for a single number. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Uint8Array | Int8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;
}

const types: Readonly<Record<string, NumberType>> = {
  u1: 'uint8',
  b1: 'uint8',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  u4: 'uint32',
  i4: 'int32',
  i8: 'int64',
  f4: 'float32',
  f8: 'float64',
};

/**
 * Reads a NumPy array file (format 1 to 3, gzip too) in C order: integers to 64 bits (those as float64), float32, float64, booleans.
 * @param source a path, or the file's bytes
 * @throws DataError when the file is not there, not NumPy, cut off, in Fortran order or of another type
 */
export function readNpy(source: string | Uint8Array): NumberArray {
  const { name, bytes } = readContent(source);
  const where = `Cannot read ${name} as a NumPy array`;
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== '\x93NUMPY')
    throw new DataError('bad-file', `${where}: it does not begin with NumPy's mark`);
  const long = bytes[6]! >= 2;
  const start = long ? 12 : 10;
  const end = start + (long ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  if (bytes.length < end) throw new DataError('bad-file', `${where}: its header of ${end} bytes is cut off after ${bytes.length}`);
  const header = bytes.toString('latin1', start, end);
  const [, order, code] = /'descr':\s*'([<>|=])(\w+)'/.exec(header) ?? [];
  const type = code === undefined ? undefined : types[code];
  if (type === undefined) {
    throw new DataError(
      'bad-file',
      `${where}: its type is ${/'descr':\s*([^,]+)/.exec(header)?.[1] ?? 'not stated'}; expected integers, float32, float64 or bool`,
    );
  }
  if (/'fortran_order':\s*True/.test(header)) {
    throw new DataError('bad-file', `${where}: it is in Fortran order; save it with numpy.ascontiguousarray`);
  }
  const [, sizes] = /'shape':\s*\(([^)]*)\)/.exec(header) ?? [];
  // A comma follows the only size, but no other one.
  const texts = sizes === undefined ? ['none'] : sizes.trim() === '' ? [] : sizes.replace(/,\s*$/, '').split(',');
  const shape = texts.map((size) => (/^\s*\d+\s*$/.test(size) ? Number(size) : Number.NaN));
  if (!shape.every(Number.isSafeInteger)) {
    throw new DataError(
      'bad-file',
      `${where}: its shape is ${sizes === undefined ? 'not stated' : `(${sizes})`}; expected whole numbers of at least 0`,
    );
  }
  return { shape, values: numbersOf(where, bytes.subarray(end), type, shape, order === '>') };
}
