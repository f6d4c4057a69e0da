import { describe, expect, it } from 'vitest';
import { random } from '../../../src/random/random';
import { Batches, computedBatch } from '../../../src/training/stack/batches';

const PADDING = 99;
const rows = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i);

/** All rows of an epoch of a model, batch by batch. */
function epochOf(batches: Batches, member: number, epoch: number): number[][] {
  return Array.from({ length: batches.perEpoch }, (_, k) => {
    const out = new Int32Array(batches.size);
    const count = batches.copy(member, epoch, k, out);
    expect([...out.subarray(count)]).toEqual(new Array(batches.size - count).fill(PADDING));
    return [...out.subarray(0, count)];
  });
}

describe('batches', () => {
  const members = [
    { seed: 1, train: rows(0, 20) },
    { seed: 1, train: rows(30, 50) },
    { seed: 2, train: rows(0, 9) },
  ];
  const batches = new Batches(members, { epochs: 3, batchSize: 8 }, PADDING);

  it('are as many as the rows of each model need', () => {
    expect([batches.size, batches.perEpoch]).toEqual([8, 3]);
    expect(batches.stepsOf).toEqual([3, 3, 2]);
    expect(batches.totalSteps).toEqual([9, 9, 6]);
  });

  it('have every row once an epoch, in another order each time; a model without a batch left has none', () => {
    for (const [s, { train }] of members.entries()) {
      const epochs = [0, 1].map((epoch) => epochOf(batches, s, epoch));
      for (const epoch of epochs) expect(epoch.flat().sort((a, b) => a - b)).toEqual([...train]);
      expect(epochs[0]).not.toEqual(epochs[1]);
    }
    expect(epochOf(batches, 2, 0).map((batch) => batch.length)).toEqual([8, 1, 0]);
  });

  it('are ordered by seed and number of rows, whatever the rows are, and whenever they are asked for', () => {
    const [first, second] = [epochOf(batches, 0, 2), epochOf(batches, 1, 2)];
    expect(second.map((batch) => batch.map((row) => row - 30))).toEqual(first);
    const alone = new Batches([members[1]!], { epochs: 3, batchSize: 8 }, PADDING);
    expect(epochOf(alone, 0, 2)).toEqual(second);
    expect(epochOf(batches, 0, 2)).toEqual(first);
  });

  it('count the steps of each model: one that has none left waits before its next', () => {
    expect([0, 1, 2].map((k) => batches.stepAt(0, 1, k))).toEqual([3, 4, 5]);
    expect([0, 1, 2].map((k) => batches.stepAt(2, 1, k))).toEqual([2, 3, 3]);
  });

  it('drawn by task say which task is rarest', () => {
    const labeled = [rows(0, 18), rows(18, 20)];
    const of = (taskSampling: { temperature: number; batches: 'mixed' | 'task' }, member = { ...members[0]!, labeled }): Batches =>
      new Batches([member], { epochs: 3, batchSize: 8, taskSampling }, PADDING);
    // Two of twenty rows; a tenth of three steps.
    expect(of({ temperature: 1, batches: 'mixed' }).rarest(0)!.task).toBe(1);
    expect(of({ temperature: 1, batches: 'mixed' }).rarest(0)!.draws).toBeCloseTo(2, 12);
    expect(of({ temperature: 1, batches: 'task' }).rarest(0)!.draws).toBeCloseTo(0.3, 12);
    expect(batches.rarest(0)).toBeUndefined();
    // With a single task there is nothing to draw by.
    expect(of({ temperature: 1, batches: 'mixed' }, { ...members[0]!, labeled: [rows(0, 20)] }).rarest(0)).toBeUndefined();
    for (const batch of epochOf(of({ temperature: 1, batches: 'task' }), 0, 0)) {
      const tasks = new Set(batch.map((row) => Number(row >= 18)));
      expect(tasks.size).toBe(1);
    }
  });

  it('draw further rows from the training rows', () => {
    const draws = random(3);
    for (let i = 0; i < 50; i++) expect(members[1]!.train).toContain(batches.other(1, 0, draws));
  });
});

it('computes no more rows than all rows need, in whole blocks', () => {
  expect([computedBatch(16, 1000), computedBatch(512, 100), computedBatch(512, 128), computedBatch(512, 129)]).toEqual([16, 128, 128, 192]);
});
