import { describe, expect, it } from 'vitest';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { baselines, scalarization } from '../../src/study/method-search';

const trunk = mlp([4]);
const weights = (index: number, tasks: number): number[] =>
  scalarization(hardSharing(trunk)).candidate(index, tasks).changes.weights as number[];

describe('scalarization', () => {
  it('starts with equal weights; all are positive and sum to the number of tasks', () => {
    for (const tasks of [2, 3, 7]) {
      expect(weights(0, tasks)).toEqual(new Array(tasks).fill(1));
      for (let i = 0; i < 20; i++) {
        expect(weights(i, tasks).reduce((a, b) => a + b, 0)).toBeCloseTo(tasks, 12);
        expect(Math.min(...weights(i, tasks))).toBeGreaterThan(0);
      }
    }
  });

  it('of two tasks is a grid that gets finer', () => {
    const shares = (count: number): number[] => Array.from({ length: count }, (_, i) => weights(i, 2)[0]! / 2).sort((a, b) => a - b);
    expect(shares(3)).toEqual([1 / 4, 1 / 2, 3 / 4]);
    expect(shares(7)).toEqual([1, 2, 3, 4, 5, 6, 7].map((i) => i / 8));
  });

  it('needs a method that shares', () => {
    expect(() => scalarization(singleTask(trunk))).toThrow(/no losses to weigh/);
    expect(() => scalarization(hardSharing(trunk), { candidates: 0 })).toThrow(/candidates must be an integer of at least 1/);
  });
});

it('baselines: single-task, plain sum, tuned weights, random weights', () => {
  const all = baselines(trunk, { candidates: 3 });
  expect(Object.keys(all)).toEqual(['single', 'equal', 'scalarization', 'rlw']);
  expect(all.single.architecture.separate).toBe(true);
  expect(all.equal.balancing).toBeUndefined();
  expect(all.scalarization.size).toBe(3);
  expect(all.rlw.balancing!.info.name).toBe('rlw');
});
