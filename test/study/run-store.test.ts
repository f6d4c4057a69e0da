import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hardSharing } from '../../src/models/hard-sharing';
import { mlp } from '../../src/models/mlp';
import { compare } from '../../src/study/compare';
import type { ComparisonData, RunRecord } from '../../src/study/comparison-data';
import { openRunStore } from '../../src/study/run-store';
import { studyOptions, tinyData } from './support/tiny-study';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'taskloom-study-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

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
    expect(await count({ validation: 0.2, stopping: 'perTask' })).toBe(6);
    expect(await count({ validation: 0.2, stopping: 'perTask' })).toBe(0);
    expect(await count({ validation: 0.2, stopping: 'joint' })).toBe(0);
    expect(await count({ methods: { hard: hardSharing(mlp([4], { activation: 'tanh' })) } })).toBe(3);
    // What only the reading of the results depends on.
    expect(await count({ alpha: 0.1, smallestEffect: 0.02, baseline: 'hard' })).toBe(0);
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
