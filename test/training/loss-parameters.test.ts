import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { imtl, imtll, uncertainty } from '../../src/balancing';
import { mlp } from '../../src/models/encoders/mlp';
import type { Balancing } from '../../src/models/method';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { random } from '../../src/random/random';
import type { Task } from '../../src/tasks/task';
import { initialValues } from '../../src/training/initial-values';
import { adam, adamw, type Optimizer, parameterStepOf, sgd } from '../../src/training/optimizer';
import type { ResidentData } from '../../src/training/prepare';
import type { TrainedMember } from '../../src/training/stack/members';
import { trainStack } from '../../src/training/stack/train-stack';

const ROWS = 8;
const RATE = 0.05;
const EPOCHS = 12;
const draws = random(9, 'loss parameters test');
const inputs = Float32Array.from({ length: (ROWS + 1) * 2 }, (_, i) => (i < ROWS * 2 ? draws.normal() : 0));
const labels = Float32Array.from({ length: (ROWS + 1) * 2 }, (_, i) => (i < ROWS * 2 ? 2 * draws.normal() : 0));
const tasks = ['a', 'b'].map((name): Task => ({ name, kind: 'regression', column: name, classes: [], outputs: 1 }));
const optimizers = {
  sgd: sgd(),
  momentum: sgd({ momentum: 0.9 }),
  adam: adam({ beta1: 0.8, epsilon: 1e-4 }),
  adamw: adamw({ epsilon: 1e-4 }),
};
const cosine = (share: number): number => 0.5 * (1 + Math.cos(Math.PI * share));
const method = hardSharing(mlp([3], { activation: 'tanh' }));

interface Training {
  readonly optimizer?: Optimizer;
  readonly schedule?: (share: number) => number;
  readonly mode?: 'auto' | 'eager';
  readonly batchSize?: number;
  readonly mask?: Float32Array;
}

/** One step an epoch, or more. */
async function trained(balancing: Balancing, { optimizer = sgd(), schedule, mode = 'auto', batchSize = ROWS, mask }: Training) {
  const network = method.architecture.build({ input: { shape: [2] }, tasks });
  const here = mask ?? Float32Array.from({ length: (ROWS + 1) * 2 }, (_, i) => (i < ROWS * 2 ? 1 : 0));
  const data: ResidentData = {
    resident: {
      inputs: tf.tensor2d(inputs, [ROWS + 1, 2]),
      labels: tf.tensor2d(
        labels.map((value, i) => value * here[i]!),
        [ROWS + 1, 2],
      ),
      mask: tf.tensor2d(here, [ROWS + 1, 2]),
    },
    hasLabel: Uint8Array.from(here),
    padding: ROWS,
    offsets: [0],
    dispose() {},
  };
  const member = {
    label: 'test',
    seed: 3,
    train: Int32Array.from({ length: ROWS }, (_, i) => i),
    validation: new Int32Array(0),
    predict: new Int32Array(0),
    columns: [0, 1],
    initial: initialValues(network, 3),
    learningRate: RATE,
  };
  const options = { epochs: EPOCHS, batchSize, optimizer, mode, ...(schedule ? { schedule } : {}) };
  const { members } = await trainStack(method.with(balancing), network, tasks, [2], [member], data, options);
  tf.dispose(Object.values(data.resident));
  return { network, member: members[0]! };
}

const weightsOf = ({ weights }: TrainedMember): number[][] => weights.map(({ values }) => [...values]);

/** Largest difference of two trajectories. */
function apart(found: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): number {
  expect(found.map((row) => row.length)).toEqual(wanted.map((row) => row.length));
  return Math.max(...found.flatMap((row, i) => row.map((value, k) => Math.abs(value - wanted[i]![k]!))));
}

/** The weights of a step and the slope of the objective by s, for a loss. */
const rules = {
  uncertainty: {
    make: uncertainty,
    weight: (s: number) => 0.5 * Math.exp(-s),
    slope: (s: number, loss: number) => 0.5 - 0.5 * Math.exp(-s) * loss,
  },
  imtll: { make: imtll, weight: (s: number) => Math.exp(s), slope: (s: number, loss: number) => Math.exp(s) * loss - 1 },
};

describe.each(['uncertainty', 'imtll'] as const)('%s is trained with the model', (name) => {
  beforeAll(async () => {
    await loadBackend();
  });
  const { make, weight, slope } = rules[name];

  it.each([undefined, cosine])('plain descent: s falls by the rate of the step times the slope (schedule: %s)', async (schedule) => {
    for (const mode of ['auto', 'eager'] as const) {
      const { member } = await trained(make(), { mode, ...(schedule ? { schedule } : {}) });
      let s = [0, 0];
      const wanted = member.trainLosses.map((losses, step) => {
        const now = s.map(weight);
        s = s.map((value, t) => value - RATE * (schedule?.(step / EPOCHS) ?? 1) * slope(value, losses[t]!));
        return now;
      });
      // Losses are the very numbers that the method read; the rest is float64.
      expect(apart(weightsOf(member), wanted)).toBeLessThan(1e-12);
      expect(Math.abs(wanted.at(-1)![0]! - wanted[0]![0]!)).toBeGreaterThan(1e-2);
    }
  });

  it('a rate of its own is constant', async () => {
    const { member } = await trained(make({ learningRate: 0.01 }), { schedule: cosine });
    let s = [0, 0];
    const wanted = member.trainLosses.map((losses) => {
      const now = s.map(weight);
      s = s.map((value, t) => value - 0.01 * slope(value, losses[t]!));
      return now;
    });
    expect(apart(weightsOf(member), wanted)).toBeLessThan(1e-12);
  });

  it.each(Object.keys(optimizers) as (keyof typeof optimizers)[])('%s: as in a network of which s is a parameter', async (key) => {
    const optimizer = optimizers[key];
    for (const schedule of [undefined, cosine]) {
      const { network, member } = await trained(make(), { optimizer, ...(schedule ? { schedule } : {}) });
      const { weights, parameters } = trueParameters(
        network.parameters.map(({ shape }) => shape),
        optimizer,
        schedule,
      );
      // Rounding of 2^-24 a number, over 12 steps that move parameters by no more than the gradient over an epsilon of 1e-4.
      expect(apart(weightsOf(member), weights)).toBeLessThan(2e-4);
      expect(
        apart(
          member.parameters.map((own) => [...own]),
          parameters,
        ),
      ).toBeLessThan(2e-4);
    }

    /** Op by op, with autodiff: parameters of the network and s, all trained by one optimizer. Decay is none of s, as none of biases. */
    function trueParameters(shapes: readonly (readonly number[])[], by: Optimizer, schedule: ((share: number) => number) | undefined) {
      return tf.tidy(() => {
        const network = method.architecture.build({ input: { shape: [2] }, tasks });
        const start = initialValues(network, 3);
        let values: tf.Tensor[] = [...shapes.map((shape, i) => tf.tensor(start[i]!, [1, ...shape])), tf.zeros([2])];
        let slots = values.map((value) => Array.from({ length: by.slots }, () => tf.zerosLike(value)));
        const x = tf.tensor3d(inputs.slice(0, ROWS * 2), [1, ROWS, 2]);
        const y = tf.tensor3d(labels.slice(0, ROWS * 2), [1, ROWS, 2]);
        const context = {
          training: false,
          dropout: (z: tf.Tensor) => z,
          uniform: (n: number, shape: readonly number[]) => tf.zeros([n, ...shape]),
        };
        const objective = (...all: tf.Tensor[]): tf.Scalar => {
          const named = Object.fromEntries(network.parameters.map(({ name: own }, i) => [own, all[i]!]));
          const losses = tf.mean(tf.square(tf.sub(network.forward(named, x, context), y)), [0, 1]);
          const s = all[all.length - 1]!;
          return name === 'uncertainty'
            ? tf.sum(tf.add(tf.mul(tf.mul(0.5, tf.exp(tf.neg(s))), losses), tf.div(s, 2)))
            : tf.sum(tf.sub(tf.mul(tf.exp(s), losses), s));
        };
        const weights: number[][] = [];
        for (let step = 0; step < EPOCHS; step++) {
          weights.push(Array.from(values.at(-1)!.dataSync(), weight));
          const rate = RATE * (schedule?.(step / EPOCHS) ?? 1);
          const { rate: scaled, epsilon } = by.scalars(step + 1, rate);
          const gradients = tf.grads(objective)(values);
          const next = values.map((value, i) => {
            const decays = network.parameters[i]?.decay === true;
            const keep = tf.scalar(decays ? 1 - rate * by.decoupledDecay : 1);
            return by.update(value, gradients[i]!, slots[i]!, { rate: tf.scalar(scaled), epsilon: tf.scalar(epsilon), keep });
          });
          values = next.map(({ value }) => value);
          slots = next.map((each) => [...each.slots]);
        }
        return { weights, parameters: values.slice(0, -1).map((value) => Array.from(value.dataSync())) };
      }) as unknown as { weights: number[][]; parameters: number[][] };
    }
  });

  it('without a label in a batch a task keeps its number, its moments and its count of steps', async () => {
    // Batches of one row: task b has labels in half of them.
    const mask = Float32Array.from({ length: (ROWS + 1) * 2 }, (_, i) => (i < ROWS * 2 && (i % 2 === 0 || i % 4 === 1) ? 1 : 0));
    const { member } = await trained(make(), { optimizer: optimizers.adam, batchSize: 1, mask });
    const { steps, slots } = member.balancingState as { steps: number[]; slots: number[][] };
    expect(steps).toEqual([EPOCHS * ROWS, (EPOCHS * ROWS) / 2]);
    expect(slots.map((own) => own.length)).toEqual([2, 2]);
  });

  it('a step with an absent task leaves its moments', () => {
    const method = make();
    const parameterStep = parameterStepOf(optimizers.momentum);
    const input = { losses: [2, 3], epoch: 0, step: 0, epochLosses: [], learningRate: RATE, parameterStep };
    const first = method.step(input, method.init(2, 0)).state as { values: number[]; slots: number[][]; steps: number[] };
    const second = method.step({ ...input, present: [true, false] }, first).state as typeof first;
    for (const part of ['values', 'slots', 'steps'] as const) {
      expect(second[part][1]).toEqual(first[part][1]);
      expect(second[part][0]).not.toEqual(first[part][0]);
    }
  });
});

describe('imtl', () => {
  beforeAll(async () => {
    await loadBackend();
  });

  it.each([undefined, cosine])('trains its scales as IMTL-L does (schedule: %s)', async (schedule) => {
    const optimizer = sgd({ momentum: 0.9 });
    const { member } = await trained(imtl(), { optimizer, ...(schedule ? { schedule } : {}) });
    let [s, speed] = [
      [0, 0],
      [0, 0],
    ];
    for (const [step, losses] of member.trainLosses.entries()) {
      speed = s.map((value, t) => 0.9 * speed[t]! + rules.imtll.slope(value, losses[t]!));
      s = s.map((value, t) => value - RATE * (schedule?.(step / EPOCHS) ?? 1) * speed[t]!);
    }
    const { weighting } = member.balancingState as { weighting: { values: number[] } };
    expect(apart([weighting.values], [s])).toBeLessThan(1e-12);
  });
});

describe('a step on one number', () => {
  beforeAll(async () => {
    await loadBackend();
  });

  it.each(Object.keys(optimizers) as (keyof typeof optimizers)[])(
    "%s: in float64 as in tensors, which serve for an optimizer of one's own",
    (key) => {
      const { updateNumber, ...own } = optimizers[key];
      expect(updateNumber).toBeDefined();
      const [ours, theirs] = [parameterStepOf(optimizers[key]), parameterStepOf(own)];
      let [a, b] = [0.3, 0.3];
      let [aSlots, bSlots]: (readonly number[])[] = [[], []];
      const before = tf.memory().numTensors;
      for (let count = 1; count <= 6; count++) {
        const gradient = Math.sin(3 * count);
        ({ value: a, slots: aSlots } = ours(a, gradient, aSlots!, count, RATE));
        ({ value: b, slots: bSlots } = theirs(b, gradient, bSlots!, count, RATE));
        // Float32's rounding, a few times a step.
        expect(Math.abs(a - b)).toBeLessThan(count * 1e-6);
      }
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});
