import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/cells/data-error';
import { type CsvOptions, readCsv } from '../../../src/data/read/read-csv';

const read = (text: string, options?: CsvOptions): ReturnType<typeof readCsv> => readCsv(Buffer.from(text), options);

describe('readCsv', () => {
  it('reads a byte order mark, CRLF, quoted commas, quoted line breaks, doubled quotes and NA markers', () => {
    const text = '\uFEFFage,"name, first",note\r\n31,"Doe, Jane","said ""hi"""\r\n NA ,"Roe\r\nlong",\r\n4e1,N/A,"?"\r\n\r\n';
    expect(read(text)).toEqual({ age: [31, null, 40], 'name, first': ['Doe, Jane', 'Roe\r\nlong', null], note: ['said "hi"', null, null] });
  });

  it('converts a column to numbers only when all its present cells are numbers', () => {
    expect(read('a,b,c,d\n1,1,x,\n-.5,two,3,NaN\n')).toEqual({ a: [1, -0.5], b: ['1', 'two'], c: ['x', '3'], d: [null, null] });
    expect(read('id,x\n007,1\n012,2\n', { text: ['id'] })).toEqual({ id: ['007', '012'], x: [1, 2] });
    expect(read('a\n1,5\n', { separator: ';' })).toEqual({ a: ['1,5'] });
  });

  it('takes other separators, encodings, markers and given names', () => {
    expect(read('a\tb\n"x\t1\n', { separator: '\t', quotes: false })).toEqual({ a: ['"x'], b: [1] });
    expect(read('1,2\n3,-9\n', { header: ['a', 'b'], missing: ['-9'] })).toEqual({ a: [1, 3], b: [2, null] });
    expect(read('1,x\n3,y\n', { header: false })).toEqual({ c1: [1, 3], c2: ['x', 'y'] });
    expect(() => read('1,x\n3\n', { header: false })).toThrow('data row 1 (counted from 0) has 1 cells, the first row has 2');
    expect(() => read('', { header: false })).toThrow('it has no rows');
    const latin = Buffer.from('ciudad\nM\xe9xico\n', 'latin1');
    expect(readCsv(latin, { encoding: 'latin1' })).toEqual({ ciudad: ['México'] });
    expect(() => readCsv(latin)).toThrow("it is not valid UTF-8; if it is in Latin-1, pass encoding: 'latin1'");
  });

  it('names an unnamed column, as R writes for its row names, by its position', () => {
    expect(read('"","y"\n"1",5\n')).toEqual({ 'column 1': [1], y: [5] });
  });

  it('reads files, packed or not, and says which are not there or damaged', () => {
    const folder = mkdtempSync(join(tmpdir(), 'taskloom-csv-'));
    try {
      const [plain, packed, broken] = ['a.csv', 'a.csv.gz', 'b.csv.gz'].map((name) => join(folder, name)) as [string, string, string];
      writeFileSync(plain, 'x,y\n1,2\n');
      writeFileSync(packed, gzipSync('x,y\n1,2\n'));
      writeFileSync(broken, gzipSync('x,y\n1,2\n').subarray(0, 15));
      expect(readCsv(plain)).toEqual({ x: [1], y: [2] });
      expect(readCsv(packed)).toEqual({ x: [1], y: [2] });
      expect(() => readCsv(broken)).toThrow('Cannot read b.csv.gz: its gzip stream is damaged or cut off');
      const gone = join(folder, 'gone.csv');
      expect(() => readCsv(gone)).toThrow(new DataError('file-not-found', `Cannot read ${gone}: there is no such file`));
      expect(() => readCsv(folder)).toThrow(`Cannot read ${folder}: it is a folder; expected a file`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each<[string, string, string]>([
    ['an empty file', '', 'Cannot read the given bytes as CSV: it is empty'],
    ['a header alone', 'a,b\n', 'it has a header and no rows'],
    [
      'no header',
      '5.1,3.5,1.4,Iris-setosa\n4.9,3.0,1.4,Iris-setosa\n',
      'the first line holds numbers (5.1, 3.5, 1.4, Iris-setosa), so there seems to be no header; add one, or say that there is none: header: false',
    ],
    ['another separator', 'a;b\n1;2\n', 'with the separator "," its header is the one column "a;b"; pass separator: ";"'],
    ['no header, integers', '1,0\n2,1\n', 'so there seems to be no header'],
    ['a column name twice', 'a,b,a\n1,2,3\n', 'column "a" is there 2 times (as columns 1 and 3); rename all but one'],
    ['a short line', 'a,b\n1,2\n3\n', 'data row 1 (counted from 0) has 1 cells, the header has 2; is the separator "," right'],
    ['a long line', 'a,b\n1,2,3\n', 'data row 0 (counted from 0) has 3 cells, the header has 2'],
    ['a quote that never ends', 'a,b\n"1,2\n', 'Quote Not Closed'],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text)).toThrow(DataError);
    expect(() => read(text)).toThrow(message);
  });

  it('takes years as column names', () => {
    expect(read('country,2019,2020\nNL,1,2\n')).toEqual({ country: ['NL'], 2019: [1], 2020: [2] });
  });

  it('refuses unknown options', () => {
    expect(() => read('a\n1\n', { seperator: ';' } as never)).toThrow(
      'readCsv(source, options): unknown option "seperator" (did you mean "separator"?)',
    );
  });
});
