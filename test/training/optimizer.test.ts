import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { adam, adamw, type Optimizer, sgd } from '../../src/training/optimizer';
import expected from './expected/optimizers.json';

const cases: Record<string, Optimizer> = {
  adam: adam({ learningRate: 0.05 }),
  'adam-l2': adam({ learningRate: 0.05, beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1 }),
  adamw: adamw({ learningRate: 0.05, weightDecay: 0.1 }),
  sgd: sgd({ learningRate: 0.01 }),
  'sgd-momentum': sgd({ learningRate: 0.01, momentum: 0.9, weightDecay: 0.1 }),
};

/** 12 steps on sum(w^3 - (t+1) w) + sum((t+1) sin b), with closed-form gradients. */
function descend(optimizer: Optimizer): { w: number[]; b: number[] } {
  return tf.tidy(() => {
    let w: tf.Tensor = tf.tensor([0.5, -1, 2, 0.1], [1, 2, 2]);
    let b: tf.Tensor = tf.tensor([0.3, -0.2], [1, 1, 2]);
    const zeros = (x: tf.Tensor): tf.Tensor[] => Array.from({ length: optimizer.slots }, () => tf.zerosLike(x));
    let [slotsW, slotsB]: [readonly tf.Tensor[], readonly tf.Tensor[]] = [zeros(w), zeros(b)];
    for (let t = 0; t < 12; t++) {
      const { rate, epsilon } = optimizer.scalars(t + 1, optimizer.learningRate);
      const keep = 1 - optimizer.learningRate * optimizer.decoupledDecay;
      const scalars = { rate: tf.scalar(rate), epsilon: tf.scalar(epsilon) };
      const gradientW = tf.add(tf.sub(tf.mul(3, tf.square(w)), t + 1), tf.mul(optimizer.l2, w));
      const gradientB = tf.mul(t + 1, tf.cos(b));
      const nextW = optimizer.update(w, gradientW, slotsW, { ...scalars, keep: tf.scalar(keep) });
      const nextB = optimizer.update(b, gradientB, slotsB, { ...scalars, keep: tf.scalar(1) });
      [w, slotsW, b, slotsB] = [nextW.value, nextW.slots, nextB.value, nextB.slots];
    }
    return { w: [...w.dataSync()], b: [...b.dataSync()] };
  });
}

test.each(Object.keys(cases))("%s gives PyTorch's numbers", (name) => {
  const want = expected.values[name as keyof typeof expected.values];
  const got = descend(cases[name]!);
  // 12 steps, each of which rounds a parameter once and its update a few times: 2e-6 is 34 roundings of float32. Adam's 1 - beta2, which
  // TensorFlow's own op takes in float32, is off by 2^-25 / 0.001 = 3e-5 of itself at most, and the root of the squares' mean by half of
  // that: over 12 steps of up to 0.05 that is 9e-6.
  const bound = name.startsWith('adam') ? 2e-6 + 9e-6 : 2e-6;
  for (const key of ['w', 'b'] as const) {
    for (const [i, value] of want[key].entries()) expect(Math.abs(got[key][i]! - value)).toBeLessThan(bound * Math.max(1, Math.abs(value)));
  }
});

test('optimizers refuse what they cannot use', () => {
  expect(() => adam({ learningrate: 1 } as never)).toThrow(/unknown option "learningrate" \(did you mean "learningRate"\?\)/);
  expect(() => adam({ beta1: 1 })).toThrow(/beta1 must be a number in \[0, 1\), got 1/);
  expect(() => sgd({ momentum: -0.1 })).toThrow(/momentum/);
  expect(() => adamw({ weightDecay: Number.NaN })).toThrow(/weightDecay/);
});
