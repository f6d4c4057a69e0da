import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { countParameters } from '../../../src/models/network/network';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { sharedDecision } from '../../../src/models/sharing/shared-decision';
import { binaryTask, buildOf, expectClose, normals, problemOf, randomValues } from '../support';

const trunk = mlp([5, 4]);

test('one output layer decides on the features of each task', () => {
  tf.tidy(() => {
    const alike = problemOf(3, [binaryTask('a'), binaryTask('b')]);
    const network = buildOf(sharedDecision(trunk), alike);
    const values = randomValues(network, 1);
    const x = normals(1, [1, 5, 3]);
    const plain = buildOf(hardSharing(trunk), { ...alike, tasks: alike.tasks.slice(0, 1) });
    const each = alike.tasks.map(({ name }, t) =>
      plain.forward(
        {
          ...Object.fromEntries(plain.parameters.map((p) => [p.name, values[p.name.replace('trunk/', `trunk/${name}/`)]!])),
          // The one thing at the output that is a task's own.
          'heads/bias': tf.slice(values['heads/bias'] as tf.Tensor3D, [0, 0, t], [1, 1, 1]),
        },
        x,
        inferenceContext,
      ),
    );
    expectClose(network.forward(values, x, inferenceContext), tf.concat(each, 2));
    expect(network.parameters.filter(({ role }) => role === 'shared').map(({ name }) => name)).toEqual(['heads/weights']);
    expect(countParameters(network.parameters)).toBe(2 * (3 * 5 + 5 + 5 * 4 + 4) + 4 + 2);
  });
});
