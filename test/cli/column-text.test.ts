import { describe, expect, it } from 'vitest';
import { columnsOf, listOf, tasksOf } from '../../src/cli/column-text';

describe('lists on the command line', () => {
  it('splits at commas and trims', () => {
    expect(listOf(' a, b,,c ')).toEqual(['a', 'b', 'c']);
  });

  it('keeps a comma that belongs to a column', () => {
    const columns = ['size, cm', 'a', 'b'];
    expect(columnsOf('a,size, cm,b', columns)).toEqual(['a', 'size, cm', 'b']);
    expect(columnsOf('a,zz', columns)).toEqual(['a', 'zz']);
    expect(Object.entries(tasksOf('size, cm=regression,a=binary', columns)).map(([name, { kind }]) => [name, kind])).toEqual([
      ['size, cm', 'regression'],
      ['a', 'binary'],
    ]);
  });

  it('takes the last equals sign as the one before the kind', () => {
    expect(Object.keys(tasksOf('a=b=multiclass', ['a=b']))).toEqual(['a=b']);
  });
});
