import { expect, it } from 'vitest';
import { Presence, RecentLosses } from '../../../src/training/stack/presence';

// Rows of four label columns: task a has one, the tagging task b two, task c one. The last row is padding.
const hasLabel = Uint8Array.from([1, 0, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 0]);
const all = { columns: [0, 1, 2, 3], train: Int32Array.of(0, 1, 2) };

it('counts the rows of a batch that have a label of each task; a task of several columns needs one of them', () => {
  const presence = new Presence(all, [1, 2, 1], hasLabel, 4);
  expect(presence.partial).toBe(true);
  expect(presence.of(Int32Array.of(0))).toEqual([1, 0, 1]);
  expect(presence.of(Int32Array.of(1))).toEqual([1, 1, 0]);
  expect(presence.of(Int32Array.of(0, 1, 2))).toEqual([3, 2, 2]);
});

it('reads the columns that the model learns', () => {
  const presence = new Presence({ columns: [3, 0], train: Int32Array.of(0, 1) }, [1, 1], hasLabel, 4);
  expect(presence.of(Int32Array.of(1))).toEqual([0, 1]);
  expect(presence.of(Int32Array.of(0))).toEqual([1, 1]);
});

it('knows models whose training rows have all labels', () => {
  const presence = new Presence({ columns: [0, 3], train: Int32Array.of(0, 2) }, [1, 1], hasLabel, 4);
  expect(presence.partial).toBe(false);
  expect(presence.of(Int32Array.of(2))).toEqual([1, 1]);
});

it('reads a batch of full labels as it is, and few labels together with those before', () => {
  const recent = new RecentLosses(2);
  expect(recent.with([3, 8], [4, 1], 4)).toEqual([3, 8]);
  // One more label of the second task: the mean of two. None of it: as it was.
  expect(recent.with([5, 2], [4, 1], 4)).toEqual([5, 5]);
  expect(recent.with([1, 0], [4, 0], 4)).toEqual([1, 5]);
  expect(recent.with([1, 11], [4, 1], 4)).toEqual([1, 7]);
  expect(recent.with([1, 11], [4, 1], 4)).toEqual([1, 8]);
  // Four labels are the whole memory of a batch of four rows: the next counts a quarter.
  expect(recent.with([1, 0], [4, 1], 4)).toEqual([1, 6]);
  expect(recent.with([1, 9], [4, 4], 4)).toEqual([1, 9]);
});

it('completes a drawn batch where that takes no task its last label', () => {
  const presence = new Presence(all, [1, 2, 1], hasLabel, 4);
  const first = (): number => 0;
  // Task b is missing in rows 0, 0; row 1 or 2 brings it, and one row 0 is left for task c.
  const drawn = Int32Array.of(0, 0);
  presence.complete(drawn, [1, 1, 1], first);
  expect([...drawn]).toEqual([1, 0]);
  // Nothing is wanted, or nothing can be spared.
  const same = Int32Array.of(0, 0);
  presence.complete(same, [1, 0, 1], first);
  expect([...same]).toEqual([0, 0]);
  const single = Int32Array.of(0);
  presence.complete(single, [1, 1, 1], first);
  expect([...single]).toEqual([0]);
});
