import { describe, expect, it } from 'vitest';
import { missingTest, sortNames, toName, toNumber } from '../../src/cells/cell';

describe('cells', () => {
  it('are missing when null, undefined, NaN or blank, or declared so', () => {
    const plain = missingTest([]);
    for (const value of [null, undefined, Number.NaN, '', '  ']) expect(plain(value)).toBe(true);
    for (const value of [0, false, 'NA', '0', -9, Infinity]) expect(plain(value)).toBe(false);
    const marked = missingTest(['NA', -9]);
    for (const value of ['NA', ' NA ', -9, '-9', -9n]) expect(marked(value)).toBe(true);
    for (const value of ['na', 9, false]) expect(marked(value)).toBe(false);
  });

  it('read as numbers when they are numbers, booleans or decimal text, not otherwise', () => {
    const cases: [unknown, number | undefined][] = [
      [1.5, 1.5],
      [true, 1],
      [false, 0],
      [12n, 12],
      [' 1.5 ', 1.5],
      ['-.5e-3', -0.0005],
      ['+7', 7],
      ['1.', 1],
      ['inf', Infinity],
      ['-Infinity', -Infinity],
      ['0x10', undefined],
      ['1,5', undefined],
      ['1 2', undefined],
      ['.', undefined],
      ['e5', undefined],
      ['12kg', undefined],
      [new Date(0), undefined],
    ];
    for (const [value, expected] of cases) expect(toNumber(value)).toBe(expected);
  });

  it('have names, in order by value where all are numbers, else by code point', () => {
    expect([toName(1), toName('1 '), toName(true), toName(-0)]).toEqual(['1', '1', 'true', '0']);
    expect(sortNames(['10', '9', '-1', '9', '2.5'])).toEqual(['-1', '2.5', '9', '10']);
    expect(sortNames(['b', 'B', 'é', '10', 'a', '9'])).toEqual(['10', '9', 'B', 'a', 'b', 'é']);
  });
});
