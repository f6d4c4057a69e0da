import { describe, expect, it } from 'vitest';
import { Stopping } from '../../../src/training/stack/stopping';
import { TaskCheckpoints } from '../../../src/training/stack/task-checkpoints';

/** Verdicts on losses epoch by epoch. */
const verdicts = (stopping: Stopping, losses: readonly (readonly number[])[]) => losses.map((own, e) => stopping.see(e + 1, own));

describe('stopping', () => {
  it('goes by the mean of the losses: the best epoch stays the best until a lower one', () => {
    const stopping = new Stopping(2, undefined);
    const found = verdicts(stopping, [
      [3, 1],
      [1, 2],
      [2, 1],
      [1, 2.5],
    ]);
    expect(found.map(({ improved }) => improved)).toEqual([true, true, false, false]);
    expect(found.map(({ stops }) => stops)).toEqual([false, false, false, true]);
    expect(stopping.bestEpoch).toBe(2);
  });

  it('never stops without patience', () => {
    const found = verdicts(new Stopping(undefined, undefined), [[1], [2], [3], [4]]);
    expect(found.some(({ stops }) => stops)).toBe(false);
    expect(found.map(({ improved }) => improved)).toEqual([true, false, false, false]);
  });

  it('leaves tasks without a label out of the mean; without any label the last epoch is the best', () => {
    const stopping = new Stopping(1, undefined);
    expect(
      verdicts(stopping, [
        [4, Number.NaN],
        [3, Number.NaN],
      ]).map(({ improved }) => improved),
    ).toEqual([true, true]);
    const blind = new Stopping(1, undefined);
    expect(verdicts(blind, [[Number.NaN], [Number.NaN]])).toEqual([
      { improved: true, tasks: [], stops: false },
      { improved: true, tasks: [], stops: false },
    ]);
    expect(blind.bestEpoch).toBe(2);
  });

  it('by task: stops after epochs in which no task was better', () => {
    const perTask = new TaskCheckpoints([0, 1]);
    const stopping = new Stopping(2, perTask);
    const found = [
      [2, 2],
      [1, 9],
      [9, 1],
      [9, 9],
      [9, 9],
    ].map((losses, e) => {
      const verdict = stopping.see(e + 1, losses);
      perTask.keep(verdict.tasks, e + 1, []);
      return verdict;
    });
    expect(found.map(({ tasks }) => tasks)).toEqual([[0, 1], [0], [1], [], []]);
    expect(found.map(({ stops }) => stops)).toEqual([false, false, false, false, true]);
    // The mean was best at first.
    expect(stopping.bestEpoch).toBe(1);
  });
});
