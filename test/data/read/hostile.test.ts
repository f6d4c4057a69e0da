import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError } from '../../../src/cells/data-error';
import { textOf } from '../../../src/data/read/file';
import { readArff } from '../../../src/data/read/read-arff';
import { readCsv } from '../../../src/data/read/read-csv';
import { readIdx } from '../../../src/data/read/read-idx';
import { readNpy } from '../../../src/data/read/read-npy';
import { readWav } from '../../../src/data/read/read-wav';
import { random } from '../../../src/random/random';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'taskloom-hostile-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function npy(header: string, body: Buffer = Buffer.alloc(0)): Buffer {
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header, 'latin1'), body]);
}
const shaped = (shape: string, body?: Buffer): Buffer => npy(`{'descr': '|u1', 'fortran_order': False, 'shape': ${shape}, }`, body);
const idx = Buffer.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4]);
function wav(format: Buffer, data: Buffer): Buffer {
  const chunk = (id: string, body: Buffer): Buffer => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(body.length);
    return Buffer.concat([Buffer.from(id), size, body]);
  };
  return Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), chunk('fmt ', format), chunk('data', data)]);
}
const pcm = (channels: number, rate: number): Buffer => {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt16LE(16, 14);
  return format;
};

const readers: readonly (readonly [string, (bytes: Uint8Array) => unknown, Buffer])[] = [
  ['CSV', (bytes) => readCsv(bytes), Buffer.from('a,b,"c ""d"""\n1,2,"x, y"\n3,,z\n')],
  ['ARFF', (bytes) => readArff(bytes), Buffer.from("@relation r\n@attribute 'a b' numeric\n@attribute c {x,'y z'}\n@data\n1,x\n?,'y z'\n")],
  ['IDX', readIdx, idx],
  ['NumPy', readNpy, shaped('(2, 2)', Buffer.from([1, 2, 3, 4]))],
  ['WAV', readWav, wav(pcm(2, 8000), Buffer.alloc(8))],
];

describe.each(readers)('a damaged %s file', (name, read, whole) => {
  it('is read or refused with one clear error, cut and changed anywhere', () => {
    const draws = random(0, `hostile ${name}`);
    read(whole);
    const tries = [
      ...Array.from({ length: whole.length }, (_, i) => whole.subarray(0, i)),
      ...Array.from({ length: 400 }, () => {
        const bytes = Buffer.from(whole);
        for (let k = 0; k <= draws.below(4); k++) bytes[draws.below(bytes.length)] = draws.below(256);
        return bytes;
      }),
    ];
    for (const bytes of [...tries, ...tries.map((one) => gzipSync(one)), ...tries.map((one) => gzipSync(one).subarray(0, 15))]) {
      try {
        read(bytes);
      } catch (error) {
        expect(error, bytes.toString('hex')).toBeInstanceOf(DataError);
        expect((error as Error).message).toMatch(/^Cannot read /);
      }
    }
  });
});

describe('a file that cannot be', () => {
  it.each([
    ['(-2, -3)', Buffer.alloc(6)],
    ['(2.5, 2.4)', Buffer.alloc(6)],
    ['(1e9,)', Buffer.alloc(0)],
    ['(2, , 3)', Buffer.alloc(6)],
    ['(0x2,)', Buffer.alloc(2)],
    ['(99999999999999999999,)', Buffer.alloc(0)],
  ])('a NumPy array of shape %s is refused', (shape, body) => {
    expect(() => readNpy(shaped(shape, body))).toThrow(`its shape is ${shape}; expected whole numbers of at least 0`);
  });

  it('a NumPy header that is cut off, or has no shape, is refused', () => {
    expect(() => readNpy(npy("{'descr': '|u1', 'fortran_order': False, }", Buffer.alloc(1)))).toThrow('its shape is not stated');
    const whole = shaped('(1,)', Buffer.alloc(1));
    expect(() => readNpy(whole.subarray(0, 40))).toThrow(/its header of \d+ bytes is cut off after 40/);
    expect(readNpy(shaped('(0, 3)'))).toEqual({ shape: [0, 3], values: new Uint8Array(0) });
  });

  it('a WAV file with a short format, no channels or no rate is refused; a last frame that is cut off is left out', () => {
    expect(() => readWav(wav(pcm(1, 8000).subarray(0, 8), Buffer.alloc(4)))).toThrow('its format chunk has 8 bytes, expected at least 16');
    expect(() => readWav(wav(pcm(0, 8000), Buffer.alloc(4)))).toThrow('it has 0 channels and 8000 samples a second');
    expect(() => readWav(wav(pcm(1, 0), Buffer.alloc(4)))).toThrow('it has 1 channels and 0 samples a second');
    expect(readWav(wav(pcm(2, 8000), Buffer.alloc(10))).samples).toHaveLength(4);
  });

  it.each([[undefined], [null], [7], [['a.csv']], [{ path: 'a.csv' }]])('%s is no source', (source) => {
    for (const read of [readCsv, readArff, readIdx, readNpy, readWav])
      expect(() => read(source as never)).toThrow(/^Cannot read a file: expected a path or the file's bytes/);
  });

  it.skipIf(!existsSync('/dev/zero'))('a device without an end is refused', () => {
    expect(() => readNpy('/dev/zero')).toThrow(/the device gives more than 512 MiB/);
  });

  it.skipIf(process.platform === 'win32')('a pipe is read to its end', () => {
    const path = join(folder, 'pipe');
    const made = spawnSync('sh', ['-c', `mkfifo '${path}' && (printf 'a,b\\n1,2\\n' > '${path}' &)`], { stdio: 'ignore' });
    if (made.status !== 0) return;
    expect(readCsv(path)).toEqual({ a: [1], b: [2] });
  });
});

describe('a file of another size', () => {
  it('gzip that unpacks to more than one text can hold is refused before it is unpacked whole', () => {
    // Members of gzip files follow one another: 9 of 64 MiB each.
    const member = gzipSync(Buffer.alloc(2 ** 26, '1,2\n'), { level: 1 });
    const bomb = Buffer.concat(Array.from({ length: 9 }, () => member));
    expect(() => readCsv(bomb)).toThrow(/its \d+ MiB of gzip unpack to more than 512 MiB; unpack it to a file, or split it/);
  });

  it('a text longer than one text can be says so, and not that it is no UTF-8', () => {
    const long = Object.defineProperty(Buffer.alloc(0), 'length', { value: 558 * 2 ** 20 }) as Buffer;
    expect(() => textOf('Cannot read big.csv as CSV', long, 'utf8', true)).toThrow(
      /^Cannot read big\.csv as CSV: it has 558 MiB, more than the 512 MiB that are read as one text; split it into several files$/,
    );
  });

  it('300,000 columns take time in proportion, in CSV and ARFF', () => {
    const names = Array.from({ length: 300_000 }, (_, i) => `c${i}`);
    const cells = names.map((_, i) => i).join();
    const columns = readCsv(Buffer.from(`${names.join()}\n${cells}\n`));
    expect(Object.keys(columns)).toHaveLength(300_000);
    expect(columns.c299999).toEqual([299_999]);
    const path = join(folder, 'wide.arff');
    writeFileSync(path, `@relation wide\n${names.map((name) => `@attribute ${name} numeric`).join('\n')}\n@data\n${cells}\n`);
    expect(readArff(path).columns.c299999).toEqual([299_999]);
  });
});
