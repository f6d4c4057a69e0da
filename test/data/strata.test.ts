import { describe, expect, it } from 'vitest';
import { labelStrata } from '../../src/data/strata';
import { taskData } from '../../src/data/task-data';
import { binary, multiclass, regression, tagging } from '../../src/tasks';

const x = [0, 1, 2, 3, 4, 5];

describe('labelStrata', () => {
  it('has the positives of a complete binary task, both classes where labels are missing', () => {
    const data = taskData({ x, a: [1, 0, 1, 0, 0, 0], b: [1, null, 0, 1, null, 0] }, { tasks: { a: binary(), b: binary() } });
    expect(labelStrata(data)).toEqual([
      [0, 2],
      [2, 5],
      [0, 3],
    ]);
  });

  it('has every class of a multiclass task and the rows of every tag', () => {
    const data = taskData(
      { x, k: ['u', 'v', 'w', 'u', null, 'v'], t: ['a a b', 'b', null, 'a', 'b b', 'a b'] },
      { tasks: { k: multiclass(), t: tagging() } },
    );
    expect(labelStrata(data)).toEqual([[0, 3], [1, 5], [2], [0, 3, 5], [0, 1, 4, 5]]);
  });

  it('has five quantile bins of a regression; equal values share a bin', () => {
    const values = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
    const data = taskData(
      { x: values, v: values, w: values.map((value) => Math.min(value, 3)) },
      { tasks: { v: regression(), w: regression() } },
    );
    expect(labelStrata(data)).toEqual([
      [9, 8],
      [7, 6],
      [5, 4],
      [3, 2],
      [1, 0],
      [9, 8],
      [7, 0, 1, 2, 3, 4, 5, 6],
    ]);
  });
});
