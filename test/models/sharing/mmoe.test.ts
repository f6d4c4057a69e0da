import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { embedding } from '../../../src/models/encoders/embedding';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext, trainingContext } from '../../../src/models/forward-context';
import { countParameters } from '../../../src/models/network/network';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { mmoe } from '../../../src/models/sharing/mmoe';
import { expectPeer } from '../peers';
import {
  binaryTask,
  buildOf,
  expectClose,
  list,
  multiclassTask,
  normals,
  problemOf,
  randomValues,
  regressionTask,
  startValues,
} from '../support';

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

test('with one expert it is hard sharing, from the start', () => {
  tf.tidy(() => {
    const [network, plain] = [buildOf(mmoe({ expert: trunk, experts: 1 }), problem), buildOf(hardSharing(trunk), problem)];
    const x = normals(1, [2, 5, 3]);
    expectClose(
      network.forward(startValues(network, [1, 2]), x, inferenceContext),
      plain.forward(startValues(plain, [1, 2]), x, inferenceContext),
    );
  });
});

test('mixes experts by softmax gates of the input', () => {
  tf.tidy(() => {
    const network = buildOf(mmoe({ expert: mlp([4], { activation: 'tanh' }), experts: 2 }), problem);
    const values = randomValues(network, 1);
    const x = normals(1, [1, 1, 3]);
    const experts = tf
      .unstack(values['trunk/0/weights']!, 1)
      .map((w, e) => list(tf.tanh(tf.add(tf.matMul(x as tf.Tensor3D, w as tf.Tensor3D), tf.unstack(values['trunk/0/bias']!, 1)[e]!))));
    const heads = tf.split(values['heads/weights']!, [1, 3, 1], 2);
    const biases = tf.split(values['heads/bias']!, [1, 3, 1], 2);
    const expected = problem.tasks.flatMap(({ name }, t) => {
      const logits = list(tf.matMul(x as tf.Tensor3D, values[`gate/${name}`] as tf.Tensor3D));
      const g = 1 / (1 + Math.exp(logits[1]! - logits[0]!));
      const mixed = experts[0]!.map((v, i) => g * v + (1 - g) * experts[1]![i]!);
      return list(tf.add(tf.matMul(tf.tensor(mixed, [1, 1, 4]) as tf.Tensor3D, heads[t] as tf.Tensor3D), biases[t]!));
    });
    expectClose(network.forward(values, x, inferenceContext), expected);
  });
});

test('its diagnosis is the mean weight per task and expert', () => {
  tf.tidy(() => {
    const network = buildOf(mmoe({ expert: trunk, experts: 4 }), problem);
    const { gates } = network.diagnose!(randomValues(network, 2), normals(1, [2, 5, 3]), inferenceContext);
    expect(gates!.shape).toEqual([2, 3, 4]);
    expectClose(tf.sum(gates!, 2), tf.ones([2, 3]));
  });
});

test('a stem is where the tasks meet; gates of token ids need one', () => {
  tf.tidy(() => {
    const network = buildOf(mmoe({ expert: trunk, experts: 2, stem: mlp([6]), tower: mlp([3]) }), problem);
    const values = randomValues(network, 1);
    const x = normals(1, [1, 5, 3]);
    const { encode, decode } = network.representation!;
    expectClose(decode(values, encode(values, x, inferenceContext), inferenceContext), network.forward(values, x, inferenceContext));
    const ids = { shape: [4], vocabulary: 9 };
    expect(() => buildOf(mmoe({ expert: trunk }), problemOf(ids, problem.tasks))).toThrow(
      /token ids, which gates cannot read; give shared lower layers/,
    );
    const read = buildOf(mmoe({ expert: trunk, experts: 2, stem: embedding(3) }), problemOf(ids, problem.tasks));
    expect(read.forward(randomValues(read, 1), tf.tensor([1, 2, 0, 0, 3, 4, 5, 0], [1, 2, 4]), inferenceContext).shape).toEqual([1, 2, 5]);
  });
});

test('dropped gates leave the other weights, rescaled', () => {
  tf.tidy(() => {
    const network = buildOf(mmoe({ expert: trunk, experts: 1, gateDropout: 0.4 }), problem);
    const plain = buildOf(hardSharing(trunk), problem);
    const values = startValues(network, [1]);
    const x = normals(1, [1, 40, 3]);
    const seeds = tf.tensor2d([[3, 0]], [1, 2], 'int32');
    const dropped = network.forward(values, x, trainingContext(seeds, 1, [10]));
    const whole = plain.forward(startValues(plain, [1]), x, inferenceContext);
    // With one expert its weight is 1 again, or everything is dropped and the head's bias of 0 is left.
    const [a, b] = [list(dropped), list(whole)];
    const zero = a.filter((v, i) => v === 0 && b[i] !== 0).length / a.length;
    expect(a.every((v, i) => v === 0 || Math.abs(v - b[i]!) < 1e-5)).toBe(true);
    expect(zero).toBeGreaterThan(0.25);
    expect(zero).toBeLessThan(0.55);
  });
});

test('has as many parameters as its shapes say; refuses no experts', () => {
  const expert = 3 * 5 + 5 + 5 * 4 + 4;
  expect(countParameters(buildOf(mmoe({ expert: trunk, experts: 4 }), problem).parameters)).toBe(4 * expert + 3 * 3 * 4 + 5 * (4 + 1));
  expect(() => mmoe({ expert: trunk, experts: 0 })).toThrow(/option 'experts' must be integer >= 1, got 0/);
  // @ts-expect-error the expert is missing
  expect(() => mmoe({ experts: 2 })).toThrow(/option 'expert' is required/);
});

test('computes what torch-rechub computes, with its gradients', () => {
  tf.tidy(() =>
    expectPeer(
      'mmoe',
      buildOf(mmoe({ expert: trunk, experts: 3, tower: mlp([3]) }), problemOf(3, [regressionTask('a'), regressionTask('b')])),
    ),
  );
});
