import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { conv2d } from '../../../src/models/encoders/conv2d';
import type { Values } from '../../../src/models/network/network';
import { expectClose, normals, runEncoder } from '../support';

const image = { shape: [5, 4, 2] };

test("a layer is TensorFlow's convolution with each model's own filters, activation and pooling", () => {
  tf.tidy(() => {
    const x = normals(1, [2, 3, 5, 4, 2]);
    const { out, values } = runEncoder(conv2d([3], { output: 'cells' }), image, x);
    const expected = [0, 1].map((s) => {
      const own = (name: string) => tf.squeeze(tf.slice(values[`e/0/conv/${name}`]!, [s], [1]), [0]);
      const images = tf.squeeze(tf.slice(x, [s], [1]), [0]) as tf.Tensor4D;
      const convolved = tf.conv2d(images, tf.reshape(own('weights'), [3, 3, 2, 3]) as tf.Tensor4D, 1, 'same');
      const pooled = tf.avgPool(tf.relu(tf.add(convolved, own('bias'))) as tf.Tensor4D, 2, 2, 'same');
      return tf.reshape(pooled, [3, -1]);
    });
    expectClose(out, tf.stack(expected));
  });
});

test.each([1, 2, 4, 5])('windows of %i are those of TensorFlow', (kernel) => {
  tf.tidy(() => {
    const x = normals(1, [1, 2, 5, 4, 2]);
    const { out, values } = runEncoder(conv2d([3], { output: 'cells', kernel, pool: false, activation: 'linear' }), image, x);
    const filters = tf.reshape(values['e/0/conv/weights']!, [kernel, kernel, 2, 3]) as tf.Tensor4D;
    const convolved = tf.conv2d(tf.squeeze(x, [0]) as tf.Tensor4D, filters, 1, 'same');
    expectClose(out, tf.reshape(tf.add(convolved, tf.reshape(values['e/0/conv/bias']!, [3])), [1, 2, -1]));
  });
});

test('a residual block adds its input, by a projection where channels differ', () => {
  tf.tidy(() => {
    const x = normals(1, [1, 2, 5, 4, 2]);
    const silent = (v: Record<string, Tensor>): Values =>
      Object.fromEntries(Object.entries(v).map(([name, t]) => [name, name.includes('conv2') ? tf.zerosLike(t) : t]));
    const same = runEncoder(conv2d([2], { residual: true, pool: false, output: 'cells' }), image, x, silent);
    expectClose(same.out, tf.reshape(tf.relu(x), [1, 2, -1]));
    const { out, values } = runEncoder(conv2d([3], { residual: true, pool: false }), image, x, silent);
    const skipped = tf.add(
      tf.matMul(tf.reshape(x, [1, 40, 2]) as tf.Tensor3D, values['e/0/skip/weights'] as tf.Tensor3D),
      values['e/0/skip/bias']!,
    );
    expectClose(out, tf.mean(tf.reshape(tf.relu(skipped), [1, 2, 20, 3]), 2));
  });
});

test('normalization makes the scale of the inputs matter no more', () => {
  tf.tidy(() => {
    const x = normals(1, [1, 2, 5, 4, 2], 5);
    const quiet = (v: Record<string, Tensor>): Values =>
      Object.fromEntries(Object.entries(v).map(([name, t]) => [name, name.endsWith('conv/bias') ? tf.zerosLike(t) : t]));
    const encoder = conv2d([3, 4], { norm: 'layer' });
    // Normalization adds an epsilon of 1e-5 to variances: 5e-4 of a number where one is 0.01.
    expectClose(runEncoder(encoder, image, x, quiet).out, runEncoder(encoder, image, tf.mul(x, 3), quiet).out, 1e-3);
  });
});

test('shapes: halving ends at one cell; [height, width] is one channel', () => {
  const layers = conv2d([2, 3, 4, 5], { output: 'cells' }).build({ shape: [5, 3] }, 'e');
  expect(layers.map(({ outputShape }) => outputShape)).toEqual([
    [3, 2, 2],
    [2, 1, 3],
    [2, 1, 4],
    [2, 1, 5],
  ]);
  tf.tidy(() => {
    expect(runEncoder(conv2d([2, 3]), { shape: [5, 3] }, normals(1, [2, 4, 5, 3])).out.shape).toEqual([2, 4, 3]);
  });
});

test('refuses what is no image and options out of range', () => {
  expect(() => conv2d([4]).build({ shape: [7] }, 'e')).toThrow(/inputs must be images.*got \[7\]/);
  expect(() => conv2d([4]).build({ shape: [7], vocabulary: 9 }, 'e')).toThrow(/got token ids/);
  expect(() => conv2d([])).toThrow(TypeError);
  expect(() => conv2d([0])).toThrow(/'channels' must be an array of one or more: integer >= 1, got \[0\]/);
  expect(() => conv2d([4], { activation: 'rel' as never })).toThrow(/did you mean 'relu'/);
  // @ts-expect-error no such norm
  expect(() => conv2d([4], { norm: 'batch' })).toThrow(/'norm' must be 'none' \| 'layer'.*, got "batch"/);
});
