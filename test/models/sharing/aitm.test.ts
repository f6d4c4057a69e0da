import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { aitm } from '../../../src/models/sharing/aitm';
import { expectPeer } from '../peers';
import { binaryTask, buildOf, expectClose, list, multiclassTask, normals, problemOf, randomValues, regressionTask } from '../support';

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

const steps = problemOf(3, [binaryTask('click'), binaryTask('buy')]);

test('computes what its rule says, by hand', () => {
  tf.tidy(() => {
    const network = buildOf(aitm({ tower: mlp([2], { activation: 'linear' }) }), steps);
    const values = randomValues(network, 1);
    const x = normals(1, [1, 4, 3]);
    const m = (name: string) => values[name] as tf.Tensor3D;
    const linear = (z: tf.Tensor, scope: string) => tf.add(tf.matMul(z as tf.Tensor3D, m(`${scope}/weights`)), m(`${scope}/bias`));
    const [q0, q1] = [linear(x, 'tower/click/0'), linear(x, 'tower/buy/0')];
    const info = tf.relu(linear(q0, 'transfer/buy/pass'));
    const score = (u: tf.Tensor) =>
      tf.div(
        tf.sum(tf.mul(tf.matMul(u as tf.Tensor3D, m('transfer/buy/key')), tf.matMul(u as tf.Tensor3D, m('transfer/buy/query'))), 2, true),
        Math.SQRT2,
      );
    const share = tf.sigmoid(tf.sub(score(q1), score(info)));
    const value = (u: tf.Tensor) => tf.matMul(u as tf.Tensor3D, m('transfer/buy/value'));
    const z1 = tf.add(tf.mul(share, value(q1)), tf.mul(tf.sub(1, share), value(info)));
    const [h0, h1] = tf.split(m('heads/weights'), 2, 2) as [tf.Tensor3D, tf.Tensor3D];
    const expected = tf.add(tf.concat([tf.matMul(q0 as tf.Tensor3D, h0), tf.matMul(z1 as tf.Tensor3D, h1)], 2), m('heads/bias'));
    expectClose(network.forward(values, x, inferenceContext), expected);
    const { transfer } = network.diagnose!(values, x, inferenceContext);
    expectClose(transfer!, tf.concat([tf.zeros([1, 1]), tf.mean(tf.sub(1, share), [1])], 1));
  });
});

test('the calibrator is what later steps are more probable than earlier ones', () => {
  tf.tidy(() => {
    const network = buildOf(aitm({ tower: trunk }), steps);
    const values = { ...randomValues(network, 1), 'heads/weights': tf.zeros([1, 4, 2]) };
    const x = normals(1, [1, 4, 3]);
    const at = (a: number, b: number): number =>
      list(network.penalty!({ ...values, 'heads/bias': tf.tensor([a, b], [1, 1, 2]) }, x, inferenceContext))[0]!;
    const logit = (p: number): number => Math.log(p / (1 - p));
    expect(at(logit(0.5), logit(0.2))).toBe(0);
    expect(at(logit(0.2), logit(0.7))).toBeCloseTo(0.6 * 0.5, 5);
  });
});

test("with the authors' attention all transfers share one set of maps: that of each, where all are equal", () => {
  tf.tidy(() => {
    const three = problemOf(3, [binaryTask('click'), binaryTask('cart'), binaryTask('buy')]);
    const [own, shared] = [buildOf(aitm({ tower: trunk }), three), buildOf(aitm({ tower: trunk, attention: 'shared' }), three)];
    const values = randomValues(shared, 1);
    const spread = Object.fromEntries(
      own.parameters.map(({ name }) => [name, values[name] ?? values[name.replace(/transfer\/\w+\//, 'transfer/')]!]),
    );
    const x = normals(1, [1, 4, 3]);
    expectClose(shared.forward(values, x, inferenceContext), own.forward(spread, x, inferenceContext), 1e-6);
    expect(shared.parameters.length).toBe(own.parameters.length - 3);
    const roles = (names: RegExp) => shared.parameters.filter(({ name }) => names.test(name)).map(({ role }) => role);
    expect(roles(/^transfer\/(value|key|query)$/)).toEqual(['shared', 'shared', 'shared']);
  });
});

test('takes binary tasks in order', () => {
  expect(() => buildOf(aitm({ tower: trunk }), problem)).toThrow(/aitm: tasks must be binary.*"b" is multiclass/);
});

test('computes what torch-rechub computes, with its gradients', () => {
  const three = problemOf(3, [binaryTask('a'), binaryTask('b'), binaryTask('c')]);
  tf.tidy(() => expectPeer('aitm', buildOf(aitm({ tower: trunk }), three), {}, tf.sigmoid));
});
