import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { esmm, productLogit } from '../../../src/models/sharing/esmm';
import { expectPeer } from '../peers';
import { binaryTask, buildOf, expectClose, multiclassTask, problemOf, regressionTask, singles } from '../support';

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

const steps = problemOf(3, [binaryTask('click'), binaryTask('buy'), binaryTask('return')]);
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));

test('the logit of a product of probabilities, also where the probabilities round to 0 or 1', () => {
  const pairs = [
    [0.3, -1.2],
    [2, 3],
    [-4, 1],
  ] as const;
  const expected = pairs.map(([a, b]) => Math.log((sigmoid(a) * sigmoid(b)) / (1 - sigmoid(a) * sigmoid(b))));
  expectClose(productLogit(tf.tensor1d(pairs.map(([a]) => a)), tf.tensor1d(pairs.map(([, b]) => b))), expected);
  // sigmoid(-200) sigmoid(-100): log p = -300. sigmoid(60)^2: 1 - p = 2 e^-60.
  expectClose(productLogit(tf.tensor1d([-200, 60]), tf.tensor1d([-100, 60])), [-300, 60 - Math.log(2)]);
});

test('each output is the probability of the way so far', () => {
  tf.tidy(() => {
    const { x, outputs, values, together } = singles(trunk, steps);
    const network = buildOf(esmm({ tower: trunk }), steps);
    const own = Object.fromEntries(
      network.parameters.map(({ name }) => {
        const [, task, part] = /^tower\/([a-z]+)\/(.*)/.exec(name) ?? [];
        return [name, task ? values[steps.tasks.findIndex((t) => t.name === task)]![`trunk/${part}`]! : together[name]!];
      }),
    );
    const rows = (outputs.arraySync() as number[][][])[0]!.map((row) => row.map(sigmoid));
    const ways = rows.flatMap(([p, q, r]) => [p!, p! * q!, p! * q! * r!]);
    expectClose(tf.sigmoid(network.forward(own, x, inferenceContext)), tf.tensor(ways, [1, 5, 3]));
    expectClose(network.diagnose!(own, x, inferenceContext).steps!, tf.mean(tf.sigmoid(outputs), 1));
  });
});

test('takes binary tasks in order', () => {
  expect(() => buildOf(esmm({ tower: trunk }), problem)).toThrow(/esmm: tasks must be binary.*"b" is multiclass/);
  expect(() => buildOf(esmm({ tower: trunk }), { ...steps, tasks: steps.tasks.slice(0, 1) })).toThrow(/at least two tasks/);
});

test('computes what torch-rechub computes, with its gradients', () => {
  const two = problemOf(4, [binaryTask('a'), binaryTask('b')]);
  tf.tidy(() => expectPeer('esmm', buildOf(esmm({ tower: trunk }), two), {}, tf.sigmoid));
});
