import { expect, test } from 'vitest';
import { DataError } from '../../src/cells/data-error';
import { splitData, taskData } from '../../src/data';
import { givenSplits } from '../../src/data/given-splits';
import { mlp } from '../../src/models/encoders/mlp';
import { singleTask } from '../../src/models/sharing/single-task';
import { binary } from '../../src/tasks/kinds/binary';
import { type FitOptions, fit as trained } from '../../src/training/fit';

const y = Array.from({ length: 12 }, (_, i) => i % 2);
const z = y.map((value, i) => (i < 6 ? null : value));
const data = taskData({ x: y.map((value, i) => value + i / 10), y, z }, { tasks: { y: binary(), z: binary() } });
const train = (split: unknown, options: FitOptions = {}) =>
  trained(data, singleTask(mlp([2])), { epochs: 1, ...options, split: split as NonNullable<FitOptions['split']> });
const rows = (...from: number[]): Int32Array => Int32Array.from(from);

test.each<[string, unknown, RegExp]>([
  ['no object', 3, /^fit: split: expected \{ train: \[\.\.\.\], validation: \[\.\.\.\] \}; got 3$/],
  ['null', null, /expected \{ train.*got null/],
  ['an array', [rows(0, 1)], /expected \{ train.*got an array of 1/],
  ['rows', rows(0, 1), /expected \{ train.*got an Int32Array of 2/],
  [
    'no validation',
    { train: rows(0, 7) },
    /"validation" must be an array of row indices; got undefined; write validation: \[\] where there are no/,
  ],
  ['no train', { validation: rows(0) }, /"train" must be an array of row indices; got undefined; write \{ train/],
  ['a part of another type', { train: 'all', validation: [] }, /"train" must be an array of row indices; got "all"; write/],
  ['another part', { train: rows(0, 7), valid: rows(1), validation: [] }, /unknown part "valid"; known: train, validation, test/],
])('a split that is %s is a TypeError that says what to write', async (_, split, message) => {
  await expect(train(split)).rejects.toThrow(TypeError);
  await expect(train(split)).rejects.toThrow(message);
});

test.each<[string, unknown, RegExp]>([
  ['no rows', { train: [], validation: [] }, /^fit: split: "train" has no rows/],
  [
    'a row that is not there',
    { train: [0, 12], validation: [] },
    /"train" holds 12 at position 1; the data's 12 rows have indices 0 to 11/,
  ],
  ['half a row', { train: [0.5], validation: [] }, /"train" holds 0\.5 at position 0/],
  ['no label of a task', { train: [0, 1, 2], validation: [6] }, /Task "z" has no label in the training part of the given split/],
])('a split with %s is a DataError that names the row or task', async (_, split, message) => {
  await expect(train(split)).rejects.toThrow(DataError);
  await expect(train(split)).rejects.toThrow(message);
});

test('stopping needs validation rows', async () => {
  const split = { train: [0, 6, 7], validation: [] };
  await expect(train(split, { patience: 2 })).rejects.toThrow(/^fit: patience needs validation rows, and the split has none/);
  await expect(train(split, { stopping: 'perTask' })).rejects.toThrow(/^fit: stopping needs validation rows, and the split has none/);
});

test('arrays and what splitData gives are splits; a row may be used twice', async () => {
  const { tasks } = await train({ train: [0, 0, 6, 7], validation: [1] });
  expect(tasks.map(({ name }) => name)).toEqual(['y', 'z']);
  const split = splitData(data, { seed: 0, test: 0.25 });
  expect((await train(split)).history.parts).toHaveLength(2);
});

test('splits of a study say what to do with one split, and with what splitData gives', () => {
  expect(() => givenSplits({ train: [0], test: [1] }, data)).toThrow(
    /keys must be seeds.*got "train"; this is one split, put it into an array: \[split\]/,
  );
  const split = splitData(data, { seed: 0 });
  expect(() => givenSplits([split], data)).toThrow(
    /"train" must be an array of row indices; got an Int32Array of 8; write Array\.from\(part\)/,
  );
  const dropped = taskData({ x: [1, 2, 3, 4], y: [0, null, 1, 0] }, { tasks: { y: binary() } });
  expect(() => givenSplits([{ train: rows(0, 1), test: rows(2) }], dropped)).toThrow(
    /of which the data dropped some: write .*data\.sourceRows\[row\]/,
  );
});
