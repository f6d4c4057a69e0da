import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/cells/data-error';
import { givenSplits } from '../../src/data/given-splits';
import { taskData } from '../../src/data/task-data';
import { binary } from '../../src/tasks';

const data = taskData({ x: [1, 2, 3, 4, 5], y: [0, 1, 0, 1, 0] }, { tasks: { y: binary() } });

describe('givenSplits', () => {
  it('reads splits by seed, sorted, bare or under "splits"', () => {
    const splits = { 10: { train: [4, 0], test: [2] }, 2: { train: [0, 1], validation: [3], test: [2, 4] } };
    for (const json of [splits, { data: 'toy', rows: 5, splits }]) {
      const read = givenSplits(json, data);
      expect([...read.keys()]).toEqual([2, 10]);
      expect(read.get(10)).toEqual({ train: Int32Array.of(0, 4), validation: Int32Array.of(), test: Int32Array.of(2) });
      expect(read.get(2)).toEqual({ train: Int32Array.of(0, 1), validation: Int32Array.of(3), test: Int32Array.of(2, 4) });
    }
  });

  it('takes an array of splits as seeds 0, 1, ... in its order', () => {
    const list = [
      { train: [4, 0], test: [2] },
      { train: [0, 1], validation: [3], test: [2, 4] },
    ];
    const expected = [...givenSplits({ 0: list[0], 1: list[1] }, data)];
    expect([...givenSplits(list, data)]).toEqual(expected);
    expect([...givenSplits({ splits: list }, data)]).toEqual(expected);
    expect(() => givenSplits([], data)).toThrow('or an array of such splits; got');
    expect(() => givenSplits([list[0], { train: [0], test: [7] }], data)).toThrow('Cannot read the split of seed 1: "test" holds 7');
  });

  it('counts rows of the table, where taskData dropped some', () => {
    const gaps = taskData({ x: [1, 2, 3, 4, 5], y: [0, null, 0, 1, null] }, { tasks: { y: binary() } });
    const split = givenSplits({ 0: { train: [0, 1, 3], test: [2, 4] } }, gaps).get(0)!;
    expect(split).toEqual({ train: Int32Array.of(0, 2), validation: Int32Array.of(), test: Int32Array.of(1) });
    expect(() => givenSplits({ 0: { train: [0, 3], test: [1, 4] } }, gaps)).toThrow(
      'Cannot read the split of seed 0: "test" has no row with a label',
    );
  });

  it.each<[string, unknown, string]>([
    [
      'an index out of range',
      { 3: { train: [0, 5], test: [1] } },
      `Cannot read the split of seed 3: "train" holds 5 at position 1; the table's 5 rows have indices 0 to 4`,
    ],
    ['a negative index', { 3: { train: [0], test: [-1] } }, '"test" holds -1 at position 0'],
    ['an index that is no integer', { 3: { train: [0, '1'], test: [2] } }, '"train" holds "1" at position 1'],
    ['overlap', { 3: { train: [0, 1], test: [1, 2] } }, 'row 1 is in "train" and in "test"; every row may be used once'],
    ['repetition', { 3: { train: [0, 1, 0], test: [2] } }, 'row 0 is twice in "train"'],
    ['an empty part', { 3: { train: [0, 1], test: [] } }, '"test" has no rows'],
    ['a seed that is none', { first: { train: [0], test: [1] } }, 'keys must be seeds, non-negative integers; got "first"'],
  ])('refuses %s', (_, json, message) => {
    expect(() => givenSplits(json, data)).toThrow(DataError);
    expect(() => givenSplits(json, data)).toThrow(message);
  });

  it('refuses what is no split', () => {
    expect(() => givenSplits([], data)).toThrow(
      'expected an object by seed such as { "0": { "train": [0, 1], "test": [2] } }, or an array of such splits; got an array of 0',
    );
    expect(() => givenSplits({ 0: [1, 2] }, data)).toThrow(
      'Cannot read the split of seed 0: expected { "train": [...], "test": [...] }; got an array of 2',
    );
    expect(() => givenSplits({ 0: { train: [0], valid: [1], test: [2] } }, data)).toThrow(
      'unknown part "valid"; known: train, validation, test',
    );
    expect(() => givenSplits({ 0: { train: [0] } }, data)).toThrow('"test" must be an array of row indices; got undefined');
  });

  it('refuses a training part without a label of a task', () => {
    const two = taskData({ x: [1, 2, 3], y: [0, 1, 0], z: [null, null, 1], w: [0, 1, 1] }, { tasks: { y: binary(), w: binary() } });
    expect(givenSplits({ 0: { train: [0, 1], test: [2] } }, two).size).toBe(1);
    const sparse = taskData({ x: [1, 2, 3, 4], y: [0, 1, 0, 1], z: [null, null, 1, 0] }, { tasks: { y: binary(), z: binary() } });
    expect(() => givenSplits({ 7: { train: [0, 1], test: [2, 3] } }, sparse)).toThrow(
      'Task "z" has no label in the training part of the given split of seed 7',
    );
  });
});
