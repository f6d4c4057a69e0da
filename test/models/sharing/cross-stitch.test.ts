import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { countParameters } from '../../../src/models/network/network';
import { crossStitch, stitchStart } from '../../../src/models/sharing/cross-stitch';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { expectPeer } from '../peers';
import {
  binaryTask,
  buildOf,
  expectClose,
  identity,
  list,
  multiclassTask,
  normals,
  problemOf,
  regressionTask,
  singles,
  startValues,
} from '../support';

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

test('with identity stitches it is a network per task', () => {
  tf.tidy(() => {
    const { x, outputs, together } = singles(trunk, problem);
    const scalar = buildOf(crossStitch(trunk), problem);
    expectClose(scalar.forward({ ...together, 'stitch/0': identity(3), 'stitch/1': identity(3) }, x, inferenceContext), outputs);
    const channel = buildOf(crossStitch(trunk, { units: 'channel' }), problem);
    expectClose(channel.forward({ ...together, 'stitch/0': identity(3, 5), 'stitch/1': identity(3, 4) }, x, inferenceContext), outputs);
  });
});

test('a stitch is the sum of the features it weighs', () => {
  tf.tidy(() => {
    const one = mlp([4], { activation: 'tanh' });
    const { x, values } = singles(one, problem);
    const stitch = normals(6, [1, 3, 3]);
    const features = values.map((v) =>
      tf.tanh(tf.add(tf.matMul(x as tf.Tensor3D, v['trunk/0/weights'] as tf.Tensor3D), v['trunk/0/bias']!)),
    );
    const expected = values.map((v, i) => {
      const mixed = tf.addN(features.map((f, j) => tf.mul(f, list(stitch)[3 * i + j]!)));
      return tf.add(tf.matMul(mixed as tf.Tensor3D, v['heads/weights'] as tf.Tensor3D), v['heads/bias']!);
    });
    const { together } = singles(one, problem);
    const network = buildOf(crossStitch(one), problem);
    expectClose(network.forward({ ...together, 'stitch/0': stitch }, x, inferenceContext), tf.concat(expected, 2));
  });
});

test('rows start with the weight of the own features and sum to 1', () => {
  expect([...stitchStart(0.9, 3, 1)].map((v) => Number(v.toFixed(6)))).toEqual([0.9, 0.05, 0.05, 0.05, 0.9, 0.05, 0.05, 0.05, 0.9]);
  expect([...stitchStart(0.9, 1, 1)]).toEqual([1]);
});

test('with one task it is hard sharing from the start', () => {
  tf.tidy(() => {
    const single = { ...problem, tasks: problem.tasks.slice(0, 1) };
    const [ours, plain] = [buildOf(crossStitch(trunk), single), buildOf(hardSharing(trunk), single)];
    const x = normals(1, [2, 5, 3]);
    expectClose(
      ours.forward(startValues(ours, [3, 4]), x, inferenceContext),
      plain.forward(startValues(plain, [3, 4]), x, inferenceContext),
    );
  });
});

test('has as many parameters as its shapes say', () => {
  const trunks = 3 * (3 * 5 + 5 + 5 * 4 + 4);
  expect(countParameters(buildOf(crossStitch(trunk), problem).parameters)).toBe(trunks + 2 * 9 + 5 * (4 + 1));
  expect(countParameters(buildOf(crossStitch(trunk, { units: 'channel' }), problem).parameters)).toBe(trunks + 9 * (5 + 4) + 5 * (4 + 1));
});

test('refuses options that make no sense', () => {
  expect(() => crossStitch(trunk, { same: 1.2 })).toThrow(/crossStitch\(options\): option 'same' must be number >= 0 and <= 1, got 1.2/);
  // @ts-expect-error no such option
  expect(() => crossStitch(trunk, { sam: 1 })).toThrow(/unknown option 'sam'; did you mean 'same'/);
  // @ts-expect-error no encoder
  expect(() => crossStitch({ same: 1 })).toThrow(/option 'trunk' must be an encoder/);
});

test('computes what LibMTL computes, with its gradients', () => {
  const three = problemOf(3, [regressionTask('a'), regressionTask('b'), regressionTask('c')]);
  // LibMTL has no stitch after the last layer.
  tf.tidy(() => expectPeer('crossStitch', buildOf(crossStitch(mlp([5, 4, 4, 3])), three), { 'stitch/3': identity(3) }));
});
