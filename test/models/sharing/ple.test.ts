import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { cgc } from '../../../src/models/sharing/cgc';
import { ple } from '../../../src/models/sharing/ple';
import { expectPeer } from '../peers';
import { binaryTask, buildOf, expectClose, list, multiclassTask, normals, problemOf, randomValues, regressionTask } from '../support';

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

test('with one level it is customized gate control', () => {
  tf.tidy(() => {
    const options = { expert: trunk, shared: 2, specific: 1 };
    const [ours, plain] = [buildOf(ple({ ...options, levels: 1 }), problem), buildOf(cgc(options), problem)];
    const values = randomValues(plain, 2);
    const x = normals(1, [2, 5, 3]);
    expectClose(ours.forward(values, x, inferenceContext), plain.forward(values, x, inferenceContext));
  });
});

test("the shared gate of the paper sees the tasks' experts too", () => {
  tf.tidy(() => {
    const network = buildOf(ple({ expert: mlp([3], { activation: 'tanh' }), shared: 1, specific: 1, levels: 2 }), problem);
    const gate = network.parameters.find(({ name }) => name === 'level/0/gate')!;
    expect(gate.shape).toEqual([3, 4]);
    const values = randomValues(network, 1);
    const x = normals(1, [1, 5, 3]);
    const before = network.forward(values, x, inferenceContext);
    // Task a's expert of the first level, by way of the shared gate, reaches what tasks b and c put out.
    const first = values['level/0/specific/0/weights']!;
    const moved = tf.concat([tf.add(tf.slice(first, [0, 0, 0, 0], [1, 1, 3, 3]), 1), tf.slice(first, [0, 1, 0, 0], [1, 2, 3, 3])], 1);
    const after = network.forward({ ...values, 'level/0/specific/0/weights': moved }, x, inferenceContext);
    const change = list(tf.max(tf.abs(tf.sub(after, before)), 1));
    expect(change.every((c) => c > 1e-3)).toBe(true);
    const seen = network.diagnose!(values, x, inferenceContext);
    expect(seen['gates/0/shared']!.shape).toEqual([1, 1, 4]);
    expectClose(tf.sum(seen['gates/0/shared']!, 2), tf.ones([1, 1]));
    expect(seen['gates/1']!.shape).toEqual([1, 3, 2]);
  });
});

test('computes what its rule says, by hand', () => {
  tf.tidy(() => {
    const two = problemOf(2, [regressionTask('a'), regressionTask('b')]);
    const network = buildOf(ple({ expert: mlp([2], { activation: 'linear' }), shared: 1, specific: 1, levels: 2 }), two);
    const values = randomValues(network, 1);
    const x = normals(1, [1, 1, 2]);
    type Vector = number[];
    const row = (v: Vector, w: number[][]): Vector => w[0]!.map((_, j) => v.reduce((sum, vi, i) => sum + vi * w[i]![j]!, 0));
    const matrices = (name: string): number[][][] => {
      const t = tf.squeeze(values[name]!, [0]);
      return (t.rank === 2 ? [t.arraySync()] : t.arraySync()) as number[][][];
    };
    const add = (a: Vector, b: Vector): Vector => a.map((v, i) => v + b[i]!);
    const mix = (gate: Vector, experts: Vector[]): Vector => {
      const e = gate.map(Math.exp);
      const total = e.reduce((p, q) => p + q, 0);
      return experts[0]!.map((_, i) => experts.reduce((sum, expert, k) => sum + (e[k]! / total) * expert[i]!, 0));
    };
    const input = list(x);
    const expert = (scope: string, k: number, v: Vector): Vector =>
      add(row(v, matrices(`${scope}/0/weights`)[k]!), matrices(`${scope}/0/bias`)[k]![0]!);
    const ea = expert('level/0/specific', 0, input);
    const eb = expert('level/0/specific', 1, input);
    const es = expert('level/0/shared', 0, input);
    const gate = (name: string, v: Vector): Vector => row(v, matrices(name)[0]!);
    const [a1, b1] = [mix(gate('level/0/gate/a', input), [ea, es]), mix(gate('level/0/gate/b', input), [eb, es])];
    const s1 = mix(gate('level/0/gate', input), [ea, eb, es]);
    const fs = expert('level/1/shared', 0, s1);
    const a2 = mix(gate('level/1/gate/a', a1), [expert('level/1/specific/a/0', 0, a1), fs]);
    const b2 = mix(gate('level/1/gate/b', b1), [expert('level/1/specific/b/0', 0, b1), fs]);
    const heads = matrices('heads/weights')[0]!;
    const bias = list(values['heads/bias']!);
    expectClose(network.forward(values, x, inferenceContext), [row(a2, heads)[0]! + bias[0]!, row(b2, heads)[1]! + bias[1]!]);
  });
});

test('refuses no levels and no experts', () => {
  expect(() => ple({ expert: trunk, levels: 0 })).toThrow(RangeError);
  expect(() => buildOf(ple({ expert: trunk, shared: 0, specific: 0 }), problem)).toThrow(/ple: shared and specific are both 0/);
});

test('computes what torch-rechub computes, with its gradients', () => {
  tf.tidy(() =>
    expectPeer(
      'ple',
      buildOf(ple({ expert: trunk, shared: 1, specific: 2, levels: 2 }), problemOf(3, [regressionTask('a'), regressionTask('b')])),
    ),
  );
});
