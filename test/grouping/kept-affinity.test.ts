import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { discover } from '../../src/grouping/discover';
import { groupTasks } from '../../src/grouping/group-tasks';
import { taskAffinity } from '../../src/grouping/task-affinity';
import { mlp } from '../../src/models/encoders/mlp';
import { tinyData } from '../study/support/tiny-study';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'taskloom-affinity-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const options = { trunk: mlp([4]), seeds: 2, epochs: 2, batchSize: 16, checkpoints: 2 };
const files = (): string[] => readdirSync(join(directory, 'affinities')).map((name) => join(directory, 'affinities', name));
/** Counts the events of a training. */
const counted = () => {
  let events = 0;
  return { onProgress: () => void events++, events: () => events };
};

it('an affinity is measured once: the same call, groupTasks and discover read it', async () => {
  const plain = await taskAffinity(tinyData(), options);
  expect(await taskAffinity(tinyData(), { ...options, directory })).toEqual(plain);
  expect(files()).toHaveLength(1);
  const second = counted();
  expect(await taskAffinity(tinyData(), { ...options, directory, onProgress: second.onProgress })).toEqual(plain);
  expect((await groupTasks(tinyData(), { ...options, directory, onProgress: second.onProgress })).affinity).toEqual(plain);
  expect(second.events()).toBe(0);
  const found = await discover(tinyData(), { ...options, directory, compare: { seeds: 2 } });
  expect(found.grouping.affinity).toEqual(plain);
  expect(files()).toHaveLength(1);
  // The comparison that judges the groups is kept there, too.
  expect(readdirSync(join(directory, 'runs')).length).toBeGreaterThan(0);
});

it('is measured anew for other data, settings or measures, and where its file is damaged', async () => {
  const first = await taskAffinity(tinyData(), { ...options, directory });
  await taskAffinity(tinyData(1), { ...options, directory });
  await taskAffinity(tinyData(), { ...options, epochs: 3, directory });
  await taskAffinity(tinyData(), { ...options, measure: 'gradient-cosine', directory });
  expect(files()).toHaveLength(4);
  for (const path of files()) writeFileSync(path, readFileSync(path, 'utf8').replace(/"neutral":0/, '"neutral":1'));
  const { notes, ...again } = await taskAffinity(tinyData(), { ...options, directory });
  expect({ ...again, notes: notes.slice(0, -1) }).toEqual(first);
  expect(notes.at(-1)).toMatch(/its checksum does not match.*measured again/);
});

it('of code of your own is kept with a version only', async () => {
  const own = { ...options, trunk: { ...mlp([4]) }, directory };
  expect((await taskAffinity(tinyData(), own)).notes.at(-1)).toMatch(/not kept: encoder "mlp" is your own code without a version/);
  await taskAffinity(tinyData(), { ...own, trunk: { ...mlp([4]), version: 1 } });
  expect(files()).toHaveLength(1);
});
