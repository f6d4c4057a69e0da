import { expect, test } from 'vitest';
import { tasksOf } from '../../src/cli/column-text';
import { kindFromText } from '../../src/cli/kind-text';

const columns = ['a', 'grade', 'visits', 'years', 'ATTACK', 'TAG_x', 'TAG_y', 'p,q'];

test('kinds with options in parentheses', () => {
  expect(tasksOf('a=binary(yes),grade=ordinal(low,middle,high),visits=count(years)', columns)).toEqual({
    a: { kind: 'binary', positive: 'yes' },
    grade: { kind: 'ordinal', levels: ['low', 'middle', 'high'] },
    visits: { kind: 'count', exposure: 'years' },
  });
  expect(kindFromText('a', 'binary(positive=1,lossWeight=2)', columns)).toEqual({ kind: 'binary', positive: '1', lossWeight: 2 });
  expect(kindFromText('a', 'multiclass(classWeights=balanced)', columns)).toEqual({ kind: 'multiclass', classWeights: 'balanced' });
});

test('a task that is no column takes the column that is named first', () => {
  expect(tasksOf('risk=binary(ATTACK)', columns)).toEqual({ risk: { kind: 'binary', column: 'ATTACK' } });
  expect(tasksOf('n=count(visits,years)', columns)).toEqual({ n: { kind: 'count', column: 'visits', exposure: 'years' } });
  expect(tasksOf('a=binary(ATTACK)', columns)).toEqual({ a: { kind: 'binary', positive: 'ATTACK' } });
});

test('a pattern stands for every column that it fits; a comma in a name stays', () => {
  expect(tasksOf('TAG_*=binary', columns)).toEqual({ TAG_x: { kind: 'binary' }, TAG_y: { kind: 'binary' } });
  expect(tasksOf('p,q=binary,grade=regression', columns)).toEqual({ 'p,q': { kind: 'binary' }, grade: { kind: 'regression' } });
  expect(() => tasksOf('TAB_*=binary', columns)).toThrow(/no column is called "TAB_\*"/);
  expect(() => tasksOf('TAG_*=binary,TAG_x=binary', columns)).toThrow(/"TAG_x" is there twice/);
});

test('says what is wrong', () => {
  expect(() => kindFromText('a', 'binry', columns)).toThrow(/"a" has the kind "binry" \(did you mean "binary"\?\); kinds: binary, count/);
  expect(() => kindFromText('a', 'binary(yes', columns)).toThrow(/"a" has the kind "binary\(yes"/);
  expect(() => kindFromText('a', 'regression(3)', columns)).toThrow(
    /regression\(\.\.\.\) takes no option without a name; it has column, lossWeight; got "3"/,
  );
  expect(() => kindFromText('a', 'binary(yes,no)', columns)).toThrow(/takes positive; got "no" besides/);
  expect(() => kindFromText('a', 'binary(lossWeight=0)', columns)).toThrow(/'lossWeight' must be a finite number above 0/);
  expect(() => kindFromText('a', 'ordinal(low)', columns)).toThrow(/'levels' must be an array of two or more/);
});
