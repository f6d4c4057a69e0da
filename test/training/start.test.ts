import { describe, expect, test } from 'vitest';
import type { TaskData } from '../../src/data/data-types';
import { type TaskDataOptions, taskData } from '../../src/data/task-data';
import { gru } from '../../src/models/encoders/gru';
import { mlp } from '../../src/models/encoders/mlp';
import type { Method } from '../../src/models/method';
import { architectures } from '../../src/models/registry';
import { random } from '../../src/random/random';
import { binary, multiclass, regression, tagging } from '../../src/tasks';
import { type FitOptions, fit as fitModel } from '../../src/training/fit';
import { initialValues } from '../../src/training/initial-values';
import { type EncoderExample, encoderExamples } from '../models/encoders/every-encoder';
import { type ArchitectureExample, architectureExamples } from '../models/every-architecture';
import { problemOf } from '../models/support';

const ROWS = 200;
const every = (n: number, shift = 0) => Array.from({ length: ROWS }, (_, i) => ((i + shift) % n === 0 ? 1 : 0));
const missing = <T>(values: readonly T[], n: number): (T | null)[] => values.map((value, i) => (i % n === 3 ? null : value));
const r = random(1, 'start test');
const features = Object.fromEntries(
  Array.from({ length: 8 }, (_, j) => [`x${j}`, Array.from({ length: ROWS }, () => (2 + j) * r.normal() + j)]),
);

/** Labels by kind: classes far from even, a mean far from 0, labels missing. */
const labels = {
  rare: missing(every(10), 7),
  half: missing(every(2), 11),
  often: every(5).map((v) => 1 - v),
  grade: missing(
    Array.from({ length: ROWS }, (_, i) => (i % 20 < 15 ? 'a' : i % 20 < 19 ? 'b' : 'c')),
    6,
  ),
  price: missing(
    Array.from({ length: ROWS }, () => 500 + 30 * r.normal()),
    5,
  ),
  weight: Array.from({ length: ROWS }, () => -3 + r.normal()),
  // Impression, click, purchase: each only after the one before.
  seen: every(2),
  clicked: every(6),
  bought: every(30),
  // Three tags at 12 positions, mostly the first; rows of unequal length.
  tags: Array.from({ length: ROWS }, (_, i) => Array.from({ length: 1 + (i % 12) }, (__, j) => 'ooooooxxxy'[(i + 3 * j) % 10]!)),
};

/** Mean cross entropy of a constant at its best: the entropy of the labels, in nats. */
function entropy(values: readonly unknown[]): number {
  const known = values.flat().filter((value) => value !== null);
  const shares = [...new Set(known)].map((own) => known.filter((value) => value === own).length / known.length);
  return -shares.reduce((sum, share) => sum + share * Math.log(share), 0);
}

type Name = keyof typeof labels;
const specs = {
  rare: binary(),
  half: binary(),
  often: binary(),
  grade: multiclass(),
  price: regression(),
  weight: regression(),
  seen: binary(),
  clicked: binary(),
  bought: binary(),
  tags: tagging(),
};
/** The loss of the best constant; that of a standardized target's mean is 1. */
const constantLoss = (name: Name): number => (specs[name].kind === 'regression' ? 1 : entropy(labels[name]));

function dataOf(names: readonly Name[], inputs?: TaskDataOptions['inputs']): TaskData {
  const table = { ...(inputs ? {} : features), ...Object.fromEntries(names.map((name) => [name, labels[name]])) };
  return taskData(table, { tasks: Object.fromEntries(names.map((name) => [name, specs[name]])), ...(inputs ? { inputs } : {}) });
}

/** Losses on all training rows before the first step, by task: steps of this length change nothing. */
async function untrained(data: TaskData, method: Method, options: FitOptions = {}): Promise<Record<string, number>> {
  const rows = options.split?.train.length ?? data.rows;
  const { history } = await fitModel(data, method, { epochs: 1, batchSize: rows, learningRate: 1e-12, mode: 'eager', seed: 3, ...options });
  return Object.fromEntries(history.parts.flatMap(({ tasks, trainLosses }) => tasks.map((name, t) => [name, trainLosses[0]![t]!])));
}

async function expectConstant(names: readonly Name[], method: Method, inputs?: TaskDataOptions['inputs']): Promise<void> {
  const losses = await untrained(dataOf(names, inputs), method);
  for (const name of names) expect(Math.abs(losses[name]! / constantLoss(name) - 1), `${name}: ${losses[name]}`).toBeLessThan(0.1);
}

const trunk = mlp([64, 32]);
const a = architectures;
const mixed: readonly Name[] = ['rare', 'grade', 'price', 'half'];
/** What an example's tasks `a`, `b` and `c` are here: of the chain of steps each only after the one before. */
const exampleTasks: Readonly<Record<ArchitectureExample['tasks'], readonly Name[]>> = {
  mixed: ['rare', 'grade', 'price'],
  alike: ['seen', 'clicked', 'bought'],
};

test.each(architectureExamples)('$name starts at the loss of the best constant', async ({ method, tasks }) => {
  const names = exampleTasks[tasks];
  const called = (values: Readonly<Record<Name, unknown>>) => Object.fromEntries(names.map((name, t) => ['abc'[t]!, values[name]]));
  const data = taskData({ ...features, ...called(labels) } as never, { tasks: called(specs) as never });
  const losses = await untrained(data, method);
  for (const [t, name] of names.entries())
    expect(Math.abs(losses['abc'[t]!]! / constantLoss(name) - 1), `${name}: ${losses['abc'[t]!]}`).toBeLessThan(0.1);
});

test.each([
  ['sharedOutput', a.sharedOutput(trunk)],
  ['sharedDecision', a.sharedDecision(trunk)],
] as const)('%s, one head for all, starts so for classes and for numbers', async (_, method) => {
  for (const names of [['grade'], ['price', 'weight'], ['rare', 'half', 'often']] as const) await expectConstant(names, method);
});

const images = { kind: 'tensor' as const, shape: [8, 8, 1], values: Float32Array.from({ length: ROWS * 64 }, () => r.normal()) };
const vectors = { kind: 'tensor' as const, shape: [12, 5], values: Float32Array.from({ length: ROWS * 60 }, () => r.normal()) };
const words = {
  kind: 'tensor' as const,
  shape: [12],
  vocabulary: 30,
  values: Float32Array.from(labels.tags.flatMap((row) => Array.from({ length: 12 }, (_, j) => (j < row.length ? 1 + r.below(29) : 0)))),
};
const sentence: readonly Name[] = ['tags', 'rare', 'grade', 'price'];

const inputsOf: Readonly<Record<EncoderExample['input'], TaskDataOptions['inputs']>> = {
  numbers: undefined,
  image: images,
  words,
  series: vectors,
};

describe.each(encoderExamples)('$name', ({ encoder, input, tags }) => {
  test.each([
    ['hardSharing', a.hardSharing(encoder)],
    ['crossStitch', a.crossStitch(encoder)],
  ])('under %s starts at the loss of the best constant', (_, method) => expectConstant(tags ? sentence : mixed, method, inputsOf[input]));
});

test('tagging tasks that share their output layer start at the loss of the best constant, each of its own', async () => {
  const turned = labels.tags.map((row, i) => row.map((tag) => (i % 2 === 0 || tag === 'o' ? 'y' : tag === 'x' ? 'o' : 'x')));
  const data = taskData({ tags: labels.tags, turned }, { tasks: { tags: tagging(), turned: tagging() }, inputs: words });
  const losses = await untrained(data, a.sharedDecision(gru(8, { perToken: true })));
  for (const [name, values] of Object.entries({ tags: labels.tags, turned }))
    expect(Math.abs(losses[name]! / entropy(values) - 1), name).toBeLessThan(0.1);
});

test('class weights: the start is the constant of the lowest weighted loss', async () => {
  const data = taskData(
    { ...features, rare: labels.rare, grade: labels.grade, often: labels.often },
    {
      tasks: {
        rare: binary({ classWeights: 'balanced' }),
        grade: multiclass({ classWeights: 'balanced' }),
        often: binary({ classWeights: { 0: 6, 1: 1 } }),
      },
    },
  );
  const losses = await untrained(data, a.hardSharing(trunk));
  // Balanced classes weigh alike: ln of their number. 1 : 4 with weights 6 : 1 is 6 : 4.
  expect(losses.rare).toBeCloseTo(Math.log(2), 2);
  expect(losses.grade).toBeCloseTo(Math.log(3), 2);
  expect(losses.often).toBeCloseTo(-0.6 * Math.log(0.6) - 0.4 * Math.log(0.4), 2);
});

test('the start is that of the training rows: others have no say', async () => {
  const data = taskData(
    { ...features, step: Array.from({ length: ROWS }, (_, i) => (i < 10 || i >= 100 ? 1 : 0)) },
    { tasks: { step: binary() } },
  );
  const train = Int32Array.from({ length: 100 }, (_, i) => i);
  const validation = Int32Array.from({ length: 100 }, (_, i) => 100 + i);
  const losses = await untrained(data, a.hardSharing(trunk), { split: { train, validation } });
  expect(losses.step).toBeCloseTo(-0.1 * Math.log(0.1) - 0.9 * Math.log(0.9), 2);
});

test('esmm: the start of each step is its share of the rows of the step before, also where that is all of them', async () => {
  const steps = { seen: labels.seen, clicked: labels.clicked, bought: labels.clicked };
  const data = taskData({ ...features, ...steps }, { tasks: { seen: binary(), clicked: binary(), bought: binary() } });
  const model = await fitModel(data, a.esmm({ tower: trunk }), { epochs: 1, batchSize: ROWS, learningRate: 1e-12, mode: 'eager' });
  const shares = model.diagnose(data).steps!.flat();
  // 100 of 200 rows; 34 of these 100; 34 of these 34, of which it takes 0.99.
  for (const [t, share] of [0.5, 0.34, 0.99].entries()) expect(shares[t]).toBeCloseTo(share, 2);
});

describe("start: 'glorot'", () => {
  test('is a random guess, whose loss is above that of the constant', async () => {
    const constant = await untrained(dataOf(['price', 'weight']), a.hardSharing(trunk));
    const guess = await untrained(dataOf(['price', 'weight']), a.hardSharing(trunk), { start: 'glorot' });
    for (const name of ['price', 'weight']) expect(guess[name]).toBeGreaterThan(1.5 * constant[name]!);
  });

  test('differs by the heads alone: small weights in the same directions, and biases', () => {
    const tasks = dataOf(mixed).tasks;
    const network = a.mmoe({ expert: trunk, tower: mlp([16]) }).architecture.build(problemOf(8, tasks));
    const constants = [-2, 0.5, 0.2, -0.7, 0, 0.1];
    const [guess, near] = [initialValues(network, 5), initialValues(network, 5, constants)];
    for (const [i, { name }] of network.parameters.entries()) {
      if (name === 'heads/bias') {
        expect([...guess[i]!]).toEqual(constants.map(() => 0));
        expect([...near[i]!]).toEqual([...Float32Array.from(constants)]);
      } else if (name === 'heads/weights') {
        // Uniform within sqrt(6 / (16 + outputs)) (Glorot and Bengio 2010).
        expect(Math.max(...guess[i]!.map(Math.abs))).toBeGreaterThan(0.8 * Math.sqrt(6 / 17));
        for (const [j, weight] of guess[i]!.entries()) expect(near[i]![j]).toBeCloseTo(0.01 * weight, 7);
      } else expect(near[i]).toEqual(guess[i]);
    }
  });

  test('another start is refused', async () => {
    await expect(fitModel(dataOf(['half']), a.hardSharing(trunk), { start: 'zero' as never })).rejects.toThrow(
      /fit: start must be 'constant' or 'glorot', got "zero"/,
    );
  });
});
