import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { mlp } from '../../src/models/encoders/mlp';
import type { Method } from '../../src/models/method';
import { countParameters } from '../../src/models/network/network';
import { aitm } from '../../src/models/sharing/aitm';
import { dselectk } from '../../src/models/sharing/dselectk';
import type { Batch, Resident } from '../../src/training/steps/stack-shape';
import { taskGradients } from '../../src/training/steps/task-gradients';
import { weightedGradients } from '../../src/training/steps/weighted';
import { batchOf, binaryTask, buildOf, expectClose, list, problemOf, randomValues } from '../models/support';

const problem = problemOf(3, [binaryTask('a'), binaryTask('b'), binaryTask('c')]);
const tower = mlp([4], { activation: 'tanh' });
const methods: Readonly<Record<string, Method>> = {
  'the calibrator of aitm': aitm({ tower, calibrator: 5 }),
  'the selectors of dselectk': dselectk({ expert: tower, experts: 3, k: 2, entropy: 5 }),
  'the selectors of dselectk that are static': dselectk({ expert: tower, experts: 3, k: 2, entropy: 5, selection: 'static' }),
};

// The last batch of an epoch is filled up with a row of zeros that has no labels: 5 rows and 3 of those are the 5 rows.
describe.each(Object.entries(methods))('%s', (_, method) => {
  test('averages over the rows of the batch, not over those that fill it up', () => {
    tf.tidy(() => {
      const network = buildOf(method, problem);
      const values = randomValues(network, 1, 5);
      const parameters = network.parameters.map(({ name }) => values[name]!);
      const { shape, data, batch } = batchOf(problem, network, 1, 5);
      const filled: Resident = {
        ...data,
        inputs: tf.concat([data.inputs, tf.zeros([1, 3])], 0),
        labels: tf.concat([data.labels, tf.zeros([1, 3])], 0),
        mask: tf.concat([data.mask, tf.zeros([1, 3])], 0),
      };
      const last: Batch = { ...batch, rows: tf.tensor2d([[0, 1, 2, 3, 4, 5, 5, 5]], [1, 8], 'int32') };
      const ones = tf.ones([1, 3]);
      const whole = weightedGradients(shape, parameters, data, batch, ones);
      const padded = weightedGradients(shape, parameters, filled, last, ones);
      for (const [i, g] of whole.gradients.entries()) expectClose(padded.gradients[i]!, g, 1e-5);
      const each = [taskGradients(shape, parameters, data, batch), taskGradients(shape, parameters, filled, last)];
      expect(each[0]!.penalty.length).toBe(network.parameters.length);
      for (const [i, g] of each[0]!.penalty.entries()) expectClose(each[1]!.penalty[i]!, g, 1e-5);
      // The penalty says something here.
      const size = each[0]!.penalty.reduce((sum, g) => sum + list(tf.sum(tf.abs(g)))[0]!, 0);
      expect(size / countParameters(network.parameters)).toBeGreaterThan(1e-3);
    });
  });
});
