import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { clusteredTasks, noiseTask } from '../../src/data/simulators';
import { taskData } from '../../src/data/task-data';
import { adjustedRandIndex } from '../../src/grouping/adjusted-rand';
import { discover } from '../../src/grouping/discover';
import { groupTasks } from '../../src/grouping/group-tasks';
import { taskAffinity } from '../../src/grouping/task-affinity';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';

/** Two groups of three tasks: cosine 0.9 within, 0 between. */
const planted = clusteredTasks({ groups: 2, tasksPerGroup: 3, features: 12, rows: 400, similarity: 0.9, noise: 0.3, seed: 1 });
const data = taskData(planted.table, { tasks: planted.tasks });
const names = data.tasks.map(({ name }) => name);
const truth = names.map((name) => planted.truth.groups[name]!);
const settings = { trunk: mlp([16]), seeds: 3, epochs: 40 } as const;

/** Mean affinity of pairs of one group, and of pairs of two. */
function contrast(values: readonly (readonly number[])[]): { within: number; between: number } {
  const sums = { within: [] as number[], between: [] as number[] };
  for (let i = 0; i < truth.length; i++) {
    for (let j = 0; j < truth.length; j++) if (i !== j) sums[truth[i] === truth[j] ? 'within' : 'between'].push(values[i]![j]!);
  }
  const mean = (v: number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
  return { within: mean(sums.within), between: mean(sums.between) };
}

describe.each(['labels', 'tag', 'gradient-cosine', 'pairwise', 'leave-one-out'] as const)('taskAffinity by %s', (measure) => {
  test('is larger within planted groups than between them, with an interval and without leaks', async () => {
    const before = tf.memory().numTensors;
    const affinity = await taskAffinity(data, { ...settings, measure });
    expect(tf.memory().numTensors).toBe(before);
    expect(affinity.tasks).toEqual(names);
    const { within, between } = contrast(affinity.values);
    if (measure === 'leave-one-out') return; // Tasks of a group stand in for each other: nothing is claimed.
    expect(within).toBeGreaterThan(between);
    expect(affinity.low).toBeDefined();
  });
});

test.each(['tag', 'gradient-cosine'] as const)('groupTasks recovers the planted groups by %s', async (measure) => {
  const { plan, plot, reasons } = await groupTasks(data, { ...settings, measure });
  const labels = names.map((name) => plan.groups.findIndex(({ train }) => train.includes(name)));
  expect(adjustedRandIndex(labels, truth)).toBe(1);
  expect(reasons.length).toBeGreaterThan(0);
  expect(plot.matrix().data.length).toBeGreaterThan(0);
  expect(plot.dendrogram().data.length).toBeGreaterThan(0);
});

test('TAG compares losses under the same dropout: a look-ahead of no length gives 0', async () => {
  const trunk = mlp([16], { dropout: 0.5 });
  const { values } = await taskAffinity(data, { trunk, seeds: 2, epochs: 5, checkpoints: 3, lookahead: 1e-9 });
  // Two ways to the same float32 losses: some 1e-7; other draws would differ by some 1e-2.
  for (const row of values) for (const value of row) expect(Math.abs(value)).toBeLessThan(1e-5);
});

test("errors name the function and the option that the user wrote, not an inner function's", async () => {
  const cases: [() => Promise<unknown>, RegExp][] = [
    [() => groupTasks(data, hardSharing(mlp([4])) as never), /^groupTasks\(data, options\): options must be an object.*got a method/],
    [
      () => groupTasks(data, { measures: 'tag' } as never),
      /^groupTasks: unknown option "measures" \(did you mean "measure"\?\); options: by, budget,/,
    ],
    [() => groupTasks(data, { seeds: 0 }), /^groupTasks: seeds must be/],
    [() => groupTasks(data, { epochs: 0 }), /^groupTasks: epochs must be/],
    [() => groupTasks(data, { learningRate: 0 }), /^groupTasks: learningRate must be a number above 0, got 0/],
    [() => groupTasks(data, { measure: 'labels', budget: 7 }), /^groupTasks: budget must be at most the number of tasks, 6, got 7/],
    [() => groupTasks(data, { measure: 'labels', method: 'kmeans' as never }), /^groupTasks: method must be 'hierarchical', /],
    [() => discover(data, { compares: {} } as never), /^discover: unknown option "compares" \(did you mean "compare"\?\)/],
    [() => discover(data, { checkpoints: 0 }), /^discover: checkpoints must be/],
    [() => taskAffinity(data, { by: 'search' } as never), /^taskAffinity: unknown option "by"/],
  ];
  for (const [run, message] of cases) await expect(run()).rejects.toThrow(message);
});

test('gradients of one layer have a cosine of their own, and those of a trunk of one layer are all there are', async () => {
  const measure = 'gradient-cosine';
  const options = { trunk: mlp([12, 8]), seeds: 2, epochs: 20, checkpoints: 3, measure } as const;
  const first = await taskAffinity(data, { ...options, layer: 0 });
  const second = await taskAffinity(data, { ...options, layer: 1 });
  expect(first.values).not.toEqual(second.values);
  for (const { values } of [first, second]) {
    const { within, between } = contrast(values);
    expect(within).toBeGreaterThan(between);
  }
  const one = { ...options, trunk: mlp([12]) };
  expect((await taskAffinity(data, { ...one, layer: 0 })).values).toEqual((await taskAffinity(data, one)).values);
  await expect(taskAffinity(data, { ...options, layer: 2 })).rejects.toThrow(
    /layer must be below the number of the trunk's layers that learn, 2, got 2/,
  );
  await expect(taskAffinity(data, { ...options, measure: 'tag', layer: 0 })).rejects.toThrow(
    /"layer" belongs to the measure "gradient-cosine"/,
  );
});

test('a noise task is left alone', async () => {
  const noisy = noiseTask(planted, 'noise');
  const withNoise = taskData(noisy.table, { tasks: noisy.tasks });
  const { plan } = await groupTasks(withNoise, settings);
  const name = 'noise';
  expect(plan.groups.find(({ train }) => train.includes(name))!.train).toEqual([name]);
  const labels = names.map((task) => plan.groups.findIndex(({ train }) => train.includes(task)));
  expect(adjustedRandIndex(labels, truth)).toBe(1);
});

test('discover judges the groups against all alone and all together', async () => {
  const { grouping, comparison } = await discover(data, {
    ...settings,
    epochs: 10,
    validation: 0.2,
    stopping: 'joint',
    compare: { seeds: 2, epochs: 3 },
  });
  expect(comparison.data.methods.map(({ name }) => name)).toEqual(['alone', 'together', 'groups']);
  expect(comparison.data.seeds).toEqual([3, 4]);
  // The groups are what was looked for, and so what is asked of first.
  expect(comparison.data.primary).toBe('groups');
  // Every setting is the comparison's, too, but for those that it has of its own.
  expect(comparison.data.design).toMatchObject({ epochs: 3, validation: 0.2, stopping: 'joint' });
  const [, together, groups] = comparison.data.methods;
  expect(groups!.parameters).toBeGreaterThan(together!.parameters);
  expect(grouping.affinity.kind).toBe('tag');
});

test('discover gives odds by default: its comparison has ten seeds', async () => {
  const { comparison } = await discover(data, { measure: 'labels', trunk: mlp([4]), epochs: 1 });
  expect(comparison.data.seeds).toHaveLength(10);
  expect(comparison.averages().every(({ pGain }) => pGain !== undefined)).toBe(true);
});

test('taskAffinity refuses what it cannot do', async () => {
  await expect(taskAffinity(data, { measure: 'tga' as never })).rejects.toThrow(
    /measure must be 'labels', .*, got "tga" \(did you mean "tag"\?\)/,
  );
  await expect(taskAffinity(data, { seeds: 0 })).rejects.toThrow(/seeds must be an integer of at least 1, got 0/);
  await expect(taskAffinity(data, { measur: 'tag' } as never)).rejects.toThrow(/unknown option "measur"/);
});
