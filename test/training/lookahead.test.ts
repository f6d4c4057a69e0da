import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../src/models/encoders/mlp';
import { crossStitch } from '../../src/models/sharing/cross-stitch';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { lookaheadLosses } from '../../src/training/steps/lookahead';
import { batchLosses } from '../../src/training/steps/losses';
import { taskGradients } from '../../src/training/steps/task-gradients';
import { batchOf, binaryTask, buildOf, expectClose, list, problemOf, randomValues, regressionTask } from '../models/support';

test("the losses after each task's step are those of the moved parameters, task by task, with more tasks than are computed at a time", () => {
  tf.tidy(() => {
    const count = 19;
    const problem = problemOf(
      3,
      Array.from({ length: count }, (_, t) => (t % 2 === 0 ? binaryTask(`t${t}`) : regressionTask(`t${t}`))),
    );
    const network = buildOf(hardSharing(mlp([4], { activation: 'tanh' })), problem);
    const values = randomValues(network, 2, 1, 0.4);
    const parameters = network.parameters.map(({ name }) => values[name]!);
    const { shape, data, batch } = batchOf(problem, network, 2);
    const found = lookaheadLosses(shape, parameters, data, batch, 0.3);
    expect(found.shape).toEqual([2, count, count]);
    const { jacobian } = taskGradients(shape, parameters, data, batch);
    for (let t = 0; t < count; t++) {
      let shared = 0;
      const moved = network.parameters.map(({ role, shape: own }, i) => {
        if (role !== 'shared') return parameters[i]!;
        const gradient = tf.slice(jacobian[shared++]!, [0, t], [2, 1]);
        return tf.sub(parameters[i]!, tf.mul(0.3, tf.reshape(gradient, [2, ...own])));
      });
      expectClose(tf.reshape(tf.slice(found, [0, t], [2, 1]), [2, count]), batchLosses(shape, moved, data, batch));
    }
  });
});

test('a step of no length changes nothing, whatever dropout draws', () => {
  tf.tidy(() => {
    const problem = problemOf(3, [binaryTask('a'), regressionTask('b'), binaryTask('c')]);
    const trunk = mlp([6, 5], { activation: 'tanh', dropout: 0.4 });
    for (const network of [buildOf(hardSharing(trunk), problem), buildOf(crossStitch(trunk), problem)]) {
      const values = randomValues(network, 2);
      const parameters = network.parameters.map(({ name }) => values[name]!);
      const { shape, data, batch } = batchOf(problem, network, 2);
      const before = batchLosses(shape, parameters, data, batch);
      const after = lookaheadLosses(shape, parameters, data, batch, 1e-9);
      const share = tf.sub(1, tf.div(after, tf.expandDims(before, 1)));
      // Two ways to the same float32 sums: some 1e-7.
      expect(Math.max(...list(tf.abs(share)))).toBeLessThan(1e-5);
    }
  });
});
