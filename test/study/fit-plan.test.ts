import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pcgrad } from '../../src/balancing/aggregators/pcgrad';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { compare } from '../../src/study/compare';
import { load } from '../../src/training/checkpoint';
import { fit as train } from '../../src/training/fit';
import type { MethodPlan } from '../../src/training/method-plan';
import { adam } from '../../src/training/optimizer';
import { studyOptions, tinyData } from './support/tiny-study';

const trunk = mlp([4]);
const plan: MethodPlan = {
  settings: { epochs: 3, batchSize: 16 },
  parts: [
    { method: hardSharing(trunk).with(pcgrad()), tasks: ['up', 'noise'], learningRate: 0.01, optimizer: adam() },
    { method: singleTask(trunk), tasks: ['size'], learningRate: 0.02, optimizer: adam() },
  ],
};

it('a plan is trained as one model: each task as its method alone would predict it, saved and loaded too', async () => {
  const data = tinyData();
  const model = await train(data, { plan: () => plan }, { seed: 3 });
  const shared = await train(data, plan.parts[0]!.method, { ...plan.settings, learningRate: 0.01, seed: 3 });
  const alone = await train(data, plan.parts[1]!.method, { ...plan.settings, learningRate: 0.02, seed: 3 });
  const values = model.predictValues(data);
  expect(values.up).toEqual(shared.predictValues(data).up);
  expect(values.noise).toEqual(shared.predictValues(data).noise);
  expect(values.size).toEqual(alone.predictValues(data).size);
  expect(model.history.parts.map(({ serve }) => serve)).toEqual([['up', 'noise'], ['size']]);
  const folder = mkdtempSync(join(tmpdir(), 'taskloom-plan-'));
  try {
    await model.save(folder);
    expect((await load(folder)).predictValues(data)).toEqual(values);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('fit takes a recommendation, with the settings of its study, and refuses one of other tasks', async () => {
  const data = tinyData();
  const comparison = await compare(data, { ...studyOptions(), seeds: 5 });
  const recommendation = comparison.recommend();
  const model = await train(data, recommendation);
  expect(Object.keys(model.predictValues(data)).sort()).toEqual(['noise', 'size', 'up']);
  expect(model.history.parts.every(({ epochs }) => epochs === 3)).toBe(true);
  const fewer = { ...data, tasks: data.tasks.slice(1), labels: data.labels.slice(1) };
  await expect(train(fewer, recommendation)).rejects.toThrow(/fit: the plan is of the tasks .*; the data have size, noise/);
});
