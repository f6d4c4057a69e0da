import { expect, test } from 'vitest';
import { checkLosses, checkMatrix, checkPerTask, checkSquare, checkTasks } from '../../src/balancing/check';

test('losses', () => {
  expect(() => checkLosses('f', [1, 2], 2)).not.toThrow();
  expect(() => checkLosses('f', [1, 2], 3)).toThrow(new TypeError('f: expected 3 losses, one a task, got 2'));
  expect(() => checkLosses('f', ['1' as never])).toThrow(new TypeError("f: the loss of task 0 must be a number, got '1'"));
  expect(() => checkLosses('f', [0, Number.NEGATIVE_INFINITY])).toThrow(
    new RangeError('f: the loss of task 1 is -Infinity; losses must be finite (is the learning rate too high?)'),
  );
  expect(() => checkLosses('f', 3 as never)).toThrow('f: losses must be a non-empty array with one number a task, got 3');
});

test('matrices', () => {
  expect(checkMatrix('f', [[1, 2, 3]], 'Jacobian')).toBe(3);
  expect(() => checkMatrix('f', [[1], [1, 2]], 'Jacobian')).toThrow('row 1 of the Jacobian has 2 entries where row 0 has 1');
  expect(() => checkMatrix('f', [[1], 2 as never], 'Jacobian')).toThrow('row 1 of the Jacobian must be an array of numbers, got 2');
  expect(() => checkMatrix('f', [[undefined as never]], 'Jacobian')).toThrow(
    'entry 0 of row 0 of the Jacobian must be a number, got undefined',
  );
  expect(() => checkMatrix('f', [[1], [Number.NaN]], 'Jacobian')).toThrow(
    new RangeError('f: row 1 of the Jacobian, that of task 1, has NaN at 0; entries must be finite'),
  );
  expect(() => checkSquare('f', [[1, 2]], 'Gramian', 2)).toThrow('f: the Gramian must be 2 x 2, tasks by tasks, got 1 x 2');
});

test('numbers per task, and of tasks', () => {
  expect(() => checkPerTask('f', 'weights', [1], 2)).toThrow("f: option 'weights' has 1 numbers for 2 tasks; give one a task");
  expect(() => checkTasks('f', 0)).toThrow(RangeError);
  expect(() => checkTasks('f', 2)).not.toThrow();
});
