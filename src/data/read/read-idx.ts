import { DataError } from '../../cells/data-error';
import { readContent } from './file';
import { type NumberType, numbersOf } from './number-type';
import type { NumberArray } from './read-npy';

const types: Readonly<Record<number, NumberType>> = { 8: 'uint8', 9: 'int8', 11: 'int16', 12: 'int32', 13: 'float32', 14: 'float64' };

/**
 * Reads an IDX file (the format of MNIST; gzip too).
 * @param source a path, or the file's bytes
 * @throws DataError when the file is not there, not IDX or cut off
 */
export function readIdx(source: string | Uint8Array): NumberArray {
  const { name, bytes } = readContent(source);
  const where = `Cannot read ${name} as IDX`;
  const type = types[bytes[2] ?? 0];
  const axes = bytes[3] ?? 0;
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || bytes.length < 4 + 4 * axes) {
    throw new DataError('bad-file', `${where}: it does not begin with an IDX header`);
  }
  const shape = Array.from({ length: axes }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  return { shape, values: numbersOf(where, bytes.subarray(4 + 4 * axes), type, shape, true) };
}
