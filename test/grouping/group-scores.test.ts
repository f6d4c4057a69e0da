import { expect, test } from 'vitest';
import type { Affinity } from '../../src/grouping/affinity';
import { measuredScores, pairwiseScores } from '../../src/grouping/group-scores';

test('pairwiseScores: the mean of what the mates do to the task; alone and unknown are neutral', () => {
  const affinity: Affinity = {
    kind: 'other',
    tasks: ['a', 'b', 'c'],
    values: [
      [9, 1, 2],
      [3, 9, Number.NaN],
      [5, 6, 9],
    ],
    directed: true,
    neutral: 0.5,
    notes: [],
  };
  const s = pairwiseScores(affinity);
  expect(s.gain(0, [0, 1, 2])).toBe(4);
  expect(s.gain(1, [0, 1])).toBe(1);
  expect(s.gain(2, [0, 1, 2])).toBe(1.25);
  expect(s.gain(2, [2])).toBe(0.5);
});

test('measuredScores: relative to alone; groups that were not trained cannot be had', () => {
  const s = measuredScores(
    ['a', 'b', 'c'],
    [
      { tasks: ['a'], errors: [2] },
      { tasks: ['b'], errors: [4] },
      { tasks: ['c'], errors: [1] },
      { tasks: ['b', 'a'], errors: [3, 1] },
    ],
  );
  expect(s.gain(0, [0, 1])).toBe(0.5);
  expect(s.gain(1, [0, 1])).toBe(0.25);
  expect(s.gain(2, [2])).toBe(0);
  expect(s.gain(0, [0, 2])).toBe(Number.NEGATIVE_INFINITY);
  expect(() => measuredScores(['a'], [{ tasks: ['b'], errors: [1] }])).toThrow("unknown task 'b'");
  expect(() => measuredScores(['a', 'b'], [{ tasks: ['a'], errors: [1] }])).toThrow("'b' must be measured alone");
  expect(() => measuredScores(['a'], [{ tasks: ['a'], errors: [1, 2] }])).toThrow('needs 1 errors, got 2');
});
