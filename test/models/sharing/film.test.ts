import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { countParameters } from '../../../src/models/network/network';
import { film } from '../../../src/models/sharing/film';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { binaryTask, buildOf, expectClose, multiclassTask, normals, problemOf, regressionTask, startValues } from '../support';

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

test('starts as hard sharing, with either form of the conditions', () => {
  tf.tidy(() => {
    const plain = buildOf(hardSharing(trunk), problem);
    const x = normals(1, [2, 5, 3]);
    const expected = plain.forward(startValues(plain, [1, 2]), x, inferenceContext);
    for (const embedding of [null, 3]) {
      const network = buildOf(film(trunk, { embedding }), problem);
      expectClose(network.forward(startValues(network, [1, 2]), x, inferenceContext), expected);
    }
  });
});

test('scales and shifts channels per task', () => {
  tf.tidy(() => {
    const one = mlp([4]);
    const [network, plain] = [buildOf(film(one), problem), buildOf(hardSharing(one), problem)];
    const values = { ...startValues(network, [1]) };
    const [scale, shift] = [normals(1, [1, 1, 4]), normals(2, [1, 1, 4])];
    values['film/b/0'] = tf.concat([scale, shift], 1);
    const x = normals(1, [1, 5, 3]);
    const base = plain.forward(values, x, inferenceContext);
    const out = network.forward(values, x, inferenceContext);
    const h = tf.relu(tf.add(tf.matMul(x as tf.Tensor3D, values['trunk/0/weights'] as tf.Tensor3D), values['trunk/0/bias']!));
    const own = tf.matMul(tf.add(tf.mul(h, tf.add(scale, 1)), shift) as tf.Tensor3D, values['heads/weights'] as tf.Tensor3D);
    expectClose(tf.slice(out as tf.Tensor3D, [0, 0, 1], [-1, -1, 3]), tf.slice(own as tf.Tensor3D, [0, 0, 1], [-1, -1, 3]));
    expectClose(tf.slice(out as tf.Tensor3D, [0, 0, 0], [-1, -1, 1]), tf.slice(base as tf.Tensor3D, [0, 0, 0], [-1, -1, 1]));
    expectClose(tf.slice(out as tf.Tensor3D, [0, 0, 4], [-1, -1, 1]), tf.slice(base as tf.Tensor3D, [0, 0, 4], [-1, -1, 1]));
    expectClose(
      network.diagnose!(values, x, inferenceContext)['scale/0']!,
      tf.stack([tf.ones([1, 4]), tf.reshape(tf.add(scale, 1), [1, 4]), tf.ones([1, 4])], 1),
    );
  });
});

test('has as many parameters as its shapes say', () => {
  const plain = 3 * 5 + 5 + 5 * 4 + 4 + 25;
  expect(countParameters(buildOf(film(trunk), problem).parameters)).toBe(plain + 3 * 2 * (5 + 4));
  expect(countParameters(buildOf(film(trunk, { embedding: 2 }), problem).parameters)).toBe(plain + 3 * 2 + 2 * 2 * (5 + 4));
});
