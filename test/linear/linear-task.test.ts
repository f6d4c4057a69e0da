import { expect, test } from 'vitest';
import { labeledTasks, sharedInputs } from '../../src/linear/linear-task';

test('sharedInputs: each task keeps the rows in which it has a label, and their numbers', () => {
  const tasks = sharedInputs([[1], [2], [3]], { a: [5, Number.NaN, 7], b: [0, 1, 0] });
  expect(tasks).toEqual([
    { name: 'a', inputs: [[1], [3]], labels: [5, 7], rows: [0, 2] },
    { name: 'b', inputs: [[1], [2], [3]], labels: [0, 1, 0], rows: [0, 1, 2] },
  ]);
  expect(() => sharedInputs([[1]], { a: [1, 2] })).toThrow("task 'a' has 2 labels for 1 rows");
});

test('labeledTasks drops rows without a label and says what is wrong', () => {
  const [task] = labeledTasks('fit', [{ name: 'a', inputs: [[1], [2]], labels: [Number.NaN, 3], rows: [7, 8] }], 'squared');
  expect(task).toEqual({ name: 'a', inputs: [[2]], labels: [3], rows: [8] });
  const bad =
    (task: object, loss: 'squared' | 'logistic' = 'squared') =>
    () =>
      labeledTasks('fit', [{ name: 'a', inputs: [[1], [2]], labels: [0, 1], ...task }], loss);
  expect(() => labeledTasks('fit', [], 'squared')).toThrow('at least 1');
  expect(bad({ labels: [1] })).toThrow("task 'a' has 2 rows of inputs, 1 labels and 1 row numbers");
  expect(bad({ rows: [1] })).toThrow(TypeError);
  expect(bad({ labels: [Number.NaN, Number.NaN] })).toThrow("task 'a' has no labeled row");
  expect(bad({ inputs: [[1], [2, 3]] })).toThrow("row 1 of task 'a' has 2 features");
  expect(bad({ inputs: [[1], [Number.NaN]] })).toThrow("feature 0 of row 1 of task 'a' is NaN");
  expect(bad({ labels: [0, 2] }, 'logistic')).toThrow("label 1 of task 'a' must be 0 or 1, got 2");
  expect(bad({ labels: [0, Number.POSITIVE_INFINITY] })).toThrow('must be a finite number');
  expect(() => labeledTasks('fit', [task!, task!], 'squared')).toThrow("two tasks are named 'a'");
});
