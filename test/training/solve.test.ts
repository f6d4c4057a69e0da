import { expect, test } from 'vitest';
import { taskData } from '../../src/data/task-data';
import { defineArchitecture } from '../../src/models/define-architecture';
import { mlp } from '../../src/models/encoders/mlp';
import { chainedTargets } from '../../src/models/linear/chained-targets';
import { linearMtl } from '../../src/models/linear/linear-mtl';
import { stackedTargets } from '../../src/models/linear/stacked-targets';
import { constant } from '../../src/models/network/initial';
import type { SolvableProblem } from '../../src/models/network/network';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import type { Steps } from '../../src/steps';
import { fit as train } from '../../src/training/fit';
import { adam } from '../../src/training/optimizer';
import { type Run, trainRuns } from '../../src/training/runs';

const settings = { epochs: 2, batchSize: 2, optimizer: adam(), mode: 'auto', memoryBudget: 2 ** 30 } as const;
const data = taskData(
  { x: [0, 1, 2, 3, 4, 5, 6, 7], y: [0, 2, 4, 6, 8, null, 12, 14], z: [0, 0, 1, 1, 0, 1, 1, null] },
  { tasks: { y: { kind: 'regression' }, z: { kind: 'binary' } } },
);
const split = { train: Int32Array.of(0, 1, 2, 3, 4), validation: Int32Array.of(5, 6), test: Int32Array.of(7) };

/** Puts out 1 and 2 whatever the inputs, and remembers what it was given. */
const seen: SolvableProblem[] = [];
const constants = defineArchitecture<[], object>({
  name: 'constants',
  title: 'Constants',
  paper: { authors: 'none', year: 2000, title: 'None' },
  options: {},
  read: () => ({}),
  build: hardSharing(mlp([1])).architecture.build,
  solve(problem) {
    seen.push(problem);
    const { parameters } = hardSharing(mlp([1])).architecture.build(problem);
    return parameters.map(({ name, shape }) => (name === 'heads/bias' ? Float32Array.of(1, 2) : constant(0, shape)(undefined as never)));
  },
});
const run: Run = { name: 'constants', method: constants(), seed: 3, split, learningRate: 1 };

test('an own algorithm is given encoded rows and standardized labels, and judged as networks are', async () => {
  seen.length = 0;
  const [result] = await trainRuns(data, [run], { ...settings, trainPredictions: true });
  const [problem] = seen;
  // Training labels of y are 0, 2, 4, 6, 8: mean 4, deviation sqrt(8).
  const sd = Math.sqrt(8);
  expect([...problem!.train.labels[0]!]).toEqual([-4, -2, 0, 2, 4].map((v) => v / sd));
  expect([...problem!.train.labels[1]!]).toEqual([0, 0, 1, 1, 0]);
  expect([...problem!.validation.labels[0]!]).toEqual([Number.NaN, 8 / sd]);
  expect([...problem!.validation.labels[1]!]).toEqual([1, 1]);
  expect(problem!.train.inputs.map((row) => row[0]!.toFixed(4))).toEqual([-2, -1, 0, 1, 2].map((v) => (v / Math.SQRT2).toFixed(4)));
  expect(problem!.seed).toBe(3);

  const { parts, predictions, trainPredictions, steps } = result!;
  const log = (z: number, y: number): number => Math.log1p(Math.exp(z)) - z * y;
  // Five digits of numbers near 1 are some 80 roundings of float32; each is a few operations away from its inputs.
  const [train] = parts[0]!.trainLosses;
  expect(train![0]).toBeCloseTo([-4, -2, 0, 2, 4].reduce((sum, v) => sum + (1 - v / sd) ** 2, 0) / 5, 5);
  expect(train![1]).toBeCloseTo((3 * log(2, 0) + 2 * log(2, 1)) / 5, 5);
  const [validation] = parts[0]!.validationLosses;
  expect(validation![0]).toBeCloseTo((1 - 8 / sd) ** 2, 5);
  expect(validation![1]).toBeCloseTo(log(2, 1), 5);
  expect([parts[0]!.epochs, parts[0]!.bestEpoch, steps]).toEqual([1, 1, 1]);
  expect(predictions[0]![0]).toBeCloseTo(4 + sd, 5);
  expect(predictions[1]![0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
  expect(trainPredictions![0]!.length).toBe(5);
});

test('a stop between two runs keeps the first, and progress reaches its end without one', async () => {
  const stop = new AbortController();
  const results = await trainRuns(data, [run, { ...run, seed: 4 }], { ...settings, signal: stop.signal, onResults: () => stop.abort() });
  expect(results.map((result) => result.run.seed)).toEqual([3]);
  const shares: number[] = [];
  const trained = { name: 'hard', method: hardSharing(mlp([2])), seed: 0, split, learningRate: 1e-3 };
  await trainRuns(data, [run, trained, { ...run, seed: 4 }], { ...settings, onProgress: ({ share }) => shares.push(share) });
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBeCloseTo(1, 12);
});

test.each([
  ['chainedTargets', chainedTargets()],
  ['stackedTargets', stackedTargets()],
  ['goMtl', linearMtl('goMtl')],
  ['traceNorm', linearMtl('traceNorm')],
])('%s hears the stop button while it solves', async (_, method) => {
  const wave = (k: number): number[] => Array.from({ length: 40 }, (__, i) => Math.sin((k + 1.7) * i));
  const table = taskData(
    { x: wave(0), y: wave(1), a: wave(2), b: wave(3), c: wave(4) },
    { tasks: { a: { kind: 'regression' }, b: { kind: 'regression' }, c: { kind: 'regression' } } },
  );
  const { solve, ...rest } = method.architecture;
  const controller = new AbortController();
  let stepsTaken = 0;
  const watched = {
    ...method,
    architecture: {
      ...rest,
      *solve(problem: SolvableProblem): Steps<readonly Float32Array[]> {
        // Pressed while the algorithm is at work.
        setImmediate(() => controller.abort());
        const steps = solve!(problem) as Steps<readonly Float32Array[]>;
        for (;;) {
          const { done, value } = steps.next();
          if (done) return value;
          stepsTaken++;
          yield;
        }
      },
    },
  };
  await expect(train(table, watched, { signal: controller.signal })).rejects.toThrow(/interrupted/);
  expect(stepsTaken).toBeGreaterThan(0);
  const stopped = stepsTaken;
  // Without the button it takes many more steps, so that none is long.
  stepsTaken = 0;
  await train(table, watched, { signal: new AbortController().signal });
  expect(stepsTaken).toBeGreaterThan(10 * stopped);
});
