import { DataError } from '../../cells/data-error';

/** Types of the numbers in a binary file. */
export type NumberType = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'int64' | 'float32' | 'float64';

type Values = Uint8Array | Int8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

interface Reader {
  readonly bytes: number;
  readonly make: (length: number) => Values;
  readonly read: (view: DataView, offset: number, little: boolean) => number;
}

const readers: Readonly<Record<NumberType, Reader>> = {
  uint8: { bytes: 1, make: (n) => new Uint8Array(n), read: (view, at) => view.getUint8(at) },
  int8: { bytes: 1, make: (n) => new Int8Array(n), read: (view, at) => view.getInt8(at) },
  uint16: { bytes: 2, make: (n) => new Uint16Array(n), read: (view, at, little) => view.getUint16(at, little) },
  int16: { bytes: 2, make: (n) => new Int16Array(n), read: (view, at, little) => view.getInt16(at, little) },
  uint32: { bytes: 4, make: (n) => new Uint32Array(n), read: (view, at, little) => view.getUint32(at, little) },
  int32: { bytes: 4, make: (n) => new Int32Array(n), read: (view, at, little) => view.getInt32(at, little) },
  int64: { bytes: 8, make: (n) => new Float64Array(n), read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  float32: { bytes: 4, make: (n) => new Float32Array(n), read: (view, at, little) => view.getFloat32(at, little) },
  float64: { bytes: 8, make: (n) => new Float64Array(n), read: (view, at, little) => view.getFloat64(at, little) },
};

/**
 * The numbers of a binary file's body.
 * @throws DataError when the body is shorter or longer than the shape says
 */
export function numbersOf(where: string, body: Uint8Array, type: NumberType, shape: readonly number[], bigEndian: boolean): Values {
  const { bytes, make, read } = readers[type];
  const length = shape.reduce((product, size) => product * size, 1);
  if (body.length !== length * bytes) {
    throw new DataError(
      'bad-file',
      `${where}: shape [${shape.join(', ')}] of ${type} needs ${length * bytes} bytes, the file has ${body.length}${body.length < length * bytes ? '; it is cut off' : ''}`,
    );
  }
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const values = make(length);
  for (let i = 0; i < length; i++) values[i] = read(view, i * bytes, !bigEndian);
  return values;
}
