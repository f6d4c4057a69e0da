import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { totalParameters } from '../../../src/models/parameter-count';
import { methodFromJSON, methodToJSON } from '../../../src/models/registry';
import { grouped } from '../../../src/models/sharing/grouped';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { binaryTask, problemOf } from '../support';

const problem = problemOf(3, ['a', 'b', 'c'].map(binaryTask));
const trunk = mlp([4]);
const group = (...train: string[]) => ({ train, serve: train });
const partition = (groups: Parameters<typeof grouped>[0]['groups']) =>
  grouped({ groups }, trunk).architecture.partition!(problem.tasks).map(({ train, serve }) => [train, serve]);

test('the groups of the plan are networks of their own, with a helper where the plan has one', () => {
  expect(partition([group('c', 'a'), group('b')])).toEqual([
    [
      [0, 2],
      [2, 0],
    ],
    [[1], [1]],
  ]);
  expect(partition([{ train: ['a', 'b'], serve: ['a'] }, group('b', 'c')])).toEqual([
    [[0, 1], [0]],
    [
      [1, 2],
      [1, 2],
    ],
  ]);
  // Trunk 3 x 4 + 4; heads 4 + 1 a task.
  expect(totalParameters(grouped({ groups: [group('a', 'c'), group('b')] }, trunk), problem)).toBe(2 * 16 + 3 * 5);
});

test('weights follow their tasks', () => {
  const plan = { groups: [{ train: ['c', 'a'], serve: ['a'], weights: [0.25, 1] }, group('b', 'c')] };
  const method = grouped(plan, trunk);
  expect(method.architecture.partition!(problem.tasks)).toEqual([
    { train: [0, 2], serve: [0], weights: [1, 0.25] },
    { train: [1, 2], serve: [1, 2] },
  ]);
  expect(methodToJSON(methodFromJSON(JSON.parse(JSON.stringify(methodToJSON(method)))))).toEqual(methodToJSON(method));
});

test('a plan without groups is all tasks together', () => {
  expect(partition([])).toEqual([
    [
      [0, 1, 2],
      [0, 1, 2],
    ],
  ]);
  expect(totalParameters(grouped({ groups: [] }, trunk), problem)).toBe(totalParameters(hardSharing(trunk), problem));
});

test('a plan goes through JSON', () => {
  const method = grouped({ groups: [group('a', 'c'), group('b')] }, trunk);
  expect(methodToJSON(methodFromJSON(JSON.parse(JSON.stringify(methodToJSON(method)))))).toEqual(methodToJSON(method));
});

test('refuses plans that do not suit the tasks', () => {
  expect(() => partition([group('a', 'b'), group('cc')])).toThrow(/unknown task "cc" \(did you mean "c"\?\); tasks: a, b, c/);
  expect(() => partition([group('a', 'b')])).toThrow(/task "c" is predicted by 0 networks/);
  expect(() => partition([group('a', 'b'), group('b', 'c')])).toThrow(/task "b" is predicted by 2 networks/);
  expect(() => partition([{ train: ['a'], serve: ['a', 'b'] }, group('c')])).toThrow(/predicts task "b" without learning it/);
  expect(() => grouped({} as never, trunk)).toThrow(/option 'plan' must be/);
  const weighted = (weights: number[]) => partition([{ ...group('a', 'b', 'c'), weights }]);
  expect(() => weighted([1, 1])).toThrow(/groups\[0\]\.weights must be one weight for each task in "train", 3, got 2/);
  expect(() => weighted([1, 0, 1])).toThrow(/groups\[0\]\.weights\[1\] must be/);
});
