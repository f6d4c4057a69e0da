import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import { crossStitch } from '../../src/models/sharing/cross-stitch';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { mmoe } from '../../src/models/sharing/mmoe';
import { singleTask } from '../../src/models/sharing/single-task';
import { random } from '../../src/random/random';
import { binary, multiclass, regression } from '../../src/tasks';
import { load } from '../../src/training/checkpoint';
import { fit as train } from '../../src/training/fit';
import { adam } from '../../src/training/optimizer';

const folder = mkdtempSync(join(tmpdir(), 'taskloom-model-'));
afterAll(() => rmSync(folder, { recursive: true }));

const draw = random(5, 'model test');
const n = 90;
const a = Array.from({ length: n }, () => draw.normal());
const b = Array.from({ length: n }, () => draw.normal());
const color = Array.from({ length: n }, (_, i) => ['red', 'green', 'blue'][i % 3]!);
const table = {
  a,
  b,
  color,
  sign: a.map((v) => (v > 0 ? 'yes' : 'no')),
  value: a.map((v, i) => 50 + 10 * v - 5 * b[i]!),
  third: b.map((v) => (v < -0.5 ? 'low' : v < 0.5 ? 'mid' : 'high')),
};
const data = taskData(table, { tasks: { sign: binary(), value: regression(), third: multiclass() } });
const trunk = mlp([16]);

test.each([
  ['hard', hardSharing(trunk)],
  ['single', singleTask(trunk)],
  ['mmoe', mmoe({ expert: trunk, experts: 2 })],
])("a %s model learns, predicts in the labels' units, and predicts alike after saving and loading", async (name, method) => {
  const model = await train(data, method, { epochs: 60, learningRate: 0.02, batchSize: 30 });
  const fresh = { third: ['unused'], a: [2, -2], b: [0, 2], color: ['red', 'violet'] };
  const { third, ...inputs } = fresh;
  expect(third).toEqual(['unused']);
  const values = model.predictValues(inputs);
  expect(values.sign![0]).toBeGreaterThan(0.8);
  expect(values.sign![1]).toBeLessThan(0.2);
  expect(Math.abs(values.value![0]! - 70)).toBeLessThan(8);
  const shares = values.third!.subarray(3, 6);
  expect(shares.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
  expect(model.predict(inputs).columns).toEqual(['sign', 'value', 'third', 'third=high', 'third=low', 'third=mid']);
  expect(model.predict(inputs).column('third').values).toEqual([expect.any(String), 'high']);
  const directory = join(folder, name);
  await model.save(directory);
  const again = await load(directory);
  // Asked anew: on the portable backend one model's numbers change in float32's last digit as the process warms up.
  expect(again.predictValues(inputs)).toEqual(model.predictValues(inputs));
  expect(again.parameters).toBe(model.parameters);
  expect(() => model.predictValues({ a: [1], color: ['red'] })).toThrow(/"b"/);
});

test('what was saved badly, cut or changed is refused, and a foreign directory is left alone', async () => {
  const model = await train(data, hardSharing(trunk), { epochs: 1 });
  const directory = join(folder, 'damaged');
  await model.save(directory);
  const description = readFileSync(join(directory, 'model.json'), 'utf8');
  writeFileSync(join(directory, 'model.json'), description.slice(0, 200));
  await expect(load(directory)).rejects.toThrow(/not complete JSON/);
  writeFileSync(join(directory, 'model.json'), description.replace('"version": 1', '"version": 99'));
  await expect(load(directory)).rejects.toThrow(/version is 99/);
  writeFileSync(join(directory, 'model.json'), description);
  const bytes = readFileSync(join(directory, 'parameters.bin'));
  bytes[10]! ^= 1;
  writeFileSync(join(directory, 'parameters.bin'), bytes);
  await expect(load(directory)).rejects.toThrow(/checksum/);
  truncateSync(join(directory, 'parameters.bin'), 100);
  await expect(load(directory)).rejects.toThrow(/100 bytes, expected/);
  await expect(load(join(folder, 'nowhere'))).rejects.toThrow(/nowhere/);
  const foreign = mkdtempSync(join(folder, 'foreign-'));
  writeFileSync(join(foreign, 'thesis.txt'), 'mine');
  await expect(model.save(foreign)).rejects.toThrow(/holds other files/);
  expect(readFileSync(join(foreign, 'thesis.txt'), 'utf8')).toBe('mine');
  // Saving over an earlier model replaces it whole.
  await model.save(directory);
  expect((await load(directory)).parameters).toBe(model.parameters);
});

test('diagnose gives the gates of a mixture, rows summing to 1, and the stitches of every layer', async () => {
  const mixture = await train(data, mmoe({ expert: trunk, experts: 4 }), { epochs: 2 });
  const { gates } = mixture.diagnose(table);
  expect(gates!.length).toBe(3);
  for (const row of gates!) expect(row.reduce((sum, w) => sum + w, 0)).toBeCloseTo(1, 5);
  const stitched = await train(data, crossStitch(trunk), { epochs: 1, learningRate: 1e-12 });
  const [stitch] = Object.values(stitched.diagnose(table));
  expect(stitch!.map((row) => row.map((w) => Number(w.toFixed(4))))).toEqual([
    [0.9, 0.05, 0.05],
    [0.05, 0.9, 0.05],
    [0.05, 0.05, 0.9],
  ]);
  expect((await train(data, hardSharing(trunk), { epochs: 1 })).diagnose(table)).toEqual({});
});

test('training that diverges says which task, when, and what to do', async () => {
  await expect(train(data, hardSharing(trunk), { epochs: 30, learningRate: 1e30 })).rejects.toThrow(
    /diverged in epoch \d+: the loss of task .*lower learningRate/,
  );
});

test('an abort signal stops at a step and returns the model as it is', async () => {
  const controller = new AbortController();
  const model = await train(data, hardSharing(trunk), {
    epochs: 1_000_000,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  expect(model.history.interrupted).toBe(true);
  expect(model.predictValues({ a: [1], b: [1], color: ['red'] }).sign!.length).toBe(1);
});

test("with per-task stopping a model holds each task's best epoch, saved and loaded too", async () => {
  // Adam's default epsilon would turn the rounding of a gradient near 0 into a whole step.
  const optimizer = adam({ epsilon: 1e-3 });
  const options = { epochs: 40, learningRate: 0.03, batchSize: 20, stopping: 'perTask', validation: 0.2, optimizer } as const;
  const model = await train(data, mmoe({ expert: trunk, experts: 2 }), options);
  const { parts } = model.history;
  expect(parts.flatMap(({ serve }) => serve).sort()).toEqual(['sign', 'third', 'value']);
  expect(parts.length).toBeGreaterThan(1);
  for (const { tasks, serve, bestEpoch, validationLosses } of parts) {
    for (const name of serve) {
      const curve = validationLosses.map((losses) => losses[tasks.indexOf(name)]!);
      expect(curve[bestEpoch - 1]).toBe(Math.min(...curve));
    }
  }
  // The same training, stopped at one task's best epoch, is that task's model: nothing else depends on the epochs but their number.
  const { validation, stopping, ...plain } = options;
  const { splitData } = await import('../../src/data/split');
  const { train: rows } = splitData(data, { test: validation, seed: 0 });
  for (const { serve, bestEpoch } of parts) {
    const split = { train: rows, validation: new Int32Array(0) };
    const stopped = await train(data, model.method, { ...plain, epochs: bestEpoch, split });
    for (const name of serve) {
      const [a, b] = [model.predictValues(table)[name]!, stopped.predictValues(table)[name]!];
      for (const [i, value] of a.entries()) expect(Math.abs(value - b[i]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
    }
  }
  expect(stopping).toBe('perTask');
  const directory = join(folder, 'perTask');
  await model.save(directory);
  const again = await load(directory);
  expect(again.predictValues(table)).toEqual(model.predictValues(table));
  expect(again.history).toEqual(model.history);
  expect(again.parameters).toBe(parts.length * (await train(data, model.method, { epochs: 1 })).parameters);
  expect(Object.keys(model.diagnose(table))).toEqual(parts.map(({ serve }) => `gates (${serve.join(', ')})`));
});

test('stopping is refused where it is unknown or has no validation rows', async () => {
  const method = hardSharing(trunk);
  await expect(train(data, method, { stopping: 'task' as never })).rejects.toThrow(/stopping must be 'joint' or 'perTask', got "task"/);
  await expect(train(data, method, { stopping: 'perTask', validation: 0 })).rejects.toThrow(/stopping "perTask" needs validation rows/);
});
