import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { crossStitch } from '../../../src/models/sharing/cross-stitch';
import { sluice } from '../../../src/models/sharing/sluice';
import {
  binaryTask,
  buildOf,
  expectClose,
  identity,
  list,
  multiclassTask,
  normals,
  problemOf,
  randomValues,
  regressionTask,
  singles,
} from '../support';

const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

const even = mlp([4, 4]);

test('with identity mixing and the last layer alone it is a network per task', () => {
  tf.tidy(() => {
    const { x, outputs, together } = singles(even, problem);
    const network = buildOf(sluice(even), problem);
    const beta = tf.tensor3d([0, 1, 0, 1, 0, 1], [1, 3, 2]);
    expectClose(network.forward({ ...together, 'alpha/0': identity(6), 'alpha/1': identity(6), beta }, x, inferenceContext), outputs);
  });
});

test('subspaces of unit weights are cross-stitch units', () => {
  tf.tidy(() => {
    const { x, together } = singles(even, problem);
    const stitch = normals(3, [1, 3, 3]);
    const beta = tf.tensor3d([0, 1, 0, 1, 0, 1], [1, 3, 2]);
    const one = buildOf(sluice(even, { subspaces: 1 }), problem);
    const stitched = buildOf(crossStitch(even), problem);
    expectClose(
      one.forward({ ...together, 'alpha/0': stitch, 'alpha/1': stitch, beta }, x, inferenceContext),
      stitched.forward({ ...together, 'stitch/0': stitch, 'stitch/1': stitch }, x, inferenceContext),
    );
    // The same matrix between the first subspaces and between the second ones.
    const halves = tf.reshape(
      tf.transpose(tf.mul(tf.reshape(stitch, [1, 3, 3, 1, 1]), tf.reshape(tf.eye(2), [1, 1, 1, 2, 2])), [0, 1, 3, 2, 4]),
      [1, 6, 6],
    );
    const two = buildOf(sluice(even), problem);
    expectClose(
      two.forward({ ...together, 'alpha/0': halves, 'alpha/1': halves, beta }, x, inferenceContext),
      stitched.forward({ ...together, 'stitch/0': stitch, 'stitch/1': stitch }, x, inferenceContext),
    );
  });
});

test('without a factor there is no penalty; by inputs it is the squared products of the weights over the units, by outputs over the inputs', () => {
  tf.tidy(() => {
    const one = { ...problem, tasks: problem.tasks.slice(0, 1) };
    expect(buildOf(sluice(mlp([2])), one).penalty).toBeUndefined();
    const of = (products: 'inputs' | 'outputs') =>
      buildOf(sluice(mlp([2], { activation: 'linear' }), { orthogonality: 0.5, products }), one);
    let network = of('outputs');
    const at = (w: number[]): number =>
      list(network.penalty!({ ...randomValues(network, 1), 'trunk/0/weights': tf.tensor(w, [1, 1, 3, 2]) }))[0]!;
    expect(at([1, 0, 0, 1, 0, 0])).toBe(0);
    expect(at([1, 2, 0, 1, 3, 1])).toBeCloseTo(0.5 * 25, 4);
    network = of('inputs');
    // (1, 0, 3) (2, 1, 1)^T has the squared norm 10 * 6; where units meet no input in common it is not 0.
    expect(at([1, 2, 0, 1, 3, 1])).toBeCloseTo(0.5 * 60, 4);
    expect(at([1, 0, 0, 1, 0, 0])).toBeCloseTo(0.5, 6);
    expect(at([1, 0, 2, 0, 3, 0])).toBe(0);
  });
});

test('layers of different shapes stand side by side', () => {
  tf.tidy(() => {
    const network = buildOf(sluice(mlp([6, 4])), problem);
    expect(network.parameters.find(({ name }) => name === 'heads/weights')!.shape).toEqual([10, 5]);
    expect(network.forward(randomValues(network, 2), normals(1, [2, 5, 3]), inferenceContext).shape).toEqual([2, 5, 5]);
  });
});

test('says which layer its subspaces do not divide', () => {
  expect(() => buildOf(sluice(mlp([4, 5])), problem)).toThrow(/layer 1 has 5 channels, which 2 subspaces do not divide/);
});
