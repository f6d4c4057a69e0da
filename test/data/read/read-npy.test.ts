import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/cells/data-error';
import { readNpy } from '../../../src/data/read/read-npy';

/** A file that NumPy 2.4.6 wrote (numpy.lib.format.write_array), as base64: its header is padded to 128 bytes, so only the parts differ. */
function npy(header: string, body: string): Buffer {
  const text = Buffer.from(`${header.padEnd(117)}\n`, 'latin1');
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1'), text, Buffer.from(body, 'base64')]);
}

describe('readNpy', () => {
  it('reads what NumPy wrote', () => {
    // numpy.array([[1.5, -2.25, nan], [0, 3e38, -0.125]], dtype='<f4'), the whole file
    const whole =
      'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAQwAAAwH8AAAAA5rFhfwAAAL4=';
    const file = Buffer.from(whole, 'base64');
    const expected = { shape: [2, 3], values: Float32Array.of(1.5, -2.25, Number.NaN, 0, 3e38, -0.125) };
    expect(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 'AADAPwAAEMAAAMB/AAAAAOaxYX8AAAC+')).toEqual(file);
    expect(readNpy(file)).toEqual(expected);
    expect(readNpy(gzipSync(file))).toEqual(expected);
  });

  it('reads 64-bit and big-endian integers, booleans and a single number in format 2', () => {
    expect(readNpy(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }", '+/////////8AAAAAAAEAAA=='))).toEqual({
      shape: [2],
      values: Float64Array.of(-5, 2 ** 40),
    });
    expect(readNpy(npy("{'descr': '>i2', 'fortran_order': False, 'shape': (3,), }", 'AAH//gEs'))).toEqual({
      shape: [3],
      values: Int16Array.of(1, -2, 300),
    });
    expect(readNpy(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (2, 1), }", 'AQA='))).toEqual({
      shape: [2, 1],
      values: Uint8Array.of(1, 0),
    });
    const version2 =
      'k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAEQA==';
    expect(readNpy(Buffer.from(version2, 'base64'))).toEqual({ shape: [], values: Float64Array.of(2.5) });
  });

  it('refuses what it cannot read', () => {
    const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }";
    expect(() => readNpy(npy(header, 'AAE='))).toThrow('shape [4] of uint8 needs 4 bytes, the file has 2; it is cut off');
    expect(() => readNpy(npy(header.replace('False', 'True'), 'AAECAw=='))).toThrow(
      'it is in Fortran order; save it with numpy.ascontiguousarray',
    );
    expect(() => readNpy(npy(header.replace('|u1', '<c16'), 'AAECAw=='))).toThrow(
      "its type is '<c16'; expected integers, float32, float64 or bool",
    );
    expect(() => readNpy(Buffer.from('not an array'))).toThrow(
      new DataError('bad-file', "Cannot read the given bytes as a NumPy array: it does not begin with NumPy's mark"),
    );
  });
});
