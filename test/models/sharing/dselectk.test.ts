import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { countParameters } from '../../../src/models/network/network';
import { dselectk, smoothStep } from '../../../src/models/sharing/dselectk';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { expectPeer, expectPeerPenalty } from '../peers';
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

test('the smooth step has the values of its definition', () => {
  expectClose(smoothStep(tf.tensor1d([-0.5, 0, 0.25, 0.5, -9, 9]), 1), [0, 0.5, 0.84375, 1, 0, 1]);
  expectClose(smoothStep(tf.tensor1d([-1, 0.5, 1]), 2), [0, 0.84375, 1]);
});

test('with one expert it is hard sharing, from the start', () => {
  tf.tidy(() => {
    const [network, plain] = [buildOf(dselectk({ expert: trunk, experts: 1, k: 1 }), problem), buildOf(hardSharing(trunk), problem)];
    const x = normals(1, [2, 5, 3]);
    expectClose(
      network.forward(startValues(network, [1, 2]), x, inferenceContext),
      plain.forward(startValues(plain, [1, 2]), x, inferenceContext),
    );
    expect(network.penalty).toBeUndefined();
  });
});

test('settled codes pick experts by their binary numbers, weighed by the softmax', () => {
  tf.tidy(() => {
    const network = buildOf(dselectk({ expert: trunk, experts: 4, k: 2, selection: 'static' }), problem);
    const values = { ...randomValues(network, 1) };
    // Task a: experts 2 (10) and 1 (01); the first with weight 3/4.
    values['select/a/codes/bias'] = tf.tensor([9, -9, -9, 9], [1, 1, 4]);
    values['select/a/mix/bias'] = tf.tensor([Math.log(3), 0], [1, 1, 2]);
    // Task b: expert 3 twice.
    values['select/b/codes/bias'] = tf.tensor([9, 9, 9, 9], [1, 1, 4]);
    const { gates } = network.diagnose!(values, normals(1, [1, 5, 3]), inferenceContext);
    expectClose(list(gates!).slice(0, 8), [0, 0.25, 0.75, 0, 0, 0, 0, 1]);
    expect(
      list(gates!)
        .slice(8)
        .reduce((p, q) => p + q, 0),
    ).toBeCloseTo(1, 5);
  });
});

test('adds the entropy of its selectors, and keeps them off codes that stand for no expert', () => {
  tf.tidy(() => {
    const network = buildOf(dselectk({ expert: trunk, experts: 3, k: 1, selection: 'static', entropy: 0.1 }), problem);
    const values = { ...randomValues(network, 1) };
    for (const { name } of problem.tasks) values[`select/${name}/codes/bias`] = tf.zeros([1, 1, 2]);
    // Every code has probability 1/4, three of four are experts.
    const entropy = -3 * 0.25 * Math.log(0.25 + 1e-6);
    expectClose(network.penalty!(values, normals(1, [1, 5, 3]), inferenceContext), [3 * (0.1 * entropy + 1 / 0.75)]);
    for (const { name } of problem.tasks) values[`select/${name}/codes/bias`] = tf.tensor([9, 9], [1, 1, 2]);
    expect(list(network.penalty!(values, normals(1, [1, 5, 3]), inferenceContext))[0]).toBeCloseTo(3000, 0);
  });
});

test('refuses more selectors than experts', () => {
  expect(() => dselectk({ expert: trunk, experts: 2, k: 3 })).toThrow(/k must be at most the number of experts, 2; got 3/);
  expect(() => dselectk({ expert: trunk, experts: 0 })).toThrow(RangeError);
  const expert = 3 * 5 + 5 + 5 * 4 + 4;
  const select = (3 + 1) * (2 * 2) + (3 + 1) * 2;
  expect(countParameters(buildOf(dselectk({ expert: trunk }), problem).parameters)).toBe(4 * expert + 3 * select + 25);
});

test('computes what LibMTL computes, with its gradients', () => {
  tf.tidy(() =>
    expectPeer(
      'dselectk',
      buildOf(dselectk({ expert: trunk, experts: 4, k: 2 }), problemOf(3, [regressionTask('a'), regressionTask('b')])),
    ),
  );
});

test('three experts: computes what LibMTL computes, and is kept off the fourth code as there', () => {
  tf.tidy(() => {
    const network = buildOf(dselectk({ expert: trunk, experts: 3, k: 2 }), problemOf(3, [regressionTask('a')]));
    expectPeer('dselectk of three', network);
    expectPeerPenalty('dselectk of three', network);
  });
});
