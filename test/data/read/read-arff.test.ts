import { describe, expect, it } from 'vitest';
import { DataError } from '../../../src/cells/data-error';
import { readArff } from '../../../src/data/read/read-arff';

const read = (text: string): ReturnType<typeof readArff> => readArff(Buffer.from(text));

describe('readArff', () => {
  it('reads numeric, nominal, text and missing values, quoted names and comments', () => {
    const text = [
      '% a comment',
      "@RELATION 'two words'",
      '',
      '@attribute size REAL',
      "@attribute 'the kind' {a, 'b c', \"d,e\"}",
      '@attribute note string',
      '@data',
      "1.5, a, 'it\\'s, so'",
      '% between',
      "?,'b c',?",
      '-2e3,"d,e",plain text',
    ].join('\r\n');
    expect(read(text)).toEqual({
      relation: 'two words',
      columns: { size: [1.5, null, -2000], 'the kind': ['a', 'b c', 'd,e'], note: ["it's, so", null, 'plain text'] },
      nominal: { 'the kind': ['a', 'b c', 'd,e'] },
    });
  });

  it.each<[string, string, string]>([
    ['sparse data', '@attribute a numeric\n@data\n{0 1}\n', 'line 3 is in the sparse format'],
    ['a line of another length', '@attribute a numeric\n@attribute b numeric\n@data\n1,2\n3\n', 'line 5 has 1 values; expected 2'],
    ['text for a number', '@attribute a numeric\n@data\nx\n', 'line 3 holds "x" for the numeric attribute "a"'],
    ['an undeclared value', '@attribute a {u,v}\n@data\nw\n', 'line 3 holds "w" for attribute "a"; declared: u, v'],
    ['an attribute twice', '@attribute a real\n@attribute a real\n@data\n1,2\n', 'line 2 declares attribute "a" a second time'],
    ['another type', '@attribute a relational\n@data\n1\n', 'declares attribute "a" of type "relational"'],
    ['another format', 'a,b\n1,2\n', 'line 1 is "a,b"; expected @relation, @attribute or @data'],
    ['no rows', '@attribute a real\n@data\n', 'it has 1 attributes and no rows'],
    ['no data', '@attribute a real\n', 'it has no @data'],
  ])('refuses %s', (_, text, message) => {
    expect(() => read(text)).toThrow(DataError);
    expect(() => read(text)).toThrow(message);
  });
});
