import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { countParameters } from '../../../src/models/network/network';
import { crossStitch } from '../../../src/models/sharing/cross-stitch';
import { nddr } from '../../../src/models/sharing/nddr';
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
  singles,
  startValues,
} from '../support';

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

test('with fusions that keep the own features it is a network per task', () => {
  tf.tidy(() => {
    const { x, outputs, together } = singles(trunk, problem);
    const network = buildOf(nddr(trunk, { same: 1, norm: 'none' }), problem);
    const fusions = startValues(network, [0]);
    expectClose(network.forward({ ...fusions, ...together }, x, inferenceContext), outputs);
  });
});

test('starts as cross-stitch with the same weights', () => {
  tf.tidy(() => {
    const { x, together } = singles(trunk, problem);
    const [fused, stitched] = [buildOf(nddr(trunk, { norm: 'none' }), problem), buildOf(crossStitch(trunk), problem)];
    expectClose(
      fused.forward({ ...startValues(fused, [0]), ...together }, x, inferenceContext),
      stitched.forward({ ...startValues(stitched, [0]), ...together }, x, inferenceContext),
    );
  });
});

test('normalizes each row of the fused features', () => {
  tf.tidy(() => {
    const network = buildOf(nddr(mlp([4], { activation: 'linear' })), problem);
    const values: Record<string, tf.Tensor> = {
      ...randomValues(network, 1),
      'fusion/0/gain': tf.ones([1, 3, 1, 4]),
      'fusion/0/bias': tf.zeros([1, 3, 1, 4]),
    };
    // Scaling the features changes nothing after normalization, but by its epsilon: 1e-5 of variances of some 100.
    const x = normals(2, [1, 5, 3], 10);
    const twice = { ...values, 'fusion/0': tf.mul(values['fusion/0']!, 2) };
    expectClose(network.forward(values, x, inferenceContext), network.forward(twice, x, inferenceContext), 1e-4);
  });
});

test('fuses, normalizes and rectifies, in this order, by hand', () => {
  tf.tidy(() => {
    const two = problemOf(3, [regressionTask('a'), regressionTask('b')]);
    const network = buildOf(nddr(mlp([2], { activation: 'linear' })), two);
    const values = randomValues(network, 1, 3);
    const x = normals(2, [1, 5, 3]);
    const m = (name: string, t?: number): tf.Tensor2D => {
      const v = tf.squeeze(values[name]!, [0]) as tf.Tensor;
      return (t === undefined ? v : tf.unstack(v)[t]!) as tf.Tensor2D;
    };
    const flat = tf.reshape(x, [5, 3]) as tf.Tensor2D;
    const features = tf.concat(
      [0, 1].map((t) => tf.add(tf.matMul(flat, m('trunk/0/weights', t)), m('trunk/0/bias', t))),
      1,
    ) as tf.Tensor2D;
    const expected = [0, 1].map((t) => {
      const fused = tf.matMul(features, m('fusion/0', t));
      const { mean, variance } = tf.moments(fused, 1, true);
      const normal = tf.div(tf.sub(fused, mean), tf.sqrt(tf.add(variance, 1e-5)));
      const h = tf.relu(tf.add(tf.mul(normal, m('fusion/0/gain', t)), m('fusion/0/bias', t)));
      const head = (part: string) => tf.slice(m(`heads/${part}`), [0, t], [-1, 1]) as tf.Tensor2D;
      return tf.add(tf.matMul(h as tf.Tensor2D, head('weights')), head('bias'));
    });
    expectClose(tf.reshape(network.forward(values, x, inferenceContext), [5, 2]), tf.concat(expected, 1), 1e-4);
    const linear = buildOf(nddr(mlp([2], { activation: 'linear' }), { activation: 'linear' }), two);
    expect(
      list(tf.max(tf.abs(tf.sub(linear.forward(values, x, inferenceContext), network.forward(values, x, inferenceContext)))))[0],
    ).toBeGreaterThan(0.1);
  });
});

test('has as many parameters as its shapes say', () => {
  const fusions = 3 * (15 * 5 + 12 * 4);
  const rest = 3 * (3 * 5 + 5 + 5 * 4 + 4) + 5 * (4 + 1);
  expect(countParameters(buildOf(nddr(trunk, { norm: 'none' }), problem).parameters)).toBe(rest + fusions);
  expect(countParameters(buildOf(nddr(trunk), problem).parameters)).toBe(rest + fusions + 3 * 2 * (5 + 4));
});

test("computes what PyTorch's layers compute, with their gradients", () => {
  tf.tidy(() =>
    expectPeer('nddr', buildOf(nddr(trunk, { activation: 'linear' }), problemOf(3, [regressionTask('a'), regressionTask('b')]))),
  );
});
