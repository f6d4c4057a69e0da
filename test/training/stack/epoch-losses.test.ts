import { expect, it } from 'vitest';
import { EpochLosses } from '../../../src/training/stack/epoch-losses';

it('means are over the steps that had a label of the task, of each model', () => {
  const losses = new EpochLosses(2, 2);
  expect(losses.none).toBe(true);
  // Two steps by one call; the second model takes no second step, and task b of the first has no label in the first.
  losses.add(Float32Array.of(1, 50, 3, 4, 5, 6, 70, 80), [
    {
      labels: [
        [8, 0],
        [8, 8],
      ],
    },
    { labels: [[8, 2], undefined] },
  ]);
  losses.add(Float32Array.of(3, 2, 9, 9), [{ labels: [[8, 8], undefined] }]);
  expect(losses.of(0)).toEqual([(1 + 5 + 3) / 3, (6 + 2) / 2]);
  expect(losses.of(1)).toEqual([3, 4]);
  expect(losses.none).toBe(false);
});

it('a task without a label has no mean, a loss that is none is kept', () => {
  const losses = new EpochLosses(1, 2);
  losses.add(Float32Array.of(Number.NaN, 1), [{ labels: [[1, 0]] }]);
  expect(losses.of(0)).toEqual([Number.NaN, undefined]);
});
