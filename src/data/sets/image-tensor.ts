import type { InputTensor } from '../data-types';
import type { NumberArray } from '../read/read-npy';

/** Bytes from 0 to 255 as an input from 0 to 1, with a channel axis at the end where there is none. `[rows, height, width, channels]` */
export function imageTensor({ shape, values }: NumberArray): InputTensor {
  const row = shape.slice(1);
  return { kind: 'tensor', shape: row.length === 2 ? [...row, 1] : row, values: Float32Array.from(values, (value) => value / 255) };
}
