import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readParts } from '../../../src/data/read/file';
import { type CsvOptions, columnsOf, readCsv } from '../../../src/data/read/read-csv';

/*
 * A file is read part by part, as one text holds 512 MiB at most. Where the parts end must not matter: in a quoted cell, between two quotes,
 * between CR and LF, within a character, within the byte order mark.
 */

/** Bytes cut into parts of these sizes, over and over. */
function* cut(bytes: Buffer, sizes: readonly number[]): Generator<Buffer> {
  for (let at = 0, k = 0; at < bytes.length; k++) {
    const size = sizes[k % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

/** What a file gives, or its error. */
function outcome(bytes: Buffer, sizes: readonly number[], options: CsvOptions = {}, longest?: number): unknown {
  try {
    return columnsOf('the given bytes', cut(bytes, sizes), options, longest);
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
/** Pieces of cells that are cut badly: quotes, separators, line breaks, characters of two to four bytes, numbers. */
const piece = fc.constantFrom('a', '"', '""', ',', '\n', '\r\n', '\r', ' ', 'é', '€', '😀', '1', '-0', '1.50', '1e3', 'NA', '?', '\uFEFF');
const cell = fc.oneof(
  fc.constantFrom('', '7', '007', '1.5', 'inf'),
  fc.array(piece, { maxLength: 6 }).map((parts) => parts.join('')),
);
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const written = (text: string, always: boolean): string => (always || /[",\r\n]/.test(text) ? quoted(text) : text);
const markers = new Set(['', 'NA', 'N/A', 'NaN', 'nan', 'NULL', 'null', '?']);

describe('a CSV file in parts', () => {
  it('has the cells that were written, wherever its parts end', () => {
    const table = fc
      .integer({ min: 2, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }));
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), fc.boolean(), sizes, (rows, newline, always, mark, cuts) => {
        const header = rows[0]!.map((_, i) => `cé${i}`);
        const text = [header, ...rows].map((row) => row.map((value) => written(value, always)).join(',')).join(newline);
        const bytes = Buffer.from(`${mark ? '\uFEFF' : ''}${text}${newline}`);
        const columns = columnsOf('x', cut(bytes, cuts), { text: header });
        expect(Object.keys(columns)).toEqual(header);
        const expected = (value: string): string | null => (markers.has(value.trim()) ? null : value.trim());
        header.forEach((name, i) => {
          expect(columns[name]).toEqual(rows.map((row) => expected(row[i]!)));
        });
        expect(outcome(bytes, cuts)).toEqual(outcome(bytes, [bytes.length]));
      }),
      { numRuns: 300 },
    );
  });

  it('of any text gives the same as in one part: the same columns, or the same error', () => {
    const text = fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''));
    const options = fc.record({ quotes: fc.boolean(), header: fc.constantFrom(true, false), separator: fc.constantFrom(',', '€', '\r') });
    let tables = 0;
    fc.assert(
      fc.property(text, options, sizes, (given, own, cuts) => {
        const bytes = Buffer.from(given);
        const whole = outcome(bytes, [Math.max(1, bytes.length)], own);
        expect(outcome(bytes, cuts, own)).toEqual(whole);
        tables += typeof whole === 'string' ? 0 : 1;
      }),
      { numRuns: 1000 },
    );
    expect(tables).toBeGreaterThan(100);
  });

  it('has the rows of the parser in one piece', () => {
    const text = 'a,b\n"1,""2""\r\n3",\u20AC\n\n"",x\n';
    const [, ...rows] = parse(text, { skip_empty_lines: true, relax_column_count: true }) as string[][];
    for (let size = 1; size <= text.length; size++)
      expect(columnsOf('x', cut(Buffer.from(text), [size]), {})).toEqual({ a: [rows[0]![0], null], b: ['\u20AC', 'x'] });
  });

  it.each([1, 2, 3, 7])('finds bytes that are not UTF-8, also cut at the end of a part or of the file, by parts of %i bytes', (size) => {
    for (const bytes of [
      Buffer.from([97, 10, 0xe2, 0x82, 10]),
      Buffer.from([97, 10, 49, 10, 0xe2, 0x82]),
      Buffer.from('a\nM\xe9x\n', 'latin1'),
    ])
      expect(outcome(bytes, [size])).toBe(
        "DataError: Cannot read the given bytes as CSV: it is not valid UTF-8; if it is in Latin-1, pass encoding: 'latin1'",
      );
    expect(outcome(Buffer.from('a\nM\xe9x\n', 'latin1'), [size], { encoding: 'latin1' })).toEqual({ a: ['Méx'] });
  });

  it('says of a row without an end that it is too long, before it is in memory', () => {
    let given = 0;
    const endless = function* (): Generator<Buffer> {
      yield Buffer.from('a,b\n1,"');
      for (;;) {
        given += 1000;
        yield Buffer.alloc(1000, 'x');
      }
    };
    expect(() => columnsOf('x', endless(), {}, 5000)).toThrow(
      /^Cannot read x as CSV: the row at line 2 has more than 5000 bytes; is a quote never closed/,
    );
    expect(given).toBeLessThanOrEqual(6000);
  });

  it('gives numbers where the last cell decides that a column has none', () => {
    const rows = 3000;
    const numbers = Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? `${i}` : i % 3 === 1 ? `0${i}` : `${i}.50`));
    const read = (last: string): unknown => columnsOf('x', cut(Buffer.from(`n\n${[...numbers, last].join('\n')}\n`), [1024]), {}).n;
    expect(read('-0')).toEqual([...numbers.map(Number), -0]);
    expect(read('x')).toEqual([...numbers, 'x']);
  });
});

describe('readParts', () => {
  it('reads a file in parts of at most a size, packed ones and bytes too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'taskloom-parts-'));
    try {
      const content = Buffer.from('x,y\n1,2\n3,4\n');
      const [plain, packed, empty] = ['a.csv', 'a.csv.gz', 'b.csv'].map((name) => join(folder, name)) as [string, string, string];
      writeFileSync(plain, content);
      writeFileSync(packed, gzipSync(content));
      writeFileSync(empty, '');
      for (const source of [plain, packed, content]) {
        const parts = [...readParts(source, 5).parts].map((part) => Buffer.from(part));
        expect(parts.map(({ length }) => length)).toEqual([5, 5, 2]);
        expect(Buffer.concat(parts)).toEqual(content);
        expect(readCsv(source)).toEqual({ x: [1, 3], y: [2, 4] });
      }
      expect([...readParts(empty).parts]).toEqual([]);
      expect(() => readCsv(empty)).toThrow('Cannot read b.csv as CSV: it is empty');
      const { parts } = readParts(plain, 5);
      rmSync(plain);
      expect(() => [...parts]).toThrow(`Cannot read ${plain}: there is no such file`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
