import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodePng } from '../../src/plots/png';

test('encodePng: signature, header, pixels and checksums as the standard has them', () => {
  const pixels = Uint8ClampedArray.from({ length: 3 * 2 * 4 }, (_, index) => index * 10);
  const png = encodePng(pixels, 3, 2);
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
  expect(png.subarray(8, 33).toString('hex')).toMatch(/^0000000d49484452000000030000000208060000/);
  // The end chunk is the same in every PNG file, checksum included.
  expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082');
  const length = png.readUInt32BE(33);
  expect(png.subarray(37, 41).toString()).toBe('IDAT');
  const lines = inflateSync(png.subarray(41, 41 + length));
  expect([...lines.subarray(1, 13)]).toEqual([...pixels.subarray(0, 12)]);
  expect([...lines.subarray(14, 26)]).toEqual([...pixels.subarray(12)]);
  expect([lines[0], lines[13], lines.length]).toEqual([0, 0, 26]);
});
