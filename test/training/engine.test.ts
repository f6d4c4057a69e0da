import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  dbmtl,
  dwa,
  equal,
  famo,
  fixed,
  gls,
  graddrop,
  gradnorm,
  imtl,
  mean,
  modo,
  pcgrad,
  sum,
  uncertainty,
  upgrad,
} from '../../src/balancing';
import type { TaskData } from '../../src/data/data-types';
import { taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import type { Method } from '../../src/models/method';
import type { Network } from '../../src/models/network/network';
import { grouped } from '../../src/models/sharing/grouped';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { random } from '../../src/random/random';
import { binary, multiclass, regression } from '../../src/tasks';
import { initialValues } from '../../src/training/initial-values';
import { adam, adamw, sgd } from '../../src/training/optimizer';
import { fitSplit, labelColumns, makeResident } from '../../src/training/prepare';
import { type Run, trainRuns } from '../../src/training/runs';
import { checkSettings } from '../../src/training/settings';
import type { Member } from '../../src/training/stack/members';
import { trainStack } from '../../src/training/stack/train-stack';
import { taskGradients } from '../../src/training/steps/task-gradients';
import { weightedGradients } from '../../src/training/steps/weighted';
import { expectClose } from '../models/support';
import expected from './expected/network.json';

/** 60 rows, 3 inputs, a binary, a regression and a three-class task, a fifth of the labels missing. */
function mixedData(): TaskData {
  const r = random(1, 'engine test');
  const n = 60;
  const [a, b, c] = [0, 1, 2].map(() => Array.from({ length: n }, () => r.normal())) as [number[], number[], number[]];
  const hide = <T>(v: T): T | null => (r.uniform() < 0.2 ? null : v);
  return taskData(
    {
      a,
      b,
      c,
      sign: a.map((v, i) => hide(v + b[i]! > 0 ? 1 : 0)),
      value: a.map((v, i) => hide(3 + 2 * v - c[i]!)),
      third: b.map((v) => hide(v < -0.5 ? 'low' : v < 0.5 ? 'mid' : 'high')),
    },
    { tasks: { sign: binary({ classWeights: 'balanced' }), value: regression(), third: multiclass() } },
  );
}

const rows = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i);
const split = { train: rows(0, 40), validation: rows(40, 50), test: rows(50, 60) };

/**
 * Adam's default epsilon turns the rounding of a gradient near 0 into a whole step. With this one a rate of 0.01 magnifies it 10 times at
 * most: gradients near 1 have some 1e-6 of it, so that nine steps part by some 1e-4. Whatever is computed otherwise parts by 1e-3 and more,
 * as the tests that expect a difference show.
 */
const optimizer = adam({ epsilon: 1e-3 });

async function train(data: TaskData, methods: Record<string, Method>, seeds: number[], settings: Parameters<typeof checkSettings>[1] = {}) {
  const runs = Object.entries(methods).flatMap(([name, method]) =>
    seeds.map((seed): Run => ({ name, method, seed, split, learningRate: settings.learningRate ?? 0.01 })),
  );
  const { onProgress, ...checked } = checkSettings('test', { optimizer, epochs: 3, batchSize: 16, ...settings });
  expect(onProgress).toBeUndefined();
  return trainRuns(data, runs, checked);
}

const trunk = mlp([8, 6], { dropout: 0.2 });
const methods: Record<string, Method> = {
  single: singleTask(trunk),
  hard: hardSharing(trunk),
  tanh: hardSharing(mlp([5], { activation: 'tanh' })),
  dwa: hardSharing(trunk).with(dwa()),
  uncertainty: hardSharing(trunk).with(uncertainty()),
  gls: hardSharing(trunk).with(gls()),
  famo: hardSharing(trunk).with(famo()),
  gradnorm: hardSharing(trunk).with(gradnorm()),
  pcgrad: hardSharing(trunk).with(pcgrad()),
  upgradMatched: hardSharing(trunk).with(upgrad(), { scale: 'matchMean' }),
  famoMatched: hardSharing(trunk).with(famo(), { scale: 'matchMean' }),
  upgradUpper: hardSharing(trunk).with(upgrad(), { gradients: 'representation' }),
  upgradUpperMatched: hardSharing(trunk).with(upgrad(), { gradients: 'representation', scale: 'matchMean' }),
  modo: hardSharing(trunk).with(modo()),
  graddrop: hardSharing(trunk).with(graddrop()),
  graddropUpper: hardSharing(trunk).with(graddrop(), { gradients: 'representation' }),
  graddropUpperMatched: hardSharing(trunk).with(graddrop({ leak: 0.2 }), { gradients: 'representation', scale: 'matchMean' }),
  dbmtl: hardSharing(trunk).with(dbmtl()),
  imtl: hardSharing(trunk).with(imtl({ learningRate: 0.1 })),
  imtlUpper: hardSharing(trunk).with(imtl({ learningRate: 0.1 }), { gradients: 'representation' }),
};

/** Largest difference between two runs' curves and predictions, relative to 1. */
function difference(a: Awaited<ReturnType<typeof train>>, b: Awaited<ReturnType<typeof train>>): number {
  let most = 0;
  const compare = (x: ArrayLike<number>, y: ArrayLike<number>): void => {
    expect(x.length).toBe(y.length);
    for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]! - y[i]!) / Math.max(1, Math.abs(x[i]!)));
  };
  expect(a.length).toBe(b.length);
  for (const [i, run] of a.entries()) {
    for (const [p, part] of run.parts.entries()) {
      for (const key of ['trainLosses', 'validationLosses'] as const) {
        for (const [e, losses] of part[key].entries()) compare(losses, b[i]!.parts[p]![key][e]!);
      }
    }
    for (const [t, values] of run.predictions.entries()) compare(values, b[i]!.predictions[t]!);
  }
  return most;
}

test.each(Object.keys(methods))('%s: a graph computes what op-by-op execution computes', async (name) => {
  const data = mixedData();
  const only = { [name]: methods[name]! };
  const before = tf.memory().numTensors;
  const graph = await train(data, only, [0, 1]);
  const eager = await train(data, only, [0, 1], { mode: 'eager' });
  expect(difference(graph, eager)).toBeLessThan(2e-4);
  expect(tf.memory().numTensors).toBe(before);
});

test('optimizers, clipping and schedules: a graph computes what op-by-op execution computes', async () => {
  const data = mixedData();
  for (const optimizer of [adam({ epsilon: 1e-3, weightDecay: 0.1 }), adamw({ epsilon: 1e-3, weightDecay: 0.1 }), sgd({ momentum: 0.9 })]) {
    const settings = { optimizer, clipNorm: 0.5, schedule: 'cosine' } as const;
    const graph = await train(data, { hard: methods.hard! }, [0], settings);
    const eager = await train(data, { hard: methods.hard! }, [0], { ...settings, mode: 'eager' });
    expect(difference(graph, eager)).toBeLessThan(2e-4);
  }
});

test.each(['single', 'hard', 'pcgrad', 'famo', 'graddrop', 'graddropUpper', 'imtl'])(
  '%s: a model trains alike in a stack and alone, and alike again',
  async (name) => {
    const data = mixedData();
    const only = { [name]: methods[name]! };
    const stacked = await train(data, only, [0, 1, 2]);
    const alone = [...(await train(data, only, [0])), ...(await train(data, only, [1])), ...(await train(data, only, [2]))];
    expect(difference(stacked, alone)).toBeLessThan(2e-4);
    expect(difference(stacked, await train(data, only, [0, 1, 2]))).toBe(0);
    // Seeds do differ.
    expect(difference(stacked.slice(0, 1), stacked.slice(1, 2))).toBeGreaterThan(1e-3);
  },
);

test('combining at the representation with fixed weights is combining at the parameters', async () => {
  const data = mixedData();
  const upper = await train(data, { mean: hardSharing(trunk).with(mean(), { gradients: 'representation' }) }, [0, 1]);
  const lower = await train(data, { mean: hardSharing(trunk).with(mean()) }, [0, 1]);
  expect(difference(upper, lower)).toBeLessThan(2e-4);
  const other = await train(data, { mean: hardSharing(trunk).with(pcgrad(), { gradients: 'representation' }) }, [0, 1]);
  expect(difference(upper, other)).toBeGreaterThan(1e-3);
  await expect(train(data, { drop: hardSharing(trunk).with(dbmtl(), { gradients: 'representation' }) }, [0])).rejects.toThrow(
    /use gradients: "parameters"/,
  );
});

test('the sum of losses by any road: plain, as a weighting, as an aggregator', async () => {
  const data = mixedData();
  const plain = await train(data, { sum: hardSharing(trunk) }, [0, 1]);
  expect(difference(plain, await train(data, { sum: hardSharing(trunk).with(equal()) }, [0, 1]))).toBe(0);
  expect(difference(plain, await train(data, { sum: hardSharing(trunk).with(sum()) }, [0, 1]))).toBeLessThan(2e-4);
});

test('a model that stops early leaves the others as they are, and keeps its best epoch', async () => {
  const data = mixedData();
  const settings = { epochs: 40, patience: 2, validation: 0.1 };
  const stacked = await train(data, { single: methods.single!, hard: methods.hard! }, [0, 1, 2, 3], settings);
  const alone = [];
  for (const name of ['single', 'hard'])
    for (const seed of [0, 1, 2, 3]) alone.push(...(await train(data, { [name]: methods[name]! }, [seed], settings)));
  const epochs = stacked.flatMap(({ parts }) => parts.map((part) => part.epochs));
  expect(new Set(epochs).size).toBeGreaterThan(1);
  for (const [i, run] of stacked.entries()) {
    for (const [p, part] of run.parts.entries()) {
      const best = part.validationLosses.map((losses) => losses.reduce((a, b) => a + b, 0));
      expect(part.bestEpoch).toBe(best.indexOf(Math.min(...best)) + 1);
      expect(part.epochs).toBe(Math.min(40, part.bestEpoch + 2));
      expect(alone[i]!.parts[p]!.bestEpoch).toBe(part.bestEpoch);
    }
  }
  expect(difference(stacked, alone)).toBeLessThan(2e-3);
});

/** Each task's own validation curve, the epoch its predictions are from, and how long its network was trained. */
function taskCurves(run: Awaited<ReturnType<typeof train>>[number]): { curve: number[]; epoch: number; epochs: number }[] {
  return run.predictions.map((_, t) => {
    const part = run.parts.find(({ serve }) => serve.includes(t))!;
    return { curve: part.validationLosses.map((losses) => losses[part.tasks.indexOf(t)]!), epoch: part.bestEpoch, epochs: part.epochs };
  });
}

test.each(['auto', 'eager'] as const)('per-task stopping (%s): every task keeps its best epoch, in a stack and alone', async (mode) => {
  const data = mixedData();
  const patience = 2;
  const settings = { epochs: mode === 'auto' ? 60 : 15, patience, stopping: 'perTask', mode, learningRate: 0.05 } as const;
  const seeds = mode === 'auto' ? [0, 1, 2] : [0, 1];
  for (const name of mode === 'auto' ? ['hard', 'famo'] : ['hard']) {
    const only = { [name]: methods[name]! };
    const before = tf.memory().numTensors;
    const stacked = await train(data, only, seeds, settings);
    expect(tf.memory().numTensors).toBe(before);
    for (const run of stacked) {
      const tasks = taskCurves(run);
      for (const { curve, epoch } of tasks) expect(epoch).toBe(curve.indexOf(Math.min(...curve)) + 1);
      // Nobody had a better loss in the last epochs.
      const last = Math.max(...tasks.map(({ epoch }) => epoch));
      for (const { epochs } of tasks) expect(epochs).toBe(Math.min(settings.epochs, last + patience));
      expect(run.parts.map(({ bestEpoch }) => bestEpoch).length).toBe(new Set(tasks.map(({ epoch }) => epoch)).size);
    }
    // Some model stopped before another, so that stacks were made smaller on the way; tasks did differ.
    if (mode === 'auto') expect(new Set(stacked.map(({ parts }) => parts[0]!.epochs)).size).toBeGreaterThan(1);
    expect(stacked.some(({ parts }) => parts.length > 1)).toBe(true);
    // Predictions are those of a model that is trained for exactly so many epochs.
    const [run] = stacked;
    for (const [t, { epoch }] of taskCurves(run!).entries()) {
      const { validation, ...rest } = split;
      expect(validation.length).toBeGreaterThan(0);
      const { onProgress: _, ...checked } = checkSettings('test', { optimizer, epochs: epoch, batchSize: 16, mode });
      const plain = { name, method: methods[name]!, seed: 0, split: { ...rest, validation: new Int32Array(0) }, learningRate: 0.05 };
      const [stopped] = await trainRuns(data, [plain], checked);
      for (const [i, value] of run!.predictions[t]!.entries())
        expect(Math.abs(value - stopped!.predictions[t]![i]!)).toBeLessThan(1e-3 * Math.max(1, Math.abs(value)));
    }
    if (mode === 'eager' || name === 'famo') continue;
    const alone = [];
    for (const seed of seeds) alone.push(...(await train(data, only, [seed], settings)));
    for (const [i, own] of stacked.entries()) {
      expect(taskCurves(own).map(({ epoch }) => epoch)).toEqual(taskCurves(alone[i]!).map(({ epoch }) => epoch));
      for (const [t, values] of own.predictions.entries())
        for (const [row, value] of values.entries())
          expect(Math.abs(value - alone[i]!.predictions[t]![row]!)).toBeLessThan(2e-3 * Math.max(1, Math.abs(value)));
    }
  }
});

test('per-task and joint stopping are the same for networks of one task', async () => {
  const data = mixedData();
  const settings = { epochs: 20, patience: 2, validation: 0.1 };
  const joint = await train(data, { single: methods.single! }, [0, 1], settings);
  const own = await train(data, { single: methods.single! }, [0, 1], { ...settings, stopping: 'perTask' });
  expect(difference(joint, own)).toBe(0);
  expect(own.map(({ parts }) => parts.map(({ parameters }) => parameters))).toEqual(
    joint.map(({ parts }) => parts.map(({ parameters }) => parameters)),
  );
});

test('per-task stopping: helpers that a network does not predict have no say, and a task without validation labels goes by the mean', async () => {
  const data = mixedData();
  const settings = { epochs: 40, patience: 2, stopping: 'perTask' } as const;
  const plan = { groups: [0, 1, 2].map((t) => ({ serve: [data.tasks[t]!.name], train: data.tasks.map(({ name }) => name) })) };
  const [run] = await train(data, { grouped: grouped(plan, trunk) }, [0], settings);
  expect(run!.parts.length).toBe(3);
  for (const { curve, epoch, epochs } of taskCurves(run!)) {
    expect(epoch).toBe(curve.indexOf(Math.min(...curve)) + 1);
    expect(epochs).toBe(Math.min(40, epoch + 2));
  }
  const labels = data.labels.map((one, t) =>
    t === 1 ? { ...one, values: one.values.map((v, i) => (i >= 40 && i < 50 ? Number.NaN : v)) } : one,
  );
  const [unlabeled] = await train({ ...data, labels }, { hard: methods.hard! }, [0], settings);
  const part = unlabeled!.parts.find(({ serve }) => serve.includes(1))!;
  const means = part.validationLosses.map((losses) => (losses[0]! + losses[2]!) / 2);
  expect(part.bestEpoch).toBe(means.indexOf(Math.min(...means)) + 1);
});

test("a plan's weights are those of fixed weights, network by network", async () => {
  const data = mixedData();
  const names = data.tasks.map(({ name }) => name);
  const weights = [
    [1, 0.25, 0.5],
    [0.3, 1, 1],
  ];
  const groups = [
    { train: names, serve: names.slice(0, 1), weights: weights[0]! },
    { train: [...names].reverse(), serve: names.slice(1), weights: [...weights[1]!].reverse() },
  ];
  const planned = await train(data, { planned: grouped({ groups }, trunk) }, [0, 1]);
  const byHand = await train(
    data,
    Object.fromEntries(weights.map((own, i) => [`${i}`, hardSharing(trunk).with(fixed({ weights: own }))])),
    [0, 1],
  );
  for (const [i, run] of planned.entries()) {
    for (const [t, values] of run.predictions.entries()) {
      const other = byHand[t === 0 ? i : 2 + i]!.predictions[t]!;
      for (const [row, value] of values.entries()) expect(Math.abs(value - other[row]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
    }
  }
  // It matters: without weights the predictions are others.
  expect(
    difference(planned, await train(data, { planned: grouped({ groups: groups.map(({ weights: _, ...rest }) => rest) }, trunk) }, [0, 1])),
  ).toBeGreaterThan(1e-3);
  await expect(train(data, { both: grouped({ groups }, trunk).with(pcgrad()) }, [0])).rejects.toThrow(/the plan has weights of its own/);
});

test("a trunk's own backward pass equals automatic differentiation, for weighted losses and for every task", () => {
  const data = mixedData();
  for (const encoder of [
    mlp([6, 5], { dropout: 0.3 }),
    mlp([4], { activation: 'tanh' }),
    mlp([4, 3], { activation: 'softplus' }),
    mlp([4], { activation: 'elu' }),
    mlp([4], { activation: 'sigmoid' }),
  ]) {
    const chained = hardSharing(encoder).architecture.build({ input: { shape: [3] }, tasks: data.tasks });
    const { layered, ...plain } = chained;
    expect(layered).toBeDefined();
    tf.tidy(() => {
      const r = random(3, 'values');
      const parameters = chained.parameters.map(({ shape }) =>
        tf.tensor(
          Float32Array.from({ length: 2 * shape.reduce((a, b) => a * b, 1) }, () => r.normal()),
          [2, ...shape],
        ),
      );
      const resident = {
        inputs: tf.tensor2d(
          Float32Array.from({ length: 30 }, () => r.normal()),
          [10, 3],
        ),
        labels: tf.tensor2d(Array.from({ length: 10 }, () => [r.below(2), r.normal(), r.below(3)])),
        mask: tf.tensor2d(Array.from({ length: 10 }, () => [0, 1, 2].map(() => (r.uniform() < 0.8 ? 1 : 0)))),
        classWeights: tf.tensor2d(Array.from({ length: 2 }, () => [1, 2, 0.5, 1, 3])),
      };
      const batch = {
        rows: tf.tensor2d(
          [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => i),
          [2, 5],
          'int32',
        ),
        seeds: tf.tensor2d([7, 3, 8, 3], [2, 2], 'int32'),
      };
      const shape = (network: Network) => ({ network, tasks: data.tasks, stack: 2, inputShape: [3], weighted: true, totalSteps: [10, 10] });
      const weights = tf.tensor2d([1, 0.5, 2, 0.3, 1, 1], [2, 3]);
      const close = (a: readonly tf.Tensor[], b: readonly tf.Tensor[]): void => {
        expect(a.map((t) => t.shape)).toEqual(b.map((t) => t.shape));
        for (const [i, t] of a.entries()) expectClose(t, b[i]!);
      };
      const [w1, w2] = [chained, plain].map((network) => weightedGradients(shape(network), parameters, resident, batch, weights));
      close([w1!.losses, ...w1!.gradients], [w2!.losses, ...w2!.gradients]);
      const [t1, t2] = [chained, plain].map((network) => taskGradients(shape(network), parameters, resident, batch));
      close([t1!.losses, t1!.gramian, ...t1!.jacobian, ...t1!.own], [t2!.losses, t2!.gramian, ...t2!.jacobian, ...t2!.own]);
      // The tasks' gradients add up to that of the plain sum.
      const ones = weightedGradients(shape(plain), parameters, resident, batch, tf.onesLike(weights));
      close(
        t1!.jacobian.map((j) => tf.sum(j, 1)),
        ones.gradients.filter((_, i) => plain.parameters[i]!.role === 'shared'),
      );
    });
  }
});

test("fifteen full-batch steps give PyTorch's losses and parameters", async () => {
  const n = 7;
  const yb = [1, 0, null, 1, 1, 0, null];
  const yr = [0.5, null, -1.2, 0.3, null, 2, -0.7];
  const ym = ['0', '2', '1', null, '1', '0', '2'];
  const x = Array.from({ length: n }, (_, i) => [0, 1, 2].map((j) => Math.sin(i + 0.5 * j) * 1.5));
  const data = taskData(
    { a: x.map((v) => v[0]!), b: x.map((v) => v[1]!), c: x.map((v) => v[2]!), yb, yr, ym },
    { tasks: { yb: binary(), yr: regression(), ym: multiclass({ classWeights: { '0': 1, '1': 2, '2': 0.5 } }) } },
  );
  const method = hardSharing(mlp([4], { activation: 'tanh' }));
  const network = method.architecture.build({ input: { shape: [3] }, tasks: data.tasks });
  const all = { train: rows(0, n), validation: new Int32Array(0), test: rows(0, n) };
  const fitted = fitSplit(data, all);
  // Raw inputs and targets, as PyTorch got them.
  const encoder = { ...fitted.encoder, encode: () => Float32Array.from(x.flat()) };
  const targets = fitted.targets.map((t) => ({ ...t, mean: 0, sd: 1 }));
  const resident = makeResident(data, [{ ...fitted, encoder, targets }]);
  const order = ['trunk/0/weights', 'trunk/0/bias', 'heads/weights', 'heads/bias'];
  const initial = network.parameters.map(({ name, shape }) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 0.4 * Math.sin(0.7 * i + order.indexOf(name) + 1)),
  );
  const member: Member = {
    label: 'pinned',
    seed: 0,
    train: all.train,
    validation: all.validation,
    predict: all.test,
    columns: labelColumns(data).flat(),
    initial,
    classWeights: Float32Array.of(1, 1, 1, 2, 0.5),
    learningRate: 0.02,
  };
  const result = await trainStack(method, network, data.tasks, [3], [member], resident, {
    epochs: 15,
    batchSize: n,
    optimizer: adam(),
    mode: 'auto',
  });
  resident.dispose();
  const [trained] = result.members;
  // TensorFlow's Adam takes 1 - beta2 in float32, 1.3e-5 less than 0.001, which makes each of 15 steps of 0.02 longer by 6e-6 of itself: by
  // the end 2e-6 in a parameter and, with gradients whose sizes add up to 11 and less, 2e-5 at most in a loss.
  for (const [e, losses] of expected.losses.entries()) {
    for (const [t, loss] of losses.entries()) expect(trained!.trainLosses[e]![t]).toBeCloseTo(loss, 4);
  }
  for (const [i, { name }] of network.parameters.entries()) {
    for (const [j, value] of expected.parameters[name as keyof typeof expected.parameters].entries())
      expect(trained!.parameters[i]![j]).toBeCloseTo(value, 4);
  }
});

test('single-task and multi-task networks of one seed start from the same trunk and head', () => {
  const data = mixedData();
  const input = { shape: [3] };
  const many = hardSharing(trunk).architecture.build({ input, tasks: data.tasks });
  const one = singleTask(trunk).architecture.build({ input, tasks: [data.tasks[1]!] });
  const [a, b] = [initialValues(many, 5), initialValues(one, 5)];
  for (const [i, { name }] of one.parameters.entries()) {
    const j = many.parameters.findIndex((p) => p.name === name);
    if (name !== 'heads/weights') {
      if (name.startsWith('trunk')) expect(b[i]).toEqual(a[j]);
      continue;
    }
    // Column 1 of the five outputs is the regression's.
    for (let row = 0; row < 6; row++) expect(b[i]![row]).toBe(a[j]![row * 5 + 1]);
  }
});
