import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/cells/data-error';
import { datasets } from '../../src/data/datasets';
import { kFold, type SplitOptions, splitData } from '../../src/data/split';
import type { Split, TaskData } from '../../src/data/task-data';
import { taskData } from '../../src/data/task-data';
import { random } from '../../src/random/random';
import { binary, multiclass, regression } from '../../src/tasks';

function expectPartition({ train, validation, test }: Split, rows: number): void {
  const all = [...train, ...validation, ...test].sort((a, b) => a - b);
  expect(all).toEqual(Array.from({ length: rows }, (_, i) => i));
  for (const part of [train, validation, test]) expect(Array.from(part)).toEqual(Array.from(part).sort((a, b) => a - b));
}

const count = (values: Float64Array, rows: Int32Array, code: number): number => rows.filter((row) => values[row] === code).length;

/** 200 rows: a rare binary task, a task with half its labels missing, a 4-class task and a regression. */
function mixedData(): TaskData {
  const stream = random(7, 'mixed');
  const rows = 200;
  const column = <T>(draw: (i: number) => T): T[] => Array.from({ length: rows }, (_, i) => draw(i));
  return taskData(
    {
      x: column(() => stream.normal()),
      rare: column((i) => (i < 9 ? 1 : 0)),
      half: column(() => (stream.uniform() < 0.5 ? null : stream.below(2))),
      kind: column(() => ['a', 'b', 'c', 'd'][Math.floor(4 * stream.uniform() ** 2)]),
      value: column(() => stream.normal()),
    },
    { tasks: { rare: binary(), half: binary(), kind: multiclass(), value: regression() } },
  );
}

describe('splitData', () => {
  const data = mixedData();

  it('gives parts of exactly the rounded sizes that cover every row once', () => {
    for (let seed = 0; seed < 20; seed++) {
      for (const by of ['stratified', 'random'] as const) {
        const split = splitData(data, { test: 0.3, validation: 0.15, seed, by });
        expectPartition(split, 200);
        expect([split.train.length, split.validation.length, split.test.length]).toEqual([110, 30, 60]);
      }
    }
    expect(splitData(data, { seed: 0 }).test).toHaveLength(60);
    expect(splitData(data, { seed: 0 }).validation).toHaveLength(0);
  });

  it('gives the same split for the same seed and another for another', () => {
    expect(splitData(data, { seed: 3 })).toEqual(splitData(data, { seed: 3 }));
    expect(splitData(data, { seed: 3 })).not.toEqual(splitData(data, { seed: 4 }));
    expect(splitData(data, { seed: 3, by: 'random' })).not.toEqual(splitData(data, { seed: 3 }));
  });

  it('divides rare labels and tasks with missing labels evenly', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { train, test } = splitData(data, { test: 0.3, seed });
      // The rarest stratum (9 positives): 2.7 due to the test part, so 2 or 3.
      expect([2, 3]).toContain(count(data.labels[0]!.values, test, 1));
      const half = data.labels[1]!.values;
      const known = half.filter((value) => !Number.isNaN(value)).length;
      const inTest = test.filter((row) => !Number.isNaN(half[row]!)).length;
      expect(Math.abs(inTest - 0.3 * known)).toBeLessThanOrEqual(3);
      expect(train.length).toBe(140);
    }
  });

  it('divides a single task of several classes to within the number of classes, its rarest class to within one row', () => {
    // A greedy division by the largest lack leaves each part less than one row from its share of the class divided first.
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 20, maxLength: 120 }).filter((labels) => new Set(labels).size > 1),
        fc.constantFrom(0.2, 0.3, 0.5),
        fc.nat(1000),
        (labels, share, seed) => {
          const source = taskData({ x: labels.map((_, i) => i), y: labels.map((v) => `c${v}`) }, { tasks: { y: multiclass() } });
          const { values } = source.labels[0]!;
          const { test } = splitData(source, { test: share, seed });
          const fraction = test.length / labels.length;
          const totals = source.tasks[0]!.classes.map((_, code) => values.filter((value) => value === code).length);
          const off = totals.map((total, code) => Math.abs(count(values, test, code) - total * fraction));
          const least = Math.min(...totals);
          expect(Math.min(...off.filter((_, code) => totals[code] === least))).toBeLessThan(1);
          for (const value of off) expect(value).toBeLessThan(totals.length);
        },
      ),
    );
  });

  it('keeps label proportions of emotions closer than chance does', async () => {
    const set = await datasets.emotions();
    const emotions = taskData(set.columns, set.options);
    const off = (by: 'stratified' | 'random'): number => {
      let sum = 0;
      for (let seed = 0; seed < 10; seed++) {
        const { test } = splitData(emotions, { test: 0.3, seed, by });
        for (const { values } of emotions.labels) {
          const rate = values.reduce((a, b) => a + b, 0) / 593;
          sum += Math.abs(count(values, test, 1) / test.length - rate) / 60;
        }
      }
      return sum;
    };
    // Chance: a hypergeometric share of 178 of 593 rows at rate about 0.31 has mean absolute deviation about 0.023.
    expect(off('random')).toBeGreaterThan(0.015);
    expect(off('stratified')).toBeLessThan(0.005);
  });

  it('bins regressions: every quantile of the targets is in both parts', () => {
    const values = data.labels[3]!.values;
    const sorted = Array.from(values).sort((a, b) => a - b);
    const { test } = splitData(data, { test: 0.3, seed: 1 });
    for (let q = 0; q < 5; q++) {
      const [low, high] = [sorted[q * 40]!, sorted[q * 40 + 39]!];
      const inBin = test.filter((row) => values[row]! >= low && values[row]! <= high).length;
      expect(Math.abs(inBin - 12)).toBeLessThanOrEqual(3);
    }
  });

  it('keeps groups together, near the sizes asked for, with other groups for other seeds', () => {
    const stream = random(1, 'groups');
    const groups = Array.from({ length: 300 }, () => `g${stream.below(25)}`);
    const y = groups.map((g) => (Number(g.slice(1)) % 5 === 0 ? stream.below(2) : Number(stream.uniform() < 0.2)));
    const grouped = taskData({ x: y.map((_, i) => i), g: groups, y }, { tasks: { y: binary() }, groups: 'g' });
    const tests = new Set<string>();
    for (let seed = 0; seed < 10; seed++) {
      const split = splitData(grouped, { test: 0.3, validation: 0.2, seed });
      expectPartition(split, 300);
      const sets = [split.train, split.validation, split.test].map((rows) => new Set(Array.from(rows, (row) => groups[row])));
      for (const group of sets[0]!) expect(sets[1]!.has(group) || sets[2]!.has(group)).toBe(false);
      for (const group of sets[1]!) expect(sets[2]!.has(group)).toBe(false);
      expect(Math.abs(split.test.length - 90)).toBeLessThanOrEqual(15);
      expect(Math.abs(split.validation.length - 60)).toBeLessThanOrEqual(15);
      tests.add(split.test.join());
    }
    expect(tests.size).toBeGreaterThan(5);
  });

  it('tests on the latest rows, validates before them, and never divides rows of one time', () => {
    const time = [9, 1, 8, 2, 7, 3, 6, 4, 5, 5];
    const timed = taskData({ x: time, t: time, y: time.map((v) => v % 2) }, { tasks: { y: binary() }, time: 't' });
    const split = splitData(timed, { test: 0.3, validation: 0.2, seed: 5 });
    expect(Array.from(split.test, (row) => time[row])).toEqual([9, 8, 7]);
    expect(Array.from(split.validation, (row) => time[row]).sort()).toEqual([6]);
    expect(Array.from(split.train, (row) => time[row]).sort()).toEqual([1, 2, 3, 4, 5, 5]);
    expect(splitData(timed, { test: 0.3, validation: 0.2, seed: 6 })).toEqual(split);
    const same = taskData({ x: time, t: time.map(() => 1), y: time.map((v) => v % 2) }, { tasks: { y: binary() }, time: 't' });
    expect(() => splitData(same, { seed: 0 })).toThrow('too many rows share one time');
  });

  it('refuses a split whose training part has no label of a task, naming task and seed', () => {
    const time = [1, 2, 3, 4];
    const late = taskData(
      { t: time, x: time, a: [0, 1, 0, 1], b: [null, null, null, 5] },
      { tasks: { a: binary(), b: regression() }, time: 't' },
    );
    expect(() => splitData(late, { test: 0.25, seed: 8 })).toThrow(
      new DataError(
        'no-label',
        'Task "b" has no label in the training part of the split with seed 8: all 1 of its labels (column "b") are in the other parts; give it more labels or another split',
        { column: 'b' },
      ),
    );
  });

  it('refuses options that make no sense', () => {
    const wrong =
      (options: object): (() => Split) =>
      () =>
        splitData(data, options as SplitOptions);
    expect(wrong({ seed: 0, test: 0 })).toThrow('test must be a number in (0, 1), got 0');
    expect(wrong({ seed: 0, test: 30 })).toThrow(RangeError);
    expect(wrong({ seed: 0, test: 0.6, validation: 0.4 })).toThrow('validation must leave rows to train on; got 0.4 with test 0.6');
    expect(wrong({ seed: -1 })).toThrow('seed must be an integer of at least 0, got -1');
    expect(wrong({ seed: 0, by: 'groups' })).toThrow(`by must be 'stratified', 'random', 'group' or 'time', got "groups"`);
    expect(wrong({ seed: 0, by: 'group' })).toThrow('the data has no groups; name their column in taskData({ groups })');
    expect(wrong({ seed: 0, by: 'time' })).toThrow('the data has no times; name their column in taskData({ time })');
    expect(wrong({ seed: 0, tets: 0.3 })).toThrow('unknown option "tets" (did you mean "test"?)');
    const three = taskData({ x: [1, 2, 3], y: [0, 1, 0] }, { tasks: { y: binary() } });
    expect(() => splitData(three, { seed: 0, test: 0.1 })).toThrow(
      'Cannot split 3 rows with test 0.1: a part would be empty (training 3, validation 0, test 0 rows)',
    );
    const two = taskData({ x: [1, 2, 3], g: [1, 1, 1], y: [0, 1, 0] }, { tasks: { y: binary() }, groups: 'g' });
    expect(() => splitData(two, { seed: 0 })).toThrow('there are 1 groups for 2 parts');
  });
});

describe('kFold', () => {
  const data = mixedData();

  it('tests every row once, in parts of nearly equal size with even labels', () => {
    const folds = kFold(data, 6, 2);
    expect(folds.map((fold) => fold.test.length).sort()).toEqual([33, 33, 33, 33, 34, 34]);
    expect(folds.flatMap((fold) => Array.from(fold.test)).sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    for (const fold of folds) {
      expectPartition(fold, 200);
      // 9 positives over 6 folds: 1 or 2 each.
      expect([1, 2]).toContain(count(data.labels[0]!.values, fold.test, 1));
    }
    expect(kFold(data, 6, 2)).toEqual(folds);
    expect(kFold(data, 6, 3)).not.toEqual(folds);
  });

  it('leaves one group out where there are as many folds as groups', () => {
    const g = [0, 0, 1, 1, 1, 2, 3, 3];
    const grouped = taskData({ x: g, g, y: [0, 1, 0, 1, 1, 0, 1, 0] }, { tasks: { y: binary() }, groups: 'g' });
    const tests = kFold(grouped, 4, 0).map((fold) => new Set(Array.from(fold.test, (row) => g[row])));
    expect(tests.every((groups) => groups.size === 1)).toBe(true);
    expect(new Set(tests.flatMap((groups) => [...groups])).size).toBe(4);
  });

  it('refuses fold counts out of range and data with times', () => {
    expect(() => kFold(data, 1, 0)).toThrow('folds must be an integer from 2 to the 200 rows; got 1');
    expect(() => kFold(data, 201, 0)).toThrow(RangeError);
    const timed = taskData({ x: [1, 2, 3], t: [1, 2, 3], y: [0, 1, 0] }, { tasks: { y: binary() }, time: 't' });
    expect(() => kFold(timed, 2, 0)).toThrow('they would train on the future');
  });
});
