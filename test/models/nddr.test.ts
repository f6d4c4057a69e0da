import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { crossStitch } from '../../src/models/cross-stitch';
import { mlp } from '../../src/models/mlp';
import { nddr } from '../../src/models/nddr';
import { countParameters } from '../../src/models/network';
import { inferenceContext } from '../../src/training/step';
import { expectPeer } from './peers';
import {
  binaryTask,
  buildOf,
  expectClose,
  multiclassTask,
  normals,
  problemOf,
  randomValues,
  regressionTask,
  singles,
  startValues,
} from './support';

beforeAll(async () => {
  await loadBackend();
});

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

test('normalises each row of the fused features', () => {
  tf.tidy(() => {
    const network = buildOf(nddr(mlp([4], { activation: 'linear' })), problem);
    const values: Record<string, tf.Tensor> = {
      ...randomValues(network, 1),
      'fusion/0/gain': tf.ones([1, 3, 1, 4]),
      'fusion/0/bias': tf.zeros([1, 3, 1, 4]),
    };
    // Scaling the features changes nothing after normalisation.
    const x = normals(2, [1, 5, 3], 10);
    const twice = { ...values, 'fusion/0': tf.mul(values['fusion/0']!, 2) };
    expectClose(network.forward(values, x, inferenceContext), network.forward(twice, x, inferenceContext), 1e-4);
  });
});

test('has as many parameters as its shapes say', () => {
  const fusions = 3 * (15 * 5 + 12 * 4);
  const rest = 3 * (3 * 5 + 5 + 5 * 4 + 4) + 5 * (4 + 1);
  expect(countParameters(buildOf(nddr(trunk, { norm: 'none' }), problem).parameters)).toBe(rest + fusions);
  expect(countParameters(buildOf(nddr(trunk), problem).parameters)).toBe(rest + fusions + 3 * 2 * (5 + 4));
});

test("computes what PyTorch's layers compute, with their gradients", () => {
  tf.tidy(() => expectPeer('nddr', buildOf(nddr(trunk), problemOf(3, [regressionTask('a'), regressionTask('b')]))));
});
