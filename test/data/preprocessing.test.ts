import { DataFrame } from 'danfojs-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitPreprocessing, preprocessingFromJSON } from '../../src/data/preprocessing';
import type { TaskData } from '../../src/data/task-data';
import { taskData } from '../../src/data/task-data';
import { binary } from '../../src/tasks';

const table = {
  a: [1, 2, 4, 9, 1000],
  gap: [1, null, 3, 5, null],
  flat: [0.1, 0.1, 0.1, 7, 7],
  color: ['red', 'blue', null, 'red', 'green'],
  y: [0, 1, 0, 1, 0],
};
const data = taskData(table, { tasks: { y: binary() } });
const train = [0, 1, 2, 3];

describe('fitPreprocessing', () => {
  it('standardizes by the training rows as scikit-learn does, imputes the mean and marks what was missing', () => {
    const encoder = fitPreprocessing(data, train);
    expect(encoder.names).toEqual(['a', 'gap', 'gap (missing)', 'flat', 'color=blue', 'color=red']);
    expect(encoder.features).toBe(6);
    expect(encoder.shape).toEqual([6]);
    const x = encoder.encode(data);
    const column = (f: number): number[] => Array.from({ length: 5 }, (_, row) => x[row * 6 + f]!);
    // scikit-learn 1.9.1: StandardScaler().fit([[1], [2], [4], [9]]).transform([[1], [2], [4], [9], [1000]])
    // Float32: half a unit in the last place of 323 is 1.5e-5.
    [-0.9733285267845753, -0.6488856845230502, 0, 1.6222142113076254, 323.145070892479].forEach((value, row) => {
      expect(column(0)[row]).toBeCloseTo(value, 4);
    });
    // StandardScaler ignores NaN in fit: [[1], [nan], [3], [5]] has mean 3 and deviation 1.632993161855452.
    [-1.224744871391589, 0, 0, 1.224744871391589, 0].forEach((value, row) => {
      expect(column(1)[row]).toBeCloseTo(value, 6);
    });
    expect(column(2)).toEqual([0, 1, 0, 0, 1]);
    expect(column(4)).toEqual([0, 1, 0, 0, 0]);
    expect(column(5)).toEqual([1, 0, 0, 1, 0]);
  });

  it('encodes a column that is constant in the training rows as 0', () => {
    const x = fitPreprocessing(data, [0, 1, 2]).encode(data);
    const flat = fitPreprocessing(data, [0, 1, 2]).names.indexOf('flat');
    expect(Array.from({ length: 5 }, (_, row) => x[row * 6 + flat])).toEqual([0, 0, 0, 0, 0]);
  });

  it('leaves the indicators out when asked, and where nothing or everything is missing', () => {
    expect(fitPreprocessing(data, train, { indicators: false }).names).toEqual(['a', 'gap', 'flat', 'color=blue', 'color=red']);
    expect(fitPreprocessing(data, [0, 2, 3]).names).not.toContain('gap (missing)');
    expect(fitPreprocessing(data, [1, 4]).names).not.toContain('gap (missing)');
    expect(Array.from(fitPreprocessing(data, [1, 4]).encode({ ...table, gap: [3, 3, 3, 3, 3] })).every(Number.isFinite)).toBe(true);
  });

  it('never looks at other rows than the training rows', () => {
    const cell = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), fc.constant(null));
    const word = fc.constantFrom('a', 'b', 'c', null);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, word, cell, word), { minLength: 4, maxLength: 30 }), (rows) => {
        const half = Math.ceil(rows.length / 2);
        const y = rows.map((_, i) => i % 2);
        const make = (other: boolean): TaskData => {
          const pick = (i: number, mine: number): unknown => (i < half || !other ? rows[i]![mine] : rows[i]![mine + 2]);
          const columns = { x: rows.map((_, i) => pick(i, 0)), c: rows.map((_, i) => pick(i, 1)), y };
          return taskData(columns, { tasks: { y: binary() }, categorical: ['c'] });
        };
        const first = Array.from({ length: half }, (_, i) => i);
        const [one, two] = [fitPreprocessing(make(false), first), fitPreprocessing(make(true), first)];
        expect(two.toJSON()).toEqual(one.toJSON());
        expect(two.encode(make(true), first)).toEqual(one.encode(make(false), first));
      }),
    );
  });

  it('takes rows in any order and more than once', () => {
    const encoder = fitPreprocessing(data, train);
    const all = encoder.encode(data);
    const some = encoder.encode(data, [3, 0, 3]);
    expect(Array.from(some)).toEqual([3, 0, 3].flatMap((row) => Array.from(all.subarray(row * 6, row * 6 + 6))));
  });

  it('encodes new tables like the data, whatever their column order, and ignores further columns', () => {
    const encoder = fitPreprocessing(data, train);
    const { a, gap, flat, color } = table;
    const fresh = { extra: [0, 0, 0, 0, 0], color, flat, gap, a };
    expect(encoder.encode(fresh)).toEqual(encoder.encode(data));
    expect(encoder.encode(new DataFrame(fresh))).toEqual(encoder.encode(data));
    expect(encoder.encode([{ a: '4', gap: '', flat: '0.1', color: 'blue' }])).toEqual(
      encoder.encode({ a: [4], gap: [null], flat: [0.1], color: ['blue'] }),
    );
  });

  it('gives an unknown or missing category no feature', () => {
    const x = fitPreprocessing(data, train).encode({
      a: [4, 4, 4],
      gap: [3, 3, 3],
      flat: [0.1, 0.1, 0.1],
      color: ['violet', null, 'green'],
    });
    for (let row = 0; row < 3; row++) expect(Array.from(x.subarray(row * 6 + 4, row * 6 + 6))).toEqual([0, 0]);
  });

  it('obeys the markers declared for the training table', () => {
    const marked = taskData({ x: [1, -9, 3, 5], y: [0, 1, 0, 1] }, { tasks: { y: binary() }, missing: [-9, 'unknown'] });
    const encoder = preprocessingFromJSON(JSON.parse(JSON.stringify(fitPreprocessing(marked, [0, 1, 2, 3]))));
    expect(Array.from(encoder.encode({ x: [-9, 'unknown', 3] }))).toEqual([0, 1, 0, 1, 0, 0]);
  });

  it('survives JSON', () => {
    const encoder = fitPreprocessing(data, train);
    const again = preprocessingFromJSON(JSON.parse(JSON.stringify(encoder)));
    expect(again.names).toEqual(encoder.names);
    expect(again.encode(data)).toEqual(encoder.encode(data));
    expect(() => preprocessingFromJSON({ version: 2, kind: 'table' })).toThrow("expected what an encoder's toJSON() returned (version 1)");
    expect(() => preprocessingFromJSON({ version: 1, kind: 'table', columns: [{ name: 'a', kind: 'numeric' }], missing: [] })).toThrow(
      TypeError,
    );
  });

  it('passes a tensor as it is', () => {
    const tensor = { kind: 'tensor', shape: [2, 2], values: Float32Array.from({ length: 12 }, (_, i) => i), vocabulary: 20 } as const;
    const images = taskData({ y: [1, 0, 1] }, { tasks: { y: binary() }, inputs: tensor });
    const encoder = preprocessingFromJSON(JSON.parse(JSON.stringify(fitPreprocessing(images, [0, 1]))));
    expect([encoder.features, encoder.shape, encoder.vocabulary]).toEqual([4, [2, 2], 20]);
    expect(encoder.encode(images, [2, 0])).toEqual(Float32Array.of(8, 9, 10, 11, 0, 1, 2, 3));
    expect(encoder.encode({ ...tensor, values: tensor.values.slice(4, 8) })).toEqual(Float32Array.of(4, 5, 6, 7));
    expect(() => encoder.encode({ a: [1] })).toThrow('expected a tensor with rows of shape [2, 2]; got a table');
    expect(() => encoder.encode({ ...tensor, shape: [4] })).toThrow('got a tensor of shape [4]');
    expect(() => fitPreprocessing(data, train).encode(tensor)).toThrow('the encoder was fitted on table columns; got a tensor');
  });

  it('refuses tables that do not fit, and rows that are not there', () => {
    const encoder = fitPreprocessing(data, train);
    const { a, gap, flat, color } = table;
    expect(() => encoder.encode({ a, gap, colour: color, flat })).toThrow(
      'Cannot encode the inputs: input column "color" is not in the table (did you mean "colour"?); the model was trained with it',
    );
    expect(() => encoder.encode({ a: [1, 'two', 3, 4, 5], gap, color, flat })).toThrow(
      'Cannot encode the inputs: column "a" held numbers in training; row 1 (counted from 0) holds "two"',
    );
    expect(() => encoder.encode({ a: [1, 2, 3, 4, Infinity], gap, color, flat })).toThrow('column "a" holds Infinity in row 4');
    expect(() => encoder.encode(data, [5])).toThrow('row indices must be integers from 0 to 4; got 5 at position 0');
    expect(() => fitPreprocessing(data, [])).toThrow('fitPreprocessing(data, trainRows): expected at least one row');
    expect(() => fitPreprocessing(data, [-1])).toThrow(RangeError);
    expect(() => fitPreprocessing(data, train, { indicator: false } as never)).toThrow(
      'unknown option "indicator" (did you mean "indicators"?)',
    );
  });
});
