import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/cells/data-error';
import { givenSplits } from '../../src/data/given-splits';
import { joinData } from '../../src/data/join-data';
import { fitPreprocessing } from '../../src/data/preprocessing';
import { splitData } from '../../src/data/split';
import { type TaskDataOptions, taskData } from '../../src/data/task-data';
import { binary, multiclass, regression } from '../../src/tasks';

const films = { length: [90, null, 100], land: ['fr', 'us', null], good: [1, 0, 1], score: [7, null, 5] };
const places = { land: ['it', 'fr'], length: [3, 5], stars: ['two', 'one'], good: [0, 1] };
const filmTasks = { good: binary(), score: regression() };
const placeTasks = { good: binary(), stars: multiclass() };

const read = (table: Record<string, readonly unknown[]>, tasks: TaskDataOptions['tasks'], options: Partial<TaskDataOptions> = {}) =>
  taskData(table as Record<string, unknown[]>, { tasks, ...options });

function errorOf(run: () => unknown): DataError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    return error as DataError;
  }
  throw new Error('expected an error');
}

describe('joinData', () => {
  it('is what one table with gaps gives', () => {
    const joined = joinData({ films: read(films, filmTasks), places: read(places, placeTasks) });
    const whole = taskData(
      {
        length: [90, null, 100, 3, 5],
        land: ['fr', 'us', null, 'it', 'fr'],
        good: [1, 0, 1, 0, 1],
        score: [7, null, 5, null, null],
        stars: [null, null, null, 'two', 'one'],
      },
      { tasks: { good: binary(), score: regression(), stars: multiclass() } },
    );
    expect(joined).toEqual(whole);
    expect(fitPreprocessing(joined, [0, 1, 2, 3, 4]).encode(joined)).toEqual(fitPreprocessing(whole, [0, 1, 2, 3, 4]).encode(whole));
  });

  it('joins tensors', () => {
    const part = (values: number[], y: number[]) =>
      taskData({ y }, { tasks: { y: regression() }, inputs: { kind: 'tensor', shape: [2], values: Float32Array.from(values) } });
    const joined = joinData({ a: part([1, 2, 3, 4], [1, 2]), b: part([5, 6, 7, 8], [3, 4]) });
    expect(joined).toEqual(part([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4]));
  });

  it('keeps groups of different sources apart, and every group on one side of a split', () => {
    const of = (groups: string[]) =>
      read({ x: groups.map((_, i) => i % 3), y: groups.map((_, i) => i), who: groups }, { y: regression() }, { groups: 'who' });
    const joined = joinData({ a: of(['p', 'q', 'p', 'q']), b: of(['p', 'r', 'r', 'p']) });
    expect(joined.groups).toEqual(Int32Array.of(0, 1, 0, 1, 2, 3, 3, 2));
    const { train, test } = splitData(joined, { seed: 1 });
    const side = (rows: Int32Array) => new Set(Array.from(rows, (row) => joined.groups![row]));
    for (const group of side(test)) expect(side(train).has(group)).toBe(false);
  });

  it('joins times and markers, and counts rows over the tables with their dropped rows', () => {
    const of = (y: (number | null)[], day: number, marker: string) =>
      read({ x: y.map((_, i) => i * i), y, day: y.map((_, i) => day + i) }, { y: regression() }, { time: 'day', missing: [marker] });
    const joined = joinData({ a: of([1, null, 2], 10, 'NA'), b: of([null, 3, 4], 20, '?') });
    expect(joined.time).toEqual(Float64Array.of(10, 12, 21, 22));
    expect(joined.missing).toEqual(['NA', '?']);
    expect(joined.notes).toEqual([
      'a: 1 of 3 rows have no label for any task: dropped',
      'b: 1 of 3 rows have no label for any task: dropped',
    ]);
    expect(joined.sourceRows).toEqual(Int32Array.of(0, 2, 4, 5));
    expect(givenSplits({ 0: { train: [0, 1, 2, 3, 4], test: [5] } }, joined).get(0)).toEqual({
      train: Int32Array.of(0, 1, 2),
      validation: new Int32Array(0),
      test: Int32Array.of(3),
    });
  });

  it('refuses inputs that differ', () => {
    const a = read(films, filmTasks);
    const lacks = errorOf(() =>
      joinData({ films: a, places: read({ ...places, lenght: places.length, length: [1, 2] }, placeTasks, { ignore: ['length'] }) }),
    );
    expect(lacks.code).toBe('inputs-differ');
    expect(lacks.column).toBe('length');
    expect(lacks.message).toMatch(/^Cannot join data: "places" lacks input column "length", which "films" has \(did you mean "lenght"\?\)/);
    const more = errorOf(() => joinData({ films: a, places: read({ ...places, extra: [1, 2] }, placeTasks) }));
    expect(more.message).toMatch(/"films" lacks input column "extra", which "places" has/);
    const kind = errorOf(() => joinData({ films: a, places: read({ ...places, land: [1, 2] }, placeTasks) }));
    expect(kind.message).toMatch(/input column "land" is numeric in "places" and categorical in "films".*categorical: \['land'\]/);
    const tensor = taskData(
      { y: [1, 2] },
      { tasks: { y: regression() }, inputs: { kind: 'tensor', shape: [1], values: Float32Array.of(1, 2) } },
    );
    expect(errorOf(() => joinData({ films: a, tensor })).message).toMatch(/"films" are table columns, those of "tensor" a tensor/);
    expect(errorOf(() => joinData({ tensor, films: a })).message).toMatch(
      /"tensor" are a tensor with rows of shape \[1\], those of "films" 2 table columns/,
    );
    const grouped = read({ ...places, who: ['p', 'q'] }, placeTasks, { groups: 'who' });
    expect(errorOf(() => joinData({ films: a, grouped })).message).toMatch(/"grouped" has groups, "films" has none/);
  });

  it('refuses other tasks under one name', () => {
    const error = errorOf(() =>
      joinData({ films: read(films, filmTasks), places: read(places, { good: binary({ positive: 0 }), stars: multiclass() }) }),
    );
    expect(error.code).toBe('tasks-differ');
    expect(error.message).toBe(
      'Cannot join data: task "good" is binary (classes 0, 1) in "films" and binary (classes 1, 0) in "places"; if these are two tasks, ' +
        "give one another name, such as 'places good': binary({ column: 'good' }); if they are one, put the tables together before taskData",
    );
    const two = joinData({
      films: read(films, filmTasks),
      places: read(places, { 'place good': binary({ column: 'good' }), stars: multiclass() }),
    });
    expect(two.tasks.map(({ name }) => name)).toEqual(['good', 'score', 'place good', 'stars']);
  });

  it('refuses what is no set of task data', () => {
    const a = read(films, filmTasks);
    expect(() => joinData({ a })).toThrow(/expected two or more task data by name.*got 1$/);
    expect(() => joinData([a, a] as never)).toThrow(TypeError);
    expect(() => joinData({ a, b: films as never })).toThrow(/"b" must be made by taskData/);
  });
});
