import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { conv2d } from '../../../src/models/encoders/conv2d';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { countParameters } from '../../../src/models/network/network';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { mtan } from '../../../src/models/sharing/mtan';
import { expectPeer } from '../peers';
import { binaryTask, buildOf, expectClose, multiclassTask, normals, problemOf, randomValues, regressionTask } from '../support';

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

test('with open masks it is hard sharing', () => {
  tf.tidy(() => {
    const [network, plain] = [buildOf(mtan(trunk), problem), buildOf(hardSharing(trunk), problem)];
    const values = { ...randomValues(network, 1) };
    for (const { name } of network.parameters) {
      if (name.endsWith('outer/weights')) values[name] = tf.zerosLike(values[name]!);
      if (name.endsWith('outer/bias')) values[name] = tf.fill(values[name]!.shape, 40);
    }
    const x = normals(1, [1, 5, 3]);
    expectClose(network.forward(values, x, inferenceContext), plain.forward(values, x, inferenceContext));
    const masks = network.diagnose!(values, x, inferenceContext);
    expect(masks['mask/1']!.shape).toEqual([1, 3, 4]);
    expectClose(masks['mask/1']!, tf.ones([1, 3, 4]));
  });
});

test('a mask of one half halves what the heads read', () => {
  tf.tidy(() => {
    const one = mlp([4]);
    const [network, plain] = [buildOf(mtan(one), problem), buildOf(hardSharing(one), problem)];
    const values = { ...randomValues(network, 1) };
    for (const { name } of network.parameters) if (name.includes('/outer/')) values[name] = tf.zerosLike(values[name]!);
    const x = normals(1, [1, 5, 3]);
    const halved = { ...values, 'heads/weights': tf.div(values['heads/weights']!, 2) };
    expectClose(network.forward(values, x, inferenceContext), plain.forward(halved, x, inferenceContext));
  });
});

test('works on images, with attention carried to where the trunk halves and averages', () => {
  tf.tidy(() => {
    const images = problemOf({ shape: [6, 6, 2] }, problem.tasks);
    const network = buildOf(mtan(conv2d([3, 4, 5]), { width: 2 }), images);
    expect(network.forward(randomValues(network, 2), normals(1, [2, 3, 6, 6, 2]), inferenceContext).shape).toEqual([2, 3, 5]);
    const carry = network.parameters.find(({ name }) => name === 'attention/a/1/carry/weights')!;
    expect(carry.shape).toEqual([9 * 3, 4]);
  });
});

test('has as many parameters as its shapes say', () => {
  const attention = (channels: number, below: number): number => (channels + below) * channels + channels + channels * channels + channels;
  const own = attention(5, 0) + attention(4, 4) + 5 * 4 + 4;
  expect(countParameters(buildOf(mtan(trunk), problem).parameters)).toBe(3 * 5 + 5 + 5 * 4 + 4 + 3 * own + 5 * (4 + 1));
});

test('computes what LibMTL computes, with its gradients', () => {
  tf.tidy(() =>
    expectPeer('mtan', buildOf(mtan(mlp([5, 4, 4, 3]), { width: 3 }), problemOf(3, [regressionTask('a'), regressionTask('b')]))),
  );
});
