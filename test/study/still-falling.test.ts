import { expect, test } from 'vitest';
import type { MethodRecord, RunRecord } from '../../src/study/comparison-data';
import { stillFallingNotes } from '../../src/study/still-falling';

const method = (name: string, separate: boolean): MethodRecord => ({ name, separate, definition: {}, parameters: 1 });
const run = (name: string, train: Record<string, number[]>, validation: Record<string, number[]> = { a: [], b: [] }): RunRecord =>
  ({ method: name, seed: 0, trainLosses: train, validationLosses: validation }) as unknown as RunRecord;
const falling = Array.from({ length: 40 }, (_, e) => 1 - e / 50);
const flat = Array.from({ length: 40 }, (_, e) => 0.5 + 0.5 * Math.exp(-e));

test('counts the networks whose loss still falls: one a task where tasks are apart, else one a run', () => {
  const runs = [run('single', { a: falling, b: flat }), run('hard', { a: falling, b: falling }), run('done', { a: flat, b: flat })];
  const methods = [method('single', true), method('hard', false), method('done', false)];
  expect(stillFallingNotes(methods, runs, 40)).toEqual([
    'Loss still falling in 1 of 2 networks of single after 40 epochs: train longer before comparing',
    'Loss still falling in 1 of 1 networks of hard after 40 epochs: train longer before comparing',
  ]);
});

test('goes by validation rows where there are some, and is silent where a network stopped by itself', () => {
  const one = [method('hard', false)];
  expect(stillFallingNotes(one, [run('hard', { a: falling }, { a: flat })], 40)).toEqual([]);
  expect(stillFallingNotes(one, [run('hard', { a: flat }, { a: falling })], 40).length).toBe(1);
  expect(stillFallingNotes(one, [run('hard', { a: falling })], 100)).toEqual([]);
});
