import { describe, expect, it } from 'vitest';
import { readIdx } from '../../../src/data/read/read-idx';

describe('readIdx', () => {
  it('reads the layout that the MNIST page describes: big-endian header, then the numbers', () => {
    const images = Buffer.from([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 128, 255, 7]);
    expect(readIdx(images)).toEqual({ shape: [1, 2, 2], values: Uint8Array.of(0, 128, 255, 7) });
    const shorts = Buffer.from([0, 0, 11, 1, 0, 0, 0, 2, 0xff, 0xfe, 1, 44]);
    expect(readIdx(shorts)).toEqual({ shape: [2], values: Int16Array.of(-2, 300) });
  });

  it('refuses other files and files that are cut off', () => {
    expect(() => readIdx(Buffer.from([0, 0, 8, 1, 0, 0, 0, 3, 1]))).toThrow(
      'Cannot read the given bytes as IDX: shape [3] of uint8 needs 3 bytes, the file has 1; it is cut off',
    );
    expect(() => readIdx(Buffer.from('PNG?'))).toThrow('it does not begin with an IDX header');
    expect(() => readIdx(Buffer.from([0, 0, 8, 3, 0]))).toThrow('it does not begin with an IDX header');
  });
});
