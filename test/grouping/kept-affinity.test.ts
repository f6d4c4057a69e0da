import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { taskData } from '../../src/data/task-data';
import { discover } from '../../src/grouping/discover';
import { groupTasks } from '../../src/grouping/group-tasks';
import { type TaskAffinityOptions, taskAffinity } from '../../src/grouping/task-affinity';
import { mlp } from '../../src/models/encoders/mlp';
import { binary } from '../../src/tasks/kinds/binary';
import { regression } from '../../src/tasks/kinds/regression';
import { tinyData } from '../study/support/tiny-study';

/** The files that were put in their places in the folder of affinities, and what happens after each. */
const writes: string[] = [];
let afterWrite = (): void => {};
const { renameSync } = fs;

let directory: string;
beforeEach(() => {
  writes.length = 0;
  afterWrite = () => {};
  fs.renameSync = (from, to) => {
    renameSync(from, to);
    if (!String(to).includes('affinities')) return;
    writes.push(String(to));
    afterWrite();
  };
  syncBuiltinESMExports();
  directory = mkdtempSync(join(tmpdir(), 'taskloom-affinity-'));
});
afterEach(() => {
  fs.renameSync = renameSync;
  syncBuiltinESMExports();
  rmSync(directory, { recursive: true, force: true });
});

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

describe('a call that is stopped half-way', () => {
  /** Measures until the first networks were kept, then stops; returns the files that are there. */
  async function stopped(study: TaskAffinityOptions): Promise<string[]> {
    const stop = new AbortController();
    afterWrite = () => stop.abort();
    const call = taskAffinity(tinyData(), { ...study, directory, signal: stop.signal });
    await expect(call).rejects.toThrow('was interrupted before the networks were trained; the same call goes on from what is kept');
    afterWrite = () => {};
    return files();
  }

  it.each(['tag', 'gradient-cosine', 'pairwise', 'leave-one-out', 'cka', 'rsa'] as const)(
    'goes on from the networks that were trained, with equal numbers: %s',
    async (measure) => {
      const study = { ...options, measure };
      const whole = await taskAffinity(tinyData(), { ...study, directory });
      const all = writes.splice(0);
      const [path] = files();
      const content = readFileSync(path!, 'utf8');
      rmSync(path!);
      const parts = await stopped(study);
      expect(parts).toEqual(writes);
      expect(parts).toHaveLength(1);
      expect(await taskAffinity(tinyData(), { ...study, directory })).toEqual(whole);
      // Each network was trained once, and what was kept on the way is gone.
      expect(writes.sort()).toEqual(all.sort());
      expect(files()).toEqual([path]);
      expect(readFileSync(path!, 'utf8')).toBe(content);
    },
  );

  it.each([
    ['damaged', (content: string) => content.replace(/\d\.\d+/, '9'), /its checksum does not match\): its networks were trained again/],
    ['cut', (content: string) => content.slice(0, -20), /is damaged or not ours/],
    ['of another key', (content: string) => content.replace(/"key":"../, '"key":"zz'), /it is of another key/],
  ])('trains again what is %s', async (_, damage, note) => {
    const whole = await taskAffinity(tinyData(), options);
    const [path] = await stopped(options);
    writeFileSync(path!, damage(readFileSync(path!, 'utf8')));
    const { notes, ...found } = await taskAffinity(tinyData(), { ...options, directory });
    expect(notes.at(-1)).toMatch(note);
    expect({ ...found, notes: notes.slice(0, -1) }).toEqual(whole);
  });

  it('leaves what is not its own beside the affinity', async () => {
    const [path] = await stopped(options);
    const others = ['notes.txt', `${'0'.repeat(40)}.${'0'.repeat(16)}.part.json`, `${basename(path!).slice(0, 40)}.mine.part.json`];
    for (const name of others) writeFileSync(join(directory, 'affinities', name), 'mine');
    await taskAffinity(tinyData(), { ...options, directory });
    expect(readdirSync(join(directory, 'affinities'))).toEqual(expect.arrayContaining(others));
  });
});

it('tasks whose names make the same pair are two pairs', async () => {
  const { labels, inputs } = tinyData();
  const [up, size, noise] = labels.map(({ values }) => Array.from(values));
  const plain = Object.fromEntries(
    (inputs as readonly { name: string; values: Float64Array }[]).map(({ name, values }) => [name, Array.from(values)]),
  );
  const data = taskData(
    {
      ...Object.fromEntries(Object.entries(plain).map(([name, values]) => [`input ${name}`, values])),
      a: up!,
      'b + c': size!,
      'a + b': noise!,
      c: up!,
    },
    { tasks: { a: binary(), 'b + c': regression(), 'a + b': binary(), c: binary() } },
  );
  const { values } = await taskAffinity(data, { ...options, measure: 'pairwise' });
  // Of a with "b + c", and of "a + b" with c.
  expect(values[0]![1]).not.toBe(values[2]![3]);
  expect(values[1]![0]).not.toBe(values[3]![2]);
  for (const [i, row] of values.entries()) expect(row.filter((value, j) => i !== j && Number.isNaN(value))).toEqual([]);
});
