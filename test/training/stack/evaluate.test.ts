import { describe, expect, it } from 'vitest';
import type { Evaluated, Which } from '../../../src/training/executors/executor';
import { Evaluation } from '../../../src/training/stack/evaluate';
import { memberOf, rows, setupOf } from './setup';

/** A block is 8 rows, summed 4 at a time. A row's outputs are its number and the place; its losses are `lossOf`, NaN: no label. */
function lookedAt(lossOf: (row: number, task: number) => number = (row) => row) {
  const seen: { which: Which; rows: number[] }[] = [];
  const evaluate = (which: Which, all: Int32Array): Evaluated => {
    seen.push({ which, rows: [...all] });
    const stack = all.length / 8;
    const outputs = Float32Array.from({ length: all.length * 2 }, (_, i) => (i % 2 === 0 ? all[i / 2]! : Math.floor(i / 16)));
    const summed = (of: (row: number, task: number) => number): Float32Array =>
      Float32Array.from({ length: stack * 2 * 2 }, (_, i) => {
        const [block, task] = [Math.floor(i / 2), i % 2];
        const own = [...all.subarray(block * 4, block * 4 + 4)].filter((row) => row < 60 && !Number.isNaN(lossOf(row, task)));
        return own.reduce((sum, row) => sum + of(row, task), 0);
      });
    return { outputs, sums: summed(lossOf), counts: summed(() => 1) };
  };
  return { seen, executor: { evaluate } };
}

describe('evaluation', () => {
  const members = [
    memberOf({ predict: rows(0, 11), validation: rows(20, 31) }),
    memberOf({ predict: rows(40, 43), validation: rows(50, 52) }),
  ];
  const setup = setupOf(members);

  it('predicts the rows of every model, block by block, each as many as it has', () => {
    const { executor, seen } = lookedAt();
    const outputs = new Evaluation(setup, { alive: [0, 1], executor }).outputs('best');
    expect(outputs.map((own) => [...own])).toEqual([
      [...rows(0, 11)].flatMap((row) => [row, 0]),
      [...rows(40, 43)].flatMap((row) => [row, 1]),
    ]);
    expect(seen.map(({ which }) => which)).toEqual(['best', 'best']);
    expect(seen[1]!.rows).toEqual([8, 9, 10, ...new Array(5).fill(60), ...new Array(8).fill(60)]);
    // One that is left alone has the first place.
    const [alone] = new Evaluation(setup, { alive: [1], executor }).outputs('current');
    expect([...alone!]).toEqual([...rows(40, 43)].flatMap((row) => [row, 0]));
  });

  it('averages validation losses over the rows that have a label', () => {
    const { executor } = lookedAt((row, task) => (task === 0 ? row : row % 2 === 0 ? 100 : Number.NaN));
    const losses = new Evaluation(setup, { alive: [0, 1], executor }).validationLosses();
    expect(losses).toEqual([
      [25, 100],
      [50.5, 100],
    ]);
  });

  it('tells no label from a loss that is not finite', () => {
    const { executor } = lookedAt((_, task) => (task === 0 ? Number.NaN : Number.NEGATIVE_INFINITY));
    expect(new Evaluation(setup, { alive: [1], executor }).validationLosses()).toEqual([[Number.NaN, Number.POSITIVE_INFINITY]]);
  });

  it('looks at the first training rows', () => {
    const { executor, seen } = lookedAt();
    const sums = new Evaluation(setup, { alive: [0, 1], executor }).trainingSums('current');
    expect(sums).toEqual([
      [28, 28],
      [28, 28],
    ]);
    expect(seen[0]!.rows.slice(8)).toEqual([...rows(0, 8)]);
  });
});
