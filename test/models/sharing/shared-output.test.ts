import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { countParameters, type Values } from '../../../src/models/network/network';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { sharedOutput } from '../../../src/models/sharing/shared-output';
import { binaryTask, buildOf, expectClose, multiclassTask, normals, problemOf, randomValues, regressionTask } from '../support';

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

const alike = problemOf(3, [regressionTask('a'), regressionTask('b')]);

/** A task's own bias, `[1, 1, 1]`. */
const biasOf = (values: Values, task: number): tf.Tensor => tf.slice(values['heads/bias'] as tf.Tensor3D, [0, 0, task], [1, 1, 1]);

test('layers between shared ones: one output layer over networks of the tasks', () => {
  tf.tidy(() => {
    const network = buildOf(sharedOutput(mlp([5]), { middle: mlp([4]) }), alike);
    const values = randomValues(network, 1);
    const x = normals(1, [1, 5, 3]);
    const plain = buildOf(hardSharing(trunk), { ...alike, tasks: alike.tasks.slice(0, 1) });
    const each = alike.tasks.map(({ name }, t) =>
      plain.forward(
        {
          ...values,
          'trunk/1/weights': values[`middle/${name}/0/weights`]!,
          'trunk/1/bias': values[`middle/${name}/0/bias`]!,
          'heads/bias': biasOf(values, t),
        },
        x,
        inferenceContext,
      ),
    );
    expectClose(network.forward(values, x, inferenceContext), tf.concat(each, 2));
  });
});

test('task embeddings: equal ones give outputs that differ by the biases, and each task reads its own', () => {
  tf.tidy(() => {
    const network = buildOf(sharedOutput(mlp([5]), { embedding: 2 }), alike);
    const values = randomValues(network, 1);
    const x = normals(1, [1, 5, 3]);
    const [a, b] = tf.split(network.forward({ ...values, 'embedding/b': values['embedding/a']! }, x, inferenceContext), 2, 2);
    expectClose(tf.sub(a!, biasOf(values, 0)), tf.sub(b!, biasOf(values, 1)));
    const h = tf.relu(tf.add(tf.matMul(x as tf.Tensor3D, values['trunk/0/weights'] as tf.Tensor3D), values['trunk/0/bias']!));
    const side = tf.concat([h, tf.add(values['embedding/b']!, tf.zeros([1, 5, 2]))], 2);
    const both = tf.concat([values['combine/features/weights']!, values['combine/embedding']!], 1);
    const z = tf.relu(tf.add(tf.matMul(side as tf.Tensor3D, both as tf.Tensor3D), values['combine/features/bias']!));
    const expected = tf.add(tf.matMul(z as tf.Tensor3D, values['heads/weights'] as tf.Tensor3D), biasOf(values, 1));
    expectClose(tf.split(network.forward(values, x, inferenceContext), 2, 2)[1]!, expected);
  });
});

test('a task more costs its embedding and its bias alone', () => {
  const count = (n: number): number =>
    countParameters(
      buildOf(
        sharedOutput(trunk, { embedding: 6 }),
        problemOf(
          3,
          Array.from({ length: n }, (_, i) => binaryTask(`t${i}`)),
        ),
      ).parameters,
    );
  expect(count(7) - count(6)).toBe(6 + 1);
});

test('refuses tasks that cannot share an output layer', () => {
  expect(() => buildOf(sharedOutput(trunk), problem)).toThrow(/must be of one kind; "a" is binary, "b" multiclass/);
  expect(() => buildOf(sharedOutput(trunk), problemOf(3, [multiclassTask('p', 3), multiclassTask('q', 4)]))).toThrow(
    /as many outputs each; "p" has 3, "q" 4/,
  );
  expect(() => sharedOutput(trunk, { middle: mlp([2]), embedding: 2 })).toThrow(/exclude each other/);
});
