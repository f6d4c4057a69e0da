import { describe, expect, it } from 'vitest';
import { taskData } from '../../src/data/task-data';
import { planObservations } from '../../src/study/observations';
import { binary } from '../../src/tasks/kinds/binary';
import { tinyData } from './support/tiny-study';

const data = tinyData();
const plan = (options: Parameters<typeof planObservations>[2], validation = 0, table = data) =>
  planObservations('compare', table, options, validation);
const same = (a: Int32Array, b: Int32Array): boolean => a.length === b.length && a.every((row, i) => row === b[i]);

describe('planObservations', () => {
  it('varies both by default, with the correlation of overlapping training sets', () => {
    const { list, rho } = plan({ seeds: 4 });
    expect(list.map(({ seed, trainingSeed }) => [seed, trainingSeed])).toEqual([0, 1, 2, 3].map((seed) => [seed, seed]));
    expect(same(list[0]!.split.test, list[1]!.split.test)).toBe(false);
    // test / (train + test), Nadeau and Bengio 2003.
    expect(rho).toBeCloseTo(0.3, 12);
  });

  it('varies the split alone', () => {
    const { list, rho, notes } = plan({ seeds: [7, 3], vary: 'split' });
    expect(list.map(({ trainingSeed }) => trainingSeed)).toEqual([7, 7]);
    expect(same(list[0]!.split.test, list[1]!.split.test)).toBe(false);
    expect(rho).toBeCloseTo(0.3, 12);
    expect(notes.join()).toContain('seed 7');
  });

  it('varies the initialization alone: one split, nothing shared between seeds but that', () => {
    const { list, rho, notes } = plan({ seeds: [7, 3], vary: 'initialization' });
    expect(list.map(({ trainingSeed }) => trainingSeed)).toEqual([7, 3]);
    expect(same(list[0]!.split.test, list[1]!.split.test)).toBe(true);
    expect(same(list[0]!.split.test, plan({ seeds: [7] }).list[0]!.split.test)).toBe(true);
    expect(rho).toBe(0);
    expect(notes.join()).toContain('others were not tried');
  });

  it('makes repeated folds: every row tested once a repeat, validation from the training rows alone', () => {
    const { list, rho, splits } = plan({ design: { folds: 4, repeats: 2 } }, 0.2);
    expect(list.map(({ seed, repeat, fold }) => [seed, repeat, fold])).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((i) => [i, Math.floor(i / 4), i % 4]),
    );
    for (const repeat of [0, 1]) {
      const tested = list.filter((one) => one.repeat === repeat).flatMap(({ split }) => [...split.test]);
      expect(tested.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    }
    for (const { split } of list) {
      expect(split.validation).toHaveLength(9);
      const all = [...split.train, ...split.validation, ...split.test].sort((a, b) => a - b);
      expect(all).toEqual(Array.from({ length: 60 }, (_, i) => i));
    }
    // 1 / folds, as Bouckaert and Frank (2004) take it.
    expect(rho).toBeCloseTo(1 / 4, 12);
    expect(splits).toBe('2 x 4-fold cross-validation');
    expect(same(list[0]!.split.test, list[4]!.split.test)).toBe(false);
  });

  it('keeps groups on one side when it takes validation rows from folds', () => {
    const groups = Array.from({ length: 60 }, (_, i) => Math.floor(i / 3));
    const table = taskData(
      { x: groups.map((g) => g * 1.5), y: groups.map((g) => g % 2), who: groups },
      { tasks: { y: binary() }, groups: 'who' },
    );
    for (const { split } of plan({ design: { folds: 3 } }, 0.25, table).list) {
      const of = (rows: Int32Array): Set<number> => new Set([...rows].map((row) => groups[row]!));
      const parts = [of(split.train), of(split.validation), of(split.test)];
      for (const [i, part] of parts.entries())
        for (const other of parts.slice(i + 1)) expect([...part].filter((g) => other.has(g))).toEqual([]);
    }
  });

  it('takes given splits', () => {
    const splits = { 5: { train: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], test: [20, 21, 22] } };
    const { list, rho } = plan({ splits }, 0.2);
    expect(list[0]!.seed).toBe(5);
    expect(list[0]!.split.validation).toHaveLength(2);
    expect(rho).toBe(0);
  });

  it('has no bound by chance where test sets are one, or two that alternate; else the mean over all splits', () => {
    const rowsFrom = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => (from + i) % 60);
    const split = (from: number, count: number) => ({ test: rowsFrom(from, count), train: rowsFrom(from + count, 60 - count) });
    // The same test rows, other training rows.
    const same = Array.from({ length: 6 }, (_, s) => ({ test: rowsFrom(0, 18), train: rowsFrom(18 + s, 30).filter((row) => row >= 18) }));
    expect(plan({ splits: same }).rho).toBe(0);
    expect(plan({ splits: Array.from({ length: 10 }, (_, s) => split(s % 2 === 0 ? 0 : 20, 18)) }).rho).toBe(0);
    // Test parts of 12 and 24 rows: 1/5 and 2/5, not the first one's.
    const mixed = Array.from({ length: 10 }, (_, s) => split(11 * s, s % 2 === 0 ? 12 : 24));
    expect(plan({ splits: mixed }).rho).toBeCloseTo(0.3, 12);
    // Random ones are taken for what they are.
    for (const seeds of [2, 5, 20]) expect(plan({ seeds }).rho).toBeCloseTo(0.3, 2);
  });

  it('refuses what does not go together', () => {
    expect(() => plan({ seeds: 3, design: { folds: 3 } })).toThrow(/seeds has no use with design.*raise design.repeats/);
    expect(() => plan({ test: 0.2, design: { folds: 3 } })).toThrow(/test has no use with design/);
    expect(() => plan({ vary: 'initialization', design: { folds: 3 } })).toThrow(/folds are different splits/);
    expect(() => plan({ design: { fold: 3 } as never })).toThrow(/unknown option "fold".*did you mean "folds"/);
    expect(() => plan({ design: { folds: 1 } })).toThrow(/design.folds must be an integer of at least 2/);
    expect(() => plan({ vary: 'nothing' as never })).toThrow(/vary must be/);
    expect(() => plan({ seeds: [1, 1] })).toThrow(/seed 1 is there twice/);
    expect(() => plan({ splits: { 0: { train: [0, 1], test: [2] } }, seeds: [3] })).toThrow();
  });
});
