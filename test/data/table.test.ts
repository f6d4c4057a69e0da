import { DataFrame } from 'danfojs-node';
import { describe, expect, it } from 'vitest';
import { readTable } from '../../src/data/table';

const cells = (table: ReturnType<typeof readTable>): unknown =>
  Object.fromEntries([...table.columns].map(([name, values]) => [name, Array.from(values)]));

describe('readTable', () => {
  const expected = { a: [1, 2.5, null], 'b:c d': ['x', null, 'z'] };

  it('reads frames, records and rows alike', () => {
    const rows = [
      { a: 1, 'b:c d': 'x' },
      { a: 2.5, 'b:c d': null },
      { a: null, 'b:c d': 'z' },
    ];
    for (const table of [expected, rows, new DataFrame(expected)]) {
      const read = readTable(table);
      expect(read.rows).toBe(3);
      expect(read.names).toEqual(['a', 'b:c d']);
      expect(cells(read)).toEqual(expected);
    }
  });

  it('reads typed arrays without copying, and a key that a row lacks as undefined', () => {
    const a = Float32Array.of(1, 2);
    expect(readTable({ a }).columns.get('a')).toBe(a);
    expect(cells(readTable([{ a: 1 }, { b: 2 }]))).toEqual({ a: [1, undefined], b: [undefined, 2] });
  });

  it('refuses what is no table', () => {
    expect(() => readTable(null as never)).toThrow(TypeError);
    expect(() => readTable('data.csv' as never)).toThrow(
      'Cannot read the table: expected a danfojs DataFrame, a record of arrays or an array of row objects; got "data.csv"',
    );
    expect(() => readTable({ a: 3 } as never)).toThrow('column "a" must be an array; got 3');
    expect(() => readTable([[1, 2]] as never)).toThrow('row 0 is an array of 2');
  });

  it('refuses unequal lengths, empty tables and a column that is there twice', () => {
    expect(() => readTable({ a: [1, 2], b: [1, 2, 3] })).toThrow(
      'all columns must have the same number of rows; column "a" has 2, column "b" has 3',
    );
    expect(() => readTable({})).toThrow('it has no columns');
    expect(() => readTable([])).toThrow('it has no columns');
    expect(() => readTable({ a: [], b: [] })).toThrow('it has 2 columns and no rows');
    const twice = { columns: ['a', 'b', 'a'], column: () => ({ values: [1] }) };
    expect(() => readTable(twice)).toThrow('column "a" is there 2 times (as columns 1 and 3); rename or drop all but one');
  });
});
