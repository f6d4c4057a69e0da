import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, test } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { ltb } from '../../src/models/ltb';
import { mlp } from '../../src/models/mlp';
import { inferenceContext, trainingContext } from '../../src/training/step';
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
} from './support';

beforeAll(async () => {
  await loadBackend();
});

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

test('with settled choices of the own node it is a network per task', () => {
  tf.tidy(() => {
    const { x, outputs, together } = singles(trunk, problem);
    const network = buildOf(ltb(trunk), problem);
    const settled = tf.mul(identity(3), 100);
    expectClose(network.forward({ ...together, 'branch/0': settled, 'branch/1': settled }, x, inferenceContext), outputs);
  });
});

test('choices are softmax of logits and noise, ever sharper while training goes on', () => {
  tf.tidy(() => {
    const network = buildOf(ltb(mlp([4]), { temperature: 4, finalTemperature: 0.25 }), problem);
    const values = { ...startValues(network, [1]), 'heads/weights': tf.ones([1, 4, 5]), 'trunk/0/weights': tf.zeros([1, 3, 3, 4]) };
    // Node j puts out ones in channel j: a head's sum over channels of the squares tells how sharp its choice is.
    const bias = tf.tensor([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], [1, 3, 1, 4]);
    const weights = tf.concat([tf.eye(3), tf.zeros([1, 3])], 0);
    const three = problemOf(3, [regressionTask('a'), regressionTask('b'), regressionTask('c')]);
    const plain = buildOf(ltb(mlp([4]), { temperature: 4, finalTemperature: 0.25 }), three);
    const choices = (step: number): number[] => {
      const seeds = tf.tensor2d([[5, step]], [1, 2], 'int32');
      // The same draws for every step: only the progress differs.
      const context = trainingContext(tf.tensor2d([[5, 0]], [1, 2], 'int32'), 1, 100);
      const progress = trainingContext(seeds, 1, 100).progress!;
      const each = [0, 1, 2].map((k) =>
        list(
          plain.forward(
            {
              'trunk/0/weights': values['trunk/0/weights']!,
              'trunk/0/bias': bias,
              'branch/0': tf.zeros([1, 3, 3]),
              'heads/weights': tf.expandDims(tf.tile(tf.slice(weights, [0, k], [4, 1]), [1, 3]), 0),
              'heads/bias': tf.zeros([1, 1, 3]),
            },
            tf.zeros([1, 1, 3]),
            { ...context, uniform: () => tf.tensor([0.2, 0.5, 0.9, 0.9, 0.2, 0.5, 0.5, 0.9, 0.2], [1, 3, 3]), progress },
          ),
        ),
      );
      return [0, 1, 2].map((k) => each[k]![0]!);
    };
    const g = [0.2, 0.5, 0.9].map((u) => -Math.log(-Math.log(u)));
    for (const [step, tau] of [
      [0, 4],
      [50, 1],
    ] as const) {
      const e = g.map((v) => Math.exp(v / tau));
      const total = e.reduce((p, q) => p + q, 0);
      expectClose(
        choices(step),
        e.map((v) => v / total),
        1e-4,
      );
    }
  });
});

test('its diagnosis is the probabilities of the parents', () => {
  tf.tidy(() => {
    const network = buildOf(ltb(trunk), problem);
    const seen = network.diagnose!(startValues(network, [1, 2]), normals(1, [2, 5, 3]), inferenceContext);
    expectClose(seen['branch/1']!, tf.fill([2, 3, 3], 1 / 3));
  });
});
