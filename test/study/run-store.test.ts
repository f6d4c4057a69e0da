import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pcgrad } from '../../src/balancing/aggregators/pcgrad';
import { mlp } from '../../src/models/encoders/mlp';
import type { Method } from '../../src/models/method';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { compare } from '../../src/study/compare';
import type { ComparisonData, RunRecord } from '../../src/study/comparison-data';
import { openRunStore } from '../../src/study/run-store';
import { studyOptions, tinyData } from './support/tiny-study';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'taskloom-study-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

// biome-ignore lint/suspicious/noExplicitAny: damaged on purpose
type Loose = any;

const files = (): string[] => readdirSync(join(directory, 'runs')).sort();
/** What must be equal between two calls: all but the time. */
const numbers = (data: ComparisonData): Omit<RunRecord, 'seconds'>[] => data.runs.map(({ seconds: _, ...rest }) => rest);

/** Equal but for the rounding of float32 sums, as the stacks had other sizes: gradients of some 1, each with some 1e-6 of it in 12 steps. */
function expectNearly(a: unknown, b: unknown): void {
  if (typeof a === 'number' && typeof b === 'number' && !Number.isNaN(a))
    expect(Math.abs(a - b)).toBeLessThan(1e-5 * Math.max(1, Math.abs(b)));
  else if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
    expect(Object.keys(a)).toEqual(Object.keys(b));
    for (const [key, value] of Object.entries(a)) expectNearly(value, (b as Record<string, unknown>)[key]);
  } else expect(a).toEqual(b);
}

describe('kept runs', () => {
  it('are written whole, one file a run, and reused with the same numbers', async () => {
    const plain = await compare(tinyData(), studyOptions());
    const first = await compare(tinyData(), { ...studyOptions(), directory });
    expect(files()).toHaveLength(6);
    expect(files().every((name) => /^[0-9a-f]{40}\.json$/.test(name))).toBe(true);
    const contents = files().map((name) => readFileSync(join(directory, 'runs', name), 'utf8'));
    const again = await compare(tinyData(), { ...studyOptions(), directory });
    expect(files().map((name) => readFileSync(join(directory, 'runs', name), 'utf8'))).toEqual(contents);
    // Even the seconds are those of the first time: nothing was trained again.
    expect(again.data).toEqual(first.data);
    expect(numbers(first.data)).toEqual(numbers(plain.data));
  });

  it('serve studies with more seeds, more methods and other names', async () => {
    await compare(tinyData(), { ...studyOptions(), seeds: 2, directory });
    const before = files();
    const { methods } = studyOptions();
    const trunk = mlp([5]);
    const options = { ...studyOptions(), methods: { base: methods.single!, wide: hardSharing(trunk), hard: methods.hard! } };
    const grown = await compare(tinyData(), { ...options, directory });
    expect(files()).toHaveLength(9);
    expect(files()).toEqual(expect.arrayContaining(before));
    expectNearly(numbers(grown.data), numbers((await compare(tinyData(), options)).data));
  });

  it('are not used for another table, setting or method', async () => {
    await compare(tinyData(), { ...studyOptions(), directory });
    const count = async (change: Partial<Parameters<typeof compare>[1]>, seed = 0): Promise<number> => {
      const before = files().length;
      await compare(tinyData(seed), { ...studyOptions(), directory, ...change });
      return files().length - before;
    };
    expect(await count({}, 1)).toBe(6);
    expect(await count({ epochs: 2 })).toBe(6);
    expect(await count({ learningRate: 0.01 })).toBe(6);
    expect(await count({ taskSampling: 'uniform' })).toBe(6);
    expect(await count({ taskSampling: { temperature: 3 } })).toBe(6);
    expect(await count({ start: 'glorot' })).toBe(6);
    expect(await count({ start: 'constant' })).toBe(0);
    expect(await count({ validation: 0.2 })).toBe(6);
    // Per task is the default.
    expect(await count({ validation: 0.2, stopping: 'perTask' })).toBe(0);
    expect(await count({ validation: 0.2, stopping: 'joint' })).toBe(6);
    expect(await count({ methods: { hard: hardSharing(mlp([4], { activation: 'tanh' })) } })).toBe(3);
    // What only the reading of the results depends on.
    expect(await count({ alpha: 0.1, margin: 0.02, baseline: 'hard' })).toBe(0);
  });

  it('that are damaged or foreign are trained again, and it is said', async () => {
    const first = await compare(tinyData(), { ...studyOptions(), directory });
    const [cut, changed, foreign] = files().map((name) => join(directory, 'runs', name)) as [string, string, string];
    writeFileSync(cut, readFileSync(cut, 'utf8').slice(0, 200));
    writeFileSync(changed, readFileSync(changed, 'utf8').replace('"steps":', '"steps":1'));
    writeFileSync(foreign, '{"hello": "world"}');
    writeFileSync(join(directory, 'runs', 'notes.txt'), 'not a run');
    const again = await compare(tinyData(), { ...studyOptions(), directory });
    expectNearly(numbers(again.data), numbers(first.data));
    const notes = again.data.notes.filter((note) => note.includes('trained again'));
    expect(notes).toHaveLength(3);
    expect(notes.join()).toContain('checksum does not match');
    expect((await compare(tinyData(), { ...studyOptions(), directory })).data.notes.join()).not.toContain('trained again');
  });

  it('keep NaN, as a failed run has it', () => {
    const store = openRunStore(directory);
    const record = { metrics: { t: { rocAuc: Number.NaN } }, failure: 'diverged' } as unknown as RunRecord;
    store.write('0a', { record, features: 2 });
    expect(store.read('0a')).toEqual({ record, features: 2 });
    expect(store.read('0b')).toBeUndefined();
  });

  it('need a directory: a file in its place is one clear error', () => {
    const path = join(directory, 'file');
    writeFileSync(path, '');
    expect(() => openRunStore(path)).toThrow(/Cannot keep results in directory ".*file".*give the path of a folder/);
  });

  it('are used together or not at all: with any of a stack missing, the same call has equal numbers to the last bit', async () => {
    const { methods } = studyOptions();
    const options = { ...studyOptions(), methods: { single: methods.single!, hard: (methods.hard as Method).with(pcgrad()) }, seeds: 4 };
    const first = await compare(tinyData(), { ...options, directory });
    const all = files();
    for (const missing of all) {
      rmSync(join(directory, 'runs', missing));
      const again = await compare(tinyData(), { ...options, directory });
      expect(numbers(again.data)).toEqual(numbers(first.data));
      expect(files()).toEqual(all);
    }
  }, 120_000);

  it('are not taken for one another: a file says whose it is', async () => {
    const first = await compare(tinyData(), { ...studyOptions(), directory });
    const paths = files().map((name) => join(directory, 'runs', name));
    const contents = paths.map((path) => readFileSync(path, 'utf8'));
    for (const [i, path] of paths.entries()) writeFileSync(path, contents[(i + 1) % contents.length]!);
    const again = await compare(tinyData(), { ...studyOptions(), directory });
    expect(numbers(again.data)).toEqual(numbers(first.data));
    expect(again.data.notes.filter((note) => note.includes('it is the run of another key'))).toHaveLength(6);
  });

  it.each([
    [
      'of tasks that are not there',
      (run: Loose) => Object.assign(run.record, { metrics: { other: {} } }),
      /expected one of up, size, noise/,
    ],
    ['without a task', (run: Loose) => delete run.record.metrics.size, /expected those of "size"/],
    ['with a text for a number', (run: Loose) => Object.assign(run.record, { seconds: 'long' }), /seconds: expected a finite number/],
    ['that is none', (run: Loose) => Object.assign(run, { record: 'x' }), /record: expected an object/],
    ['without features', (run: Loose) => delete run.features, /features: expected a finite number/],
  ])('are checked field by field: a record %s is trained again', async (_, change, message) => {
    const first = await compare(tinyData(), { ...studyOptions(), directory });
    const path = join(directory, 'runs', files()[0]!);
    const file = JSON.parse(readFileSync(path, 'utf8'));
    change(file.run);
    const { key, stack, run } = file;
    file.checksum = createHash('sha256').update(JSON.stringify({ key, stack, run })).digest('hex').slice(0, 16);
    writeFileSync(path, JSON.stringify(file));
    const again = await compare(tinyData(), { ...studyOptions(), directory });
    expect(numbers(again.data)).toEqual(numbers(first.data));
    expect(again.data.notes.filter((note) => note.includes('trained again')).join()).toMatch(message);
  });

  it('are refused when any bit of their file has changed', () => {
    const store = openRunStore(directory);
    store.write('0a', { record: { metrics: { t: { rocAuc: Number.NaN, f1: 0.25 } } } as unknown as RunRecord, features: 2 });
    const path = join(directory, 'runs', '0a.json');
    const whole = readFileSync(path);
    for (let i = 0; i < whole.length - 1; i++) {
      const changed = Buffer.from(whole);
      changed[i]! ^= 1 << (i % 7);
      writeFileSync(path, changed);
      expect(openRunStore(directory).read('0a'), `byte ${i}`).toBeUndefined();
    }
    writeFileSync(path, whole);
    expect(openRunStore(directory).read('0a')).toBeDefined();
  });

  it('are not looked for in a folder or a device in their place, and the study goes on', async () => {
    const first = await compare(tinyData(), { ...studyOptions(), directory });
    const [one, two] = files().map((name) => join(directory, 'runs', name)) as [string, string];
    rmSync(one);
    mkdirSync(join(one, 'mine'), { recursive: true });
    rmSync(two);
    symlinkSync('/dev/zero', two);
    const again = await compare(tinyData(), { ...studyOptions(), directory });
    expect(numbers(again.data)).toEqual(numbers(first.data));
    const notes = again.data.notes.join('\n');
    expect(notes).toContain('is a folder, expected a file');
    expect(notes).toMatch(existsSync('/dev/zero') ? /is a device or pipe, expected a file/ : /cannot be read/);
    expect(notes).toMatch(/finished runs could not be kept in .*: this call has their results/);
    expect(existsSync(join(one, 'mine'))).toBe(true);
  });

  it('that can no longer be written cost nothing but the keeping', async () => {
    const whole = await compare(tinyData(), studyOptions());
    const runs = join(directory, 'runs');
    let blocked = false;
    const found = await compare(tinyData(), {
      ...studyOptions(),
      directory,
      onProgress() {
        if (blocked) return;
        blocked = true;
        rmSync(runs, { recursive: true });
        writeFileSync(runs, 'a file in the place of the folder');
      },
    });
    expect(numbers(found.data)).toEqual(numbers(whole.data));
    expect(found.data.notes.filter((note) => note.startsWith('finished runs could not be kept in'))).toHaveLength(1);
    expect(readFileSync(runs, 'utf8')).toBe('a file in the place of the folder');
  });

  it('are kept in a directory that was removed meanwhile', async () => {
    let removed = false;
    const onProgress = (): void => {
      if (!removed) rmSync(directory, { recursive: true });
      removed = true;
    };
    await compare(tinyData(), { ...studyOptions(), directory, onProgress });
    expect(files()).toHaveLength(6);
  });

  it("leave the user's files alone; only what a killed process left long ago is removed", async () => {
    const runs = join(directory, 'runs');
    mkdirSync(runs);
    const mine = ['notes.tmp', 'thesis.12.tmp', `${'0'.repeat(39)}.1.tmp`, `${'0'.repeat(40)}.json.bak`, `${'0'.repeat(40)}.tmp`];
    const left = [`${'0'.repeat(40)}.123.tmp`, `${'a'.repeat(40)}.0123456789abcdef.tmp`];
    for (const name of [...mine, ...left]) writeFileSync(join(runs, name), name);
    mkdirSync(join(runs, `${'b'.repeat(40)}.1.tmp`));
    symlinkSync(join(runs, 'nowhere'), join(runs, 'dangling.tmp'));
    for (const name of [...mine, ...left, `${'b'.repeat(40)}.1.tmp`]) utimesSync(join(runs, name), 0, 0);
    await compare(tinyData(), { ...studyOptions(), directory });
    for (const name of mine) expect(readFileSync(join(runs, name), 'utf8')).toBe(name);
    for (const name of left) expect(existsSync(join(runs, name))).toBe(false);
    expect(lstatSync(join(runs, 'dangling.tmp')).isSymbolicLink()).toBe(true);
    expect(existsSync(join(runs, `${'b'.repeat(40)}.1.tmp`))).toBe(true);
  });

  it('outlive kill -9 at any moment', async () => {
    const whole = await compare(tinyData(), studyOptions());
    const child = spawn(process.execPath, [join(__dirname, 'support', 'study-child.cjs'), directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const signal = await new Promise<string | null>((resolve, reject) => {
      // Its first line says that a run was kept.
      child.stdout.once('data', () => child.kill('SIGKILL'));
      child.on('error', reject);
      child.on('exit', (_, by) => resolve(by));
    });
    expect(signal).toBe('SIGKILL');
    expect(files().filter((name) => name.endsWith('.json')).length).toBeGreaterThan(0);
    const before = new Map(files().map((name) => [name, readFileSync(join(directory, 'runs', name), 'utf8')]));
    const resumed = await compare(tinyData(), { ...studyOptions(), directory });
    expect(numbers(resumed.data)).toEqual(numbers(whole.data));
    for (const [name, content] of before) {
      if (name.endsWith('.json')) expect(readFileSync(join(directory, 'runs', name), 'utf8')).toBe(content);
    }
    expect(files().filter((name) => name.endsWith('.json'))).toHaveLength(6);
  }, 300_000);
});
