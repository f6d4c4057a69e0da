import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { encoder } from '../../src/models/encoder';
import { inferenceContext } from '../../src/models/forward-context';
import { mmoe } from '../../src/models/sharing/mmoe';
import { random } from '../../src/random/random';
import { binaryTask, buildOf, expectClose, normals, problemOf, randomValues, runEncoder } from './support';

const gated = encoder('gated', {
  init: ({ shape: [features] }) => ({
    parameters: { left: { shape: [features!, 4] }, right: { shape: [features!, 4] }, bias: { shape: [1, 4] } },
    outputShape: [4],
  }),
  apply: ({ left, right, bias }, x) =>
    tf.add(tf.mul(tf.matMul(x as tf.Tensor3D, left as tf.Tensor3D), tf.sigmoid(tf.matMul(x as tf.Tensor3D, right as tf.Tensor3D))), bias!),
});

test('a pair of functions is an encoder like any other', () => {
  tf.tidy(() => {
    const x = normals(1, [2, 5, 3]);
    const { out, values } = runEncoder(gated, { shape: [3] }, x);
    const product = (name: string) => tf.matMul(x as tf.Tensor3D, values[`e/${name}`] as tf.Tensor3D);
    expectClose(out, tf.add(tf.mul(product('left'), tf.sigmoid(product('right'))), values['e/bias']!));
    const network = buildOf(mmoe({ expert: gated, experts: 2 }), problemOf(3, [binaryTask('a'), binaryTask('b')]));
    expect(network.forward(randomValues(network, 2), x, inferenceContext).shape).toEqual([2, 5, 2]);
  });
});

test('rows of biases start at 0 and do not decay; matrices start within the limits of Glorot and Bengio', () => {
  const [layer] = gated.build({ shape: [3] }, 'e');
  const [left, , bias] = layer!.parameters;
  expect([...bias!.initial(random(1))]).toEqual([0, 0, 0, 0]);
  expect([left!.decay, bias!.decay]).toEqual([true, false]);
  const limit = Math.sqrt(6 / 7);
  const values = Array.from({ length: 200 }, (_, seed) => [...left!.initial(random(seed))]).flat();
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(limit);
  expect(Math.max(...values)).toBeGreaterThan(0.99 * limit);
});

test('says what is missing', () => {
  // @ts-expect-error no apply
  expect(() => encoder('x', { init: () => ({ parameters: {}, outputShape: [1] }) })).toThrow(/encoder\("x"\): apply must be a function/);
  expect(() => encoder('', { init: () => ({ parameters: {}, outputShape: [1] }), apply: (_, x) => x })).toThrow(TypeError);
});
