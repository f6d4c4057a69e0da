import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { type FitOptions, fit as train } from '../../src/training/fit';
import { adam } from '../../src/training/optimizer';
import { tinyData } from '../study/support/tiny-study';

const data = tinyData();
const method = hardSharing(mlp([4]));
let directory: string;
const said: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'taskloom-kept-'));
  said.length = 0;
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});

/** Trains with progress events counted: a model that was kept has none. */
async function trained(options: FitOptions = {}, given: Parameters<typeof train>[1] = method) {
  let events = 0;
  const model = await train(data, given, { epochs: 2, batchSize: 16, directory, onProgress: () => events++, ...options });
  return { model, isTrained: events > 0 };
}

const kept = (): string[] => readdirSync(join(directory, 'models'));

it('gives the same model without training; another seed, setting, method or table is trained', async () => {
  const first = await trained();
  const again = await trained();
  expect([first.isTrained, again.isTrained]).toEqual([true, false]);
  expect(again.model.predictValues(data)).toEqual(first.model.predictValues(data));
  expect(again.model.history).toEqual(first.model.history);
  for (const options of [{ seed: 1 }, { epochs: 3 }, { learningRate: 0.1 }, { validation: 0.3 }, { optimizer: adam({ beta1: 0.5 }) }])
    expect((await trained(options)).isTrained).toBe(true);
  expect((await trained({}, hardSharing(mlp([5])))).isTrained).toBe(true);
  expect(kept()).toHaveLength(7);
});

it('keeps a plan as one model', async () => {
  const parts = [
    { method, tasks: ['up', 'noise'], learningRate: 0.01, optimizer: adam() },
    { method: singleTask(mlp([4])), tasks: ['size'], learningRate: 0.02, optimizer: adam() },
  ];
  const plan = { plan: () => ({ settings: {}, parts }) };
  const [first, again] = [await trained({}, plan), await trained({}, plan)];
  expect([first.isTrained, again.isTrained]).toEqual([true, false]);
  expect(again.model.predictValues(data)).toEqual(first.model.predictValues(data));
});

it('trains again what is damaged, and says so', async () => {
  const { model } = await trained();
  const file = join(directory, 'models', kept()[0]!, 'parameters.bin');
  const bytes = readFileSync(file);
  bytes[3]! ^= 1;
  writeFileSync(file, bytes);
  const again = await trained();
  expect(again.isTrained).toBe(true);
  expect(again.model.predictValues(data)).toEqual(model.predictValues(data));
  expect(said.join('')).toMatch(/Cannot load a model from .*checksum.*; it is trained again/);
  expect((await trained()).isTrained).toBe(false);
});

it('does not keep a model that was stopped', async () => {
  const controller = new AbortController();
  const model = await train(data, method, {
    epochs: 500,
    batchSize: 16,
    directory,
    signal: controller.signal,
    onProgress: ({ done }) => done > 0 && controller.abort(),
  });
  expect(model.history.interrupted).toBe(true);
  expect(kept()).toEqual([]);
});

it('loses nothing where the model cannot be written, and refuses at once what cannot be kept', async () => {
  const { model } = await trained();
  const other = mkdtempSync(join(tmpdir(), 'taskloom-kept-'));
  const foreign = join(directory, 'models', kept()[0]!);
  rmSync(join(foreign, 'model.json'));
  writeFileSync(join(foreign, 'notes.txt'), 'mine');
  const again = await trained();
  expect(again.model.predictValues(data)).toEqual(model.predictValues(data));
  expect(said.join('')).toMatch(/the model was not kept: Cannot save a model to .*other files/);
  writeFileSync(join(other, 'file'), '');
  await expect(trained({ directory: join(other, 'file') })).rejects.toThrow(/^fit: cannot keep the model in directory ".*file"/);
  rmSync(other, { recursive: true });
  const { architecture } = method;
  const mine = { ...method, architecture: { ...architecture, build: (shape: never) => architecture.build(shape) } };
  await expect(trained({}, mine as typeof method)).rejects.toThrow(
    /fit: directory keeps models by what they are made of; give .* a version/,
  );
});
