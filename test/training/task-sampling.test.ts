import { describe, expect, test } from 'vitest';
import { dwa, fixed, modo, pcgrad } from '../../src/balancing';
import type { TaskData } from '../../src/data/data-types';
import { joinData } from '../../src/data/join-data';
import { taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import type { Method } from '../../src/models/method';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { random } from '../../src/random/random';
import { compare } from '../../src/study/compare';
import { binary, regression } from '../../src/tasks';
import { adam } from '../../src/training/optimizer';
import { type RunResult, trainRuns } from '../../src/training/runs';
import { checkSettings, type TrainingSettings } from '../../src/training/settings';
import { checkTaskSampling, sampleRow, sampleRows, type TaskSampling, taskShares } from '../../src/training/task-sampling';

const shares = (sampling: TaskSampling, counts: number[], epoch = 0, epochs = 10): number[] =>
  taskShares(checkTaskSampling('test', sampling), counts, epoch, epochs);

/** Expects numbers to agree to 12 digits. */
function near(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 12);
}

describe('shares of the tasks', () => {
  test('are powers of the numbers of rows', () => {
    near(shares('proportional', [900, 90, 10]), [0.9, 0.09, 0.01]);
    near(shares('uniform', [900, 90, 10]), [1 / 3, 1 / 3, 1 / 3]);
    // Square roots: 30, 3 and 6.
    near(shares({ temperature: 2 }, [900, 9, 36]), [30 / 39, 3 / 39, 6 / 39]);
    near(shares({ temperature: 0.5 }, [3, 1, 2]), [9 / 14, 1 / 14, 4 / 14]);
    near(shares({ temperature: 1 }, [7, 3]), [0.7, 0.3]);
    near(
      shares({ temperature: 1e9 }, [1e6, 1]),
      [0.5, 0.5].map((half, t) => half + (t === 0 ? 1 : -1) * (Math.log(1e6) / 4e9)),
    );
    near(shares({ shares: 'uniform', batches: 'task' }, [1, 5]), [0.5, 0.5]);
  });

  test('annealed go from exponent 1 to 0.2, in equal steps', () => {
    // 1024 = 2 ** 10: exponents 1, 0.8, ..., 0.2 give 2 ** 10, 2 ** 8, ..., 2 ** 2 to 1.
    for (const [epoch, power] of [1024, 256, 64, 16, 4].entries()) {
      near(shares('annealed', [1024, 1], epoch, 5), [power / (power + 1), 1 / (power + 1)]);
    }
    near(shares('annealed', [3, 1], 0, 1), [0.75, 0.25]);
  });
});

/** Rows 0.. of the first task, then of the second, and so on. */
function blocks(counts: readonly number[]): Int32Array[] {
  let next = 0;
  return counts.map((count) => Int32Array.from({ length: count }, () => next++));
}

const perTask = (drawn: Int32Array, rows: readonly Int32Array[]): number[] =>
  rows.map((own) => drawn.filter((row) => own.includes(row)).length);

describe('the rows of an epoch', () => {
  test('are of the tasks by their shares, to within one row, and exactly so on average', () => {
    const counts = [70, 20, 7, 3];
    const rows = blocks(counts);
    const p = shares({ temperature: 3 }, counts);
    const sums = [0, 0, 0, 0];
    const epochs = 1000;
    for (let epoch = 0; epoch < epochs; epoch++) {
      const got = perTask(sampleRows(rows, p, 100, 1, random(epoch)), rows);
      for (const [t, count] of got.entries()) {
        expect(Math.abs(count - 100 * p[t]!)).toBeLessThan(1);
        sums[t]! += count;
      }
    }
    // A count is one of two neighbors: its standard deviation is at most 1/2.
    for (const [t, sum] of sums.entries()) expect(Math.abs(sum / epochs - 100 * p[t]!)).toBeLessThan(4 * (0.5 / Math.sqrt(epochs)));
  });

  test('proportional, with one task a row, are every row once', () => {
    for (const counts of [
      [70, 20, 7, 3],
      [1, 1, 1],
      [333, 666, 1],
    ]) {
      const rows = blocks(counts);
      const total = counts.reduce((a, b) => a + b, 0);
      for (const seed of [0, 1, 2, 3]) {
        const drawn = sampleRows(rows, shares('proportional', counts), total, 1, random(seed));
        expect([...drawn].sort((a, b) => a - b)).toEqual([...Array(total).keys()]);
        if (total > 3) expect([...drawn]).not.toEqual([...Array(total).keys()]);
      }
    }
  });

  test('no row again before all rows of its task', () => {
    const rows = blocks([90, 10]);
    const drawn = sampleRows(rows, [0.5, 0.5], 100, 1, random(7));
    const times = (row: number): number => drawn.filter((other) => other === row).length;
    for (const row of rows[0]!) expect(times(row)).toBeLessThan(2);
    for (const row of rows[1]!) expect(times(row)).toBe(5);
    // Tasks alternate at random, not one after the other.
    const firstHalf = perTask(drawn.subarray(0, 50), rows);
    expect(firstHalf[0]).toBeGreaterThan(10);
    expect(firstHalf[1]).toBeGreaterThan(10);
  });

  test('in batches of one task are of one task, in as many steps as the shares say', () => {
    const rows = blocks([60, 30, 10]);
    // 100 rows in steps of 8: 12 whole steps and one of 4 rows; shares of 13 steps.
    const p = shares({ temperature: 2 }, [60, 30, 10]);
    const drawn = sampleRows(rows, p, 100, 8, random(3));
    expect(drawn).toHaveLength(100);
    const steps = Array.from({ length: 13 }, (_, k) => perTask(drawn.subarray(8 * k, 8 * k + 8), rows));
    for (const step of steps) expect(step.filter((count) => count > 0)).toHaveLength(1);
    for (const [t, share] of p.entries()) expect(Math.abs(steps.filter((step) => step[t]! > 0).length - 13 * share)).toBeLessThan(1);
  });

  test('single rows: each task by its share, each of its rows alike', () => {
    const rows = blocks([2, 3]);
    const draws = random(11);
    const seen = new Array<number>(5).fill(0);
    const n = 5000;
    for (let i = 0; i < n; i++) seen[sampleRow(rows, [0.2, 0.8], draws)]!++;
    const expected = [0.1, 0.1, 0.8 / 3, 0.8 / 3, 0.8 / 3];
    for (const [row, p] of expected.entries()) expect(Math.abs(seen[row]! / n - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / n));
  });
});

/** 48 rows of one task and 12 of another. */
function joined(): TaskData {
  const r = random(2, 'rows');
  const part = (n: number, name: string) => {
    const a = Array.from({ length: n }, () => r.normal());
    const b = Array.from({ length: n }, () => r.normal());
    return name === 'sign'
      ? taskData({ a, b, sign: a.map((v, i) => (v + b[i]! > 0 ? 1 : 0)) }, { tasks: { sign: binary() } })
      : taskData({ a, b, value: a.map((v, i) => v - b[i]!) }, { tasks: { value: regression() } });
  };
  return joinData({ large: part(48, 'sign'), small: part(12, 'value') });
}

const trunk = mlp([6], { dropout: 0.2 });

async function train(method: Method, seeds: number[], settings: TrainingSettings): Promise<RunResult[]> {
  const data = joined();
  const all = Int32Array.from({ length: data.rows }, (_, i) => i);
  const split = { train: all, validation: new Int32Array(0), test: all };
  // Adam's default epsilon would turn the rounding of a gradient near 0 into a whole step.
  const { onProgress: _, ...checked } = checkSettings('test', {
    optimizer: adam({ epsilon: 1e-3 }),
    epochs: 3,
    batchSize: 16,
    ...settings,
  });
  return trainRuns(
    data,
    seeds.map((seed) => ({ name: 'm', method, seed, split, learningRate: settings.learningRate ?? 0.01 })),
    checked,
  );
}

/** Largest difference of predictions and curves. */
function difference(a: readonly RunResult[], b: readonly RunResult[]): number {
  const numbers = (results: readonly RunResult[]): number[] =>
    results.flatMap(({ predictions, parts }) => [
      ...predictions.flatMap((values) => Array.from(values)),
      ...parts.flatMap(({ trainLosses }) => trainLosses.flat()),
    ]);
  const [x, y] = [numbers(a), numbers(b)];
  expect(x).toHaveLength(y.length);
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - y[i]!)), 0);
}

describe('training', () => {
  const cases: [string, Method, TaskSampling][] = [
    ['uniform', hardSharing(trunk), 'uniform'],
    ['annealed, a task a step', hardSharing(trunk), { shares: 'annealed', batches: 'task' }],
    ['temperature with gradients', hardSharing(trunk).with(pcgrad()), { temperature: 4 }],
    ['uniform with independent batches', hardSharing(trunk).with(modo()), 'uniform'],
  ];
  test.each(cases)('%s: alike again, alike in a stack and alone, as a graph and op by op', async (_, method, taskSampling) => {
    const stacked = await train(method, [0, 1], { taskSampling });
    expect(difference(stacked, await train(method, [0, 1], { taskSampling }))).toBe(0);
    expect(difference(stacked.slice(1), await train(method, [1], { taskSampling }))).toBeLessThan(2e-4);
    expect(difference(stacked, await train(method, [0, 1], { taskSampling, mode: 'eager' }))).toBeLessThan(2e-4);
    expect(difference(stacked.slice(0, 1), stacked.slice(1))).toBeGreaterThan(1e-3);
    expect(difference(stacked, await train(method, [0, 1], { mode: 'eager' }))).toBeGreaterThan(1e-3);
  });

  test('single-task networks train as without it', async () => {
    const method = singleTask(trunk);
    expect(difference(await train(method, [0], {}), await train(method, [0], { taskSampling: 'uniform' }))).toBe(0);
  });

  test('a curve is the mean over the steps that had the task', async () => {
    // Without learning, a full-batch step of one task has the loss that the task has at the start.
    const still = { learningRate: 1e-12, epochs: 1, batchSize: 60 };
    const method = hardSharing(mlp([6]));
    const [plain] = await train(method, [0], still);
    const [single] = await train(method, [0], { ...still, batchSize: 12, taskSampling: { shares: 'uniform', batches: 'task' } });
    const [loss, wanted] = [single!, plain!].map(({ parts }) => parts[0]!.trainLosses[0]!);
    // Each of the small task's steps has all its 12 rows.
    expect(loss![1]).toBeCloseTo(wanted![1]!, 5);
    // The large task's steps are means of 12 of its 48 rows: of the same size, not a fraction of it.
    expect(Math.abs(loss![0]! / wanted![0]! - 1)).toBeLessThan(0.2);
  });

  test('a small task is learned sooner when it is drawn more often', async () => {
    const error = async (taskSampling?: TaskSampling): Promise<number> => {
      const results = await train(hardSharing(mlp([16])), [0, 1, 2], { epochs: 12, batchSize: 8, ...(taskSampling && { taskSampling }) });
      return results.reduce((sum, { parts }) => sum + parts[0]!.trainLosses.at(-1)![1]!, 0) / results.length;
    };
    expect(await error({ shares: 'uniform', batches: 'task' })).toBeLessThan(
      0.7 * (await error({ shares: 'proportional', batches: 'task' })),
    );
  });

  test('a task a step leaves nothing to balance', async () => {
    const taskSampling = { batches: 'task' } as const;
    await expect(train(hardSharing(trunk).with(pcgrad()), [0], { taskSampling })).rejects.toThrow(
      'hardSharing.with(pcgrad()): balances the tasks of a step, but taskSampling.batches "task" makes steps of one task; use batches: "mixed"',
    );
    await expect(train(hardSharing(trunk).with(dwa()), [0], { taskSampling, batchSize: 60 })).rejects.toThrow(
      /would draw task "value" 0\.20 times an epoch on average, but dwa balances/,
    );
    await train(hardSharing(trunk).with(fixed({ weights: [1, 2] })), [0], { taskSampling: { temperature: 8, batches: 'task' } });
  });

  test('a task that no step drew yet has no curve, and training goes on', async () => {
    const results = await train(hardSharing(trunk), [0, 1, 2, 3], { taskSampling: { batches: 'task' }, batchSize: 60 });
    for (const { parts, failure } of results) {
      expect(failure).toBeUndefined();
      // A step an epoch is of one task: the other's loss is as it was.
      const { trainLosses } = parts[0]!;
      expect(trainLosses[0]!.filter(Number.isNaN)).toHaveLength(1);
      for (const epoch of [1, 2])
        expect(trainLosses[epoch]!.filter((loss, t) => Object.is(loss, trainLosses[epoch - 1]![t]))).toHaveLength(1);
    }
  });
});

test('compare takes it, and says so in its design', async () => {
  const methods = { hard: hardSharing(trunk) };
  const comparison = await compare(joined(), { methods, seeds: 2, epochs: 2, taskSampling: { temperature: 2 } });
  expect(comparison.data.design.taskSampling).toEqual({ temperature: 2, batches: 'mixed' });
  expect(comparison.report()).toContain('taskSampling: {');
});

test('a setting that is none is refused', () => {
  const check = (taskSampling: unknown) => () => checkSettings('fit', { taskSampling } as TrainingSettings);
  expect(check('unifrom')).toThrow(
    `fit: taskSampling must be 'proportional', 'uniform', 'annealed' or { shares, temperature, batches }, got "unifrom" (did you mean "uniform"?)`,
  );
  expect(check({ temprature: 2 })).toThrow(/fit: taskSampling: unknown option "temprature" \(did you mean "temperature"\?\)/);
  expect(check({ temperature: 0 })).toThrow('fit: taskSampling.temperature must be a number above 0, got 0');
  expect(check({ temperature: 2, shares: 'uniform' })).toThrow('fit: taskSampling: give "shares" or "temperature", not both');
  expect(check({ shares: 'equal' })).toThrow(/taskSampling\.shares must be .*, got "equal"/);
  expect(check({ batches: 'each' })).toThrow(/taskSampling\.batches must be 'mixed' or 'task', got "each"/);
});
