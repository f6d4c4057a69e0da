import { DataFrame } from 'danfojs-node';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/cells/data-error';
import { type InputColumn, isTensor, type TaskData } from '../../src/data/data-types';
import { type TaskDataOptions, taskData } from '../../src/data/task-data';
import { binary, multiclass, regression, tagging } from '../../src/tasks';

const table = {
  size: [1, 2, 3, 4],
  color: ['red', 'blue', '', 'red'],
  ripe: [0, 1, null, 1],
  price: ['2.5', '', '4', '-1e1'],
  kind: ['b', 'a', undefined, 'c'],
};
const tasks = { ripe: binary(), cost: regression({ column: 'price' }), kind: multiclass() };

function errorOf(run: () => unknown): DataError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    expect(error).toBeInstanceOf(RangeError);
    return error as DataError;
  }
  throw new Error('expected an error');
}

function columnsOf(data: TaskData): readonly InputColumn[] {
  if (isTensor(data.inputs)) throw new Error('expected columns');
  return data.inputs;
}

describe('taskData', () => {
  it('reads labels of every kind with their missing values, from any kind of table', () => {
    const rows = Object.values(table)[0]!.map((_, i) =>
      Object.fromEntries(Object.entries(table).map(([name, values]) => [name, values[i]])),
    );
    for (const source of [table, rows, new DataFrame(table)]) {
      const data = taskData(source, { tasks });
      expect(data.rows).toBe(4);
      expect(data.tasks.map((task) => [task.name, task.column, task.kind, task.outputs, task.classes])).toEqual([
        ['ripe', 'ripe', 'binary', 1, ['0', '1']],
        ['cost', 'price', 'regression', 1, []],
        ['kind', 'kind', 'multiclass', 3, ['a', 'b', 'c']],
      ]);
      expect(data.labels.map((labels) => Array.from(labels.values))).toEqual([
        [0, 1, Number.NaN, 1],
        [2.5, Number.NaN, 4, -10],
        [1, 0, Number.NaN, 2],
      ]);
      expect(data.inputs).toEqual([
        { name: 'size', kind: 'numeric', values: Float64Array.of(1, 2, 3, 4) },
        { name: 'color', kind: 'categorical', codes: Int32Array.of(1, 0, -1, 1), categories: ['blue', 'red'] },
      ]);
      expect(data.notes).toEqual([]);
      expect(data.sourceRows).toBeUndefined();
    }
  });

  it('takes labels past the first 20 rows as they are, where danfojs guesses int32 from the first 20', () => {
    const y = [...Array.from({ length: 25 }, (_, i) => i), 27.5];
    const frame = new DataFrame({ x: y.map((v) => v * 2), y });
    expect(taskData(frame, { tasks: { y: regression() } }).labels[0]!.values[25]).toBe(27.5);
  });

  it('takes declared markers as missing in labels and inputs', () => {
    const data = taskData(
      { x: [1, -9, 3], c: ['a', 'unknown', 'b'], y: ['1', 'NA', '0'] },
      { tasks: { y: binary() }, missing: ['NA', -9, 'unknown'] },
    );
    // Row 1 has no label at all, so it is dropped.
    expect(data.rows).toBe(2);
    expect(data.missing).toEqual(['NA', -9, 'unknown']);
    const kept = taskData({ x: [1, -9, 3], c: ['a', 'unknown', 'b'], y: [1, 0, 1] }, { tasks: { y: binary() }, missing: [-9, 'unknown'] });
    expect(columnsOf(kept)[0]).toMatchObject({ values: Float64Array.of(1, Number.NaN, 3) });
    expect(columnsOf(kept)[1]).toMatchObject({ codes: Int32Array.of(0, -1, 1) });
  });

  it('drops rows without any label, reports them and keeps the others in order', () => {
    const data = taskData(
      { x: [10, 11, 12, 13], g: ['p', 'q', 'q', 'r'], t: [4, 3, 2, 1], a: [null, 1, Number.NaN, 0], b: ['', null, undefined, 3] },
      { tasks: { a: binary(), b: regression() }, groups: 'g', time: 't' },
    );
    expect(data.rows).toBe(2);
    expect(data.notes).toEqual(['2 of 4 rows have no label for any task: dropped', 'Task "b": all its 1 labels are 3']);
    expect(data.sourceRows).toEqual(Int32Array.of(1, 3));
    expect(data.droppedRows).toBe(2);
    expect(data.inputs).toEqual([{ name: 'x', kind: 'numeric', values: Float64Array.of(11, 13) }]);
    expect(data.labels[1]!.values).toEqual(Float64Array.of(Number.NaN, 3));
    expect(data.groups).toEqual(Int32Array.of(1, 2));
    expect(data.time).toEqual(Float64Array.of(3, 1));
  });

  it('codes binary labels of numbers, booleans and strings; positive is the larger unless said', () => {
    const codes = (values: unknown[], positive?: string | number | boolean): [readonly string[], number[]] => {
      const data = taskData({ x: [1, 2, 3], y: values }, { tasks: { y: binary(positive === undefined ? {} : { positive }) } });
      return [data.tasks[0]!.classes, Array.from(data.labels[0]!.values)];
    };
    expect(codes([2, 10, 2])).toEqual([
      ['2', '10'],
      [0, 1, 0],
    ]);
    expect(codes([true, false, true])).toEqual([
      ['false', 'true'],
      [1, 0, 1],
    ]);
    expect(codes(['yes', 'no', 'no'])).toEqual([
      ['no', 'yes'],
      [1, 0, 0],
    ]);
    expect(codes(['yes', 'no', 'no'], 'no')).toEqual([
      ['yes', 'no'],
      [0, 1, 1],
    ]);
    expect(codes([2, 10, 2], 2)).toEqual([
      ['10', '2'],
      [1, 0, 1],
    ]);
    expect(codes(['1', '0', '0'], 0)).toEqual([
      ['1', '0'],
      [0, 1, 1],
    ]);
  });

  it('reads tags from arrays and from text with blanks, masks the positions past the end', () => {
    const words = { kind: 'tensor', shape: [4], values: new Float32Array(12), vocabulary: 5 } as const;
    const data = taskData(
      { tags: ['O B-x', ['O', null, 'I-x'], null], y: [1, 0, 1] },
      { tasks: { tags: tagging(), y: binary() }, inputs: words },
    );
    expect(data.labels[0]!.length).toBe(4);
    expect(data.tasks[0]!.classes).toEqual(['B-x', 'I-x', 'O']);
    const n = Number.NaN;
    expect(Array.from(data.labels[0]!.values)).toEqual([2, 0, n, n, 2, n, 1, n, n, n, n, n]);
    expect(data.inputs).toBe(words);
    const free = taskData({ x: [1, 2], tags: ['a b c', 'a'] }, { tasks: { tags: tagging() } });
    expect(free.labels[0]!.length).toBe(3);
  });

  it('takes class weights by name', () => {
    const data = taskData({ x: [1, 2, 3], y: ['a', 'b', 'c'] }, { tasks: { y: multiclass({ classWeights: { c: 3 } }) } });
    expect(data.tasks[0]!.classWeights).toEqual([1, 1, 3]);
    const error = errorOf(() => taskData({ x: [1, 2], y: ['low', 'high'] }, { tasks: { y: binary({ classWeights: { hihg: 3 } }) } }));
    expect(error.message).toContain('classWeights names class "hihg", which is not in the column (did you mean "high"?)');
  });

  it('keeps constant inputs and columns without any value, and reports them', () => {
    const data = taskData({ a: [5, 5, null], b: [null, '', undefined], c: ['x', 'x', 'x'], y: [1, 0, 1] }, { tasks: { y: binary() } });
    expect(columnsOf(data).map((column) => column.name)).toEqual(['a', 'b', 'c']);
    expect(data.notes).toEqual([
      'Input column "a" is constant (5 wherever it is known): kept, but it tells nothing',
      'Input column "b" holds no value at all: kept, but it tells nothing',
      'Input column "c" is constant (x wherever it is known): kept, but it tells nothing',
    ]);
  });

  it('reports an input that counts the rows, which may be an identifier', () => {
    const rows = Array.from({ length: 12 }, (_, i) => i);
    const data = taskData({ id: rows.map((i) => i + 1), x: rows.map((i) => i * 2), y: rows.map((i) => i % 2) }, { tasks: { y: binary() } });
    expect(data.notes).toEqual([`Input column "id" counts the rows (1 to 12): if it is an identifier, leave it out (ignore: ['id'])`]);
  });

  it('reads booleans and text of numbers as numeric, mixtures as categories with a note, forced columns as categories', () => {
    const data = taskData(
      { flag: [true, false, true], text: ['1', ' 2.5 ', '-3e2'], mixed: ['0', '3+', 2], code: [7, 8, 7], y: [1, 0, 1] },
      { tasks: { y: binary() }, categorical: ['code'] },
    );
    expect(data.inputs).toEqual([
      { name: 'flag', kind: 'numeric', values: Float64Array.of(1, 0, 1) },
      { name: 'text', kind: 'numeric', values: Float64Array.of(1, 2.5, -300) },
      { name: 'mixed', kind: 'categorical', codes: Int32Array.of(0, 2, 1), categories: ['0', '2', '3+'] },
      { name: 'code', kind: 'categorical', codes: Int32Array.of(0, 1, 0), categories: ['7', '8'] },
    ]);
    expect(data.notes).toEqual(['Input column "mixed" holds numbers and text ("3+"): read as 3 categories']);
  });

  it('selects inputs by name, ignores columns, and keeps groups and time out of the inputs', () => {
    const source = { a: [1, 2], b: [3, 4], c: [5, 6], g: ['u', 'v'], t: ['2024-01-02', '2024-01-01'], y: [0, 1] };
    const names = (options: Omit<TaskDataOptions, 'tasks'>): string[] =>
      columnsOf(taskData(source, { tasks: { y: binary() }, ...options })).map((column) => column.name);
    expect(names({})).toEqual(['a', 'b', 'c', 'g', 't']);
    expect(names({ ignore: ['b'], groups: 'g', time: 't' })).toEqual(['a', 'c']);
    expect(names({ inputs: ['c', 'a'] })).toEqual(['c', 'a']);
    const data = taskData(source, { tasks: { y: binary() }, groups: 'g', time: 't' });
    expect(data.time![0]! - data.time![1]!).toBe(86_400_000);
  });

  it('takes one column for two tasks', () => {
    const data = taskData({ x: [1, 2], y: [0, 1] }, { tasks: { y: binary(), amount: regression({ column: 'y' }) } });
    expect(data.labels.map((labels) => labels.task.kind)).toEqual(['binary', 'regression']);
  });

  it('takes a tensor for its inputs and drops its rows along', () => {
    const images = { kind: 'tensor', shape: [2, 1], values: Float32Array.of(1, 2, 3, 4, 5, 6) } as const;
    const data = taskData({ y: [1, null, 0] }, { tasks: { y: binary() }, inputs: images });
    expect(data.inputs).toEqual({ ...images, values: Float32Array.of(1, 2, 5, 6) });
  });
});

describe('taskData refuses', () => {
  const run =
    (source: object, options: object): (() => TaskData) =>
    () =>
      taskData(source as never, options as never);
  const y = { y: binary() };

  it.each<[string, () => TaskData, string, Partial<DataError>]>([
    [
      'an unknown label column',
      run({ income: [1, 0], x: [1, 2] }, { tasks: { rich: binary({ column: 'incme' }) } }),
      'Cannot build task data: task "rich" names column "incme", which is not among the table\'s 2 columns (did you mean "income"?)',
      { code: 'unknown-column', column: 'incme' },
    ],
    [
      'an unknown task column that is part of a name',
      run({ 'happy-pleased': [1, 0], x: [1, 2] }, { tasks: { happy: binary() } }),
      'task "happy" names column "happy", which is not among the table\'s 2 columns (did you mean "happy-pleased"?)',
      { code: 'unknown-column' },
    ],
    [
      'an unknown column with nothing near',
      run({ y: [1, 0], x: [1, 2] }, { tasks: y, groups: 'hospital' }),
      'groups names column "hospital", which is not among the table\'s 2 columns; it has "y", "x"',
      { code: 'unknown-column', column: 'hospital' },
    ],
    [
      'an unknown ignored column',
      run({ y: [1, 0], x: [1, 2] }, { tasks: y, ignore: ['z'] }),
      'ignore names column "z"',
      { code: 'unknown-column' },
    ],
    [
      'an unknown input',
      run({ y: [1, 0], x: [1, 2] }, { tasks: y, inputs: ['x', 'w'] }),
      'inputs names column "w"',
      { code: 'unknown-column' },
    ],
    [
      'a label column among the inputs',
      run({ y: [1, 0], x: [1, 2] }, { tasks: y, inputs: ['x', 'y'] }),
      'inputs names column "y", which holds the labels of task "y"; leave it out',
      { code: 'column-used-twice', column: 'y' },
    ],
    [
      'an input named twice',
      run({ y: [1, 0], x: [1, 2] }, { tasks: y, inputs: ['x', 'x'] }),
      'inputs names column "x" twice',
      { code: 'duplicate-column' },
    ],
    [
      'an input that is ignored',
      run({ y: [1, 0], x: [1, 2] }, { tasks: y, inputs: ['x'], ignore: ['x'] }),
      'both name column "x"',
      { code: 'column-used-twice' },
    ],
    [
      'a categorical column that is no input',
      run({ y: [1, 0], x: [1, 2] }, { tasks: y, categorical: ['y'] }),
      'categorical names column "y", which is not an input',
      { column: 'y' },
    ],
    ['no inputs', run({ y: [1, 0] }, { tasks: y }), "no input column is left; the table's 1 columns are all labels", { code: 'no-inputs' }],
    [
      'text for regression',
      run({ x: [1, 2, 3], y: [1, 'high', 'low'] }, { tasks: { y: regression() } }),
      'Cannot read task "y" (regression) from column "y": expected numbers; row 1 (counted from 0) holds "high"; use multiclass()',
      { code: 'not-a-number', column: 'y', row: 1 },
    ],
    [
      'an infinite target',
      run({ x: [1, 2], y: [1, -Infinity] }, { tasks: { y: regression() } }),
      'expected finite numbers; row 1 (counted from 0) holds -Infinity',
      { code: 'not-finite', column: 'y', row: 1 },
    ],
    [
      'a binary task with three values',
      run({ x: [1, 2, 3, 4], y: [0, 1, 9, 1] }, { tasks: y }),
      'Cannot read task "y" (binary) from column "y": expected exactly 2 distinct values, found 3 distinct values: "0" (1 row), "1" (2 rows), "9" (1 row); use multiclass() or regression(), or declare the extra value as missing',
      { code: 'wrong-classes', column: 'y' },
    ],
    [
      'a binary task with one value',
      run({ x: [1, 2], y: [1, 1] }, { tasks: y }),
      'expected exactly 2 distinct values, found 1 distinct value: "1" (2 rows); nothing can be learned from one value',
      { code: 'wrong-classes', column: 'y' },
    ],
    [
      'a positive value that is not there',
      run({ x: [1, 2], y: ['no', 'yes'] }, { tasks: { y: binary({ positive: 'Yes' }) } }),
      'positive is "Yes", which is not in the column; it holds "no" (1 row), "yes" (1 row)',
      { code: 'wrong-classes' },
    ],
    [
      'a class column with one class',
      run({ x: [1, 2], y: ['a', 'a'] }, { tasks: { y: multiclass() } }),
      'expected at least 2 classes, found 1: "a" (2 rows)',
      { code: 'wrong-classes' },
    ],
    [
      'classes that are measurements',
      run({ x: Array.from({ length: 30 }, (_, i) => i), y: Array.from({ length: 30 }, (_, i) => i / 4) }, { tasks: { y: multiclass() } }),
      'expected classes, found 30 distinct numbers with decimals (0, 0.25, 0.5, ...); use regression()',
      { code: 'wrong-classes' },
    ],
    [
      'all labels missing',
      run({ x: [1, 2], y: [1, 0], z: [null, ''] }, { tasks: { y: binary(), z: regression() } }),
      'Cannot read task "z" (regression) from column "z": all 2 labels are missing; a task needs labels, or leave it out',
      { code: 'no-label', column: 'z' },
    ],
    ['one row', run({ x: [1], y: [1] }, { tasks: y }), 'the table has 1 row; expected at least 2', { code: 'empty-table' }],
    ['an empty table', run({ x: [], y: [] }, { tasks: y }), 'it has 2 columns and no rows', { code: 'empty-table' }],
    [
      'an infinite input',
      run({ x: [1, Infinity], y: [1, 0] }, { tasks: y }),
      'Cannot read input column "x": row 1 (counted from 0) holds Infinity; expected finite numbers',
      { code: 'not-finite', column: 'x', row: 1 },
    ],
    ['text for an infinite input', run({ x: ['1', '-inf'], y: [1, 0] }, { tasks: y }), 'holds -Infinity', { code: 'not-finite', row: 1 }],
    [
      'an undeclared marker among numbers',
      run({ x: [1, 'NA', 3, 'NA', '?'], y: [1, 0, 1, 0, 1] }, { tasks: y }),
      `Cannot read input column "x": it holds numbers and the text "NA" (2 times), "?" (1 times); if that means a missing value, declare it: missing: ['NA', '?']`,
      { code: 'not-a-number', column: 'x', row: 1 },
    ],
    [
      'names as an input',
      run({ who: Array.from({ length: 60 }, (_, i) => `person ${i}`), y: Array.from({ length: 60 }, (_, i) => i % 2) }, { tasks: y }),
      `Cannot read input column "who": it holds text (such as "person 0" in row 0) with 60 distinct values in 60 rows, which looks like names or free text; leave it out (ignore: ['who']) or, if these are categories, say so (categorical: ['who'])`,
      { code: 'too-many-categories', column: 'who' },
    ],
    [
      'a group that is missing',
      run({ x: [1, 2], g: ['a', null], y: [1, 0] }, { tasks: y, groups: 'g' }),
      'groups column "g" has no value in row 1',
      { code: 'missing-value', row: 1 },
    ],
    [
      'a time that is no time',
      run({ x: [1, 2], t: ['2024-01-01', 'soon'], y: [1, 0] }, { tasks: y, time: 't' }),
      'time column "t" holds "soon" in row 1',
      { code: 'not-a-number' },
    ],
    [
      'more tags than positions',
      run({ tags: ['a b c', 'a'] }, { tasks: { tags: tagging() }, inputs: { kind: 'tensor', shape: [2], values: new Float32Array(4) } }),
      'row 0 (counted from 0) has 3 tags, but the input has 2 positions',
      { code: 'unequal-lengths', row: 0 },
    ],
    [
      'a number as tags',
      run({ x: [1, 2], tags: ['a b', 3] }, { tasks: { tags: tagging() } }),
      'row 1 (counted from 0) holds 3',
      { code: 'wrong-classes' },
    ],
    [
      'a tensor of another length',
      run({ y: [1, 0] }, { tasks: y, inputs: { kind: 'tensor', shape: [2, 2], values: new Float32Array(9) } }),
      '2 rows of shape [2, 2] need 8 input values; the tensor has 9',
      { code: 'unequal-lengths' },
    ],
    [
      'a tensor with NaN',
      run({ y: [1, 0] }, { tasks: y, inputs: { kind: 'tensor', shape: [1], values: Float32Array.of(1, Number.NaN) } }),
      'the input tensor holds NaN in row 1',
      { code: 'not-finite', row: 1 },
    ],
    [
      'ids past the vocabulary',
      run({ y: [1, 0] }, { tasks: y, inputs: { kind: 'tensor', shape: [1], values: Float32Array.of(1, 5), vocabulary: 5 } }),
      'ids must be integers from 0 to 4 (vocabulary 5); row 1 (counted from 0) holds 5',
      { row: 1 },
    ],
  ])('%s', (_, make, message, fields) => {
    const error = errorOf(make);
    expect(error.message).toContain(message);
    expect(error).toMatchObject(fields);
    expect(error.message.endsWith('.')).toBe(false);
  });

  it.each<[string, () => TaskData, string]>([
    [
      'an unknown option',
      run({ y: [1, 0], x: [1, 2] }, { tasks: y, input: ['x'] }),
      'taskData(table, options): unknown option "input" (did you mean "inputs"?)',
    ],
    [
      'no options',
      run({ y: [1, 0] }, undefined as never),
      'taskData(table, options): tasks must name at least one task, such as { happy: binary() }; got undefined',
    ],
    ['no tasks', run({ y: [1, 0] }, { tasks: {} }), 'tasks must name at least one task'],
    [
      'a task that is a word',
      run({ y: [1, 0] }, { tasks: { y: 'binary' } }),
      'task "y" must be binary(), count(), multiclass(), ordinal(), proportion(), regression() or tagging(); got "binary"',
    ],
    ['a factory that was not called', run({ y: [1, 0] }, { tasks: { y: binary } }), 'got a function (binary)'],
    [
      'markers that are no array',
      run({ y: [1, 0], x: [1, 2] }, { tasks: y, missing: 'NA' }),
      'missing must be an array of texts and numbers such as [\'NA\', -9], got "NA"',
    ],
    [
      'inputs that are a word',
      run({ y: [1, 0], x: [1, 2] }, { tasks: y, inputs: 'x' }),
      `inputs must be 'rest', an array of column names or a tensor, got "x"`,
    ],
    [
      'a shape that is none',
      run({ y: [1, 0] }, { tasks: y, inputs: { kind: 'tensor', shape: [], values: new Float32Array(2) } }),
      "the input tensor's shape must list the sizes",
    ],
    [
      'values of another type',
      run({ y: [1, 0] }, { tasks: y, inputs: { kind: 'tensor', shape: [1], values: [1, 2] } }),
      'must be a Float32Array; got an array of 2',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});
