import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { countParameters } from '../../../src/models/network/network';
import { cgc } from '../../../src/models/sharing/cgc';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { mmoe } from '../../../src/models/sharing/mmoe';
import { expectPeer } from '../peers';
import {
  binaryTask,
  buildOf,
  expectClose,
  identity,
  multiclassTask,
  normals,
  problemOf,
  randomValues,
  regressionTask,
  singles,
} from '../support';

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

test('without specific experts it is a multi-gate mixture of experts', () => {
  tf.tidy(() => {
    const [ours, plain] = [
      buildOf(cgc({ expert: trunk, shared: 3, specific: 0 }), problem),
      buildOf(mmoe({ expert: trunk, experts: 3 }), problem),
    ];
    const values = randomValues(plain, 2);
    const renamed = Object.fromEntries(Object.entries(values).map(([name, v]) => [name.replace('trunk/', 'shared/'), v]));
    expect(Object.keys(renamed).sort()).toEqual(ours.parameters.map(({ name }) => name).sort());
    const x = normals(1, [2, 5, 3]);
    expectClose(ours.forward(renamed, x, inferenceContext), plain.forward(values, x, inferenceContext));
  });
});

test('without shared experts it is a network per task', () => {
  tf.tidy(() => {
    const { x, outputs, values, together } = singles(trunk, problem);
    const network = buildOf(cgc({ expert: trunk, shared: 0, specific: 1 }), problem);
    const own = Object.fromEntries(
      network.parameters.map(({ name, shape }) => {
        const [, task, part] = /^specific\/(.)\/0\/(.*)/.exec(name) ?? [];
        if (task) return [name, values[problem.tasks.findIndex((t) => t.name === task)]![`trunk/${part}`]!];
        return [name, together[name] ?? normals(1, [1, ...shape])];
      }),
    );
    expectClose(network.forward(own, x, inferenceContext), outputs);
  });
});

test('a gate weighs its own experts first, then the shared ones', () => {
  tf.tidy(() => {
    const network = buildOf(cgc({ expert: trunk, shared: 2, specific: 1 }), problem);
    // Logits of 100 x the first input decide.
    const gate = (best: number) => tf.tensor([...[0, 1, 2].map((e) => (e === best ? 100 : 0)), 0, 0, 0, 0, 0, 0], [1, 3, 3]);
    const values: Record<string, tf.Tensor> = { ...randomValues(network, 1), 'gate/a': gate(0), 'gate/b': gate(1), 'gate/c': gate(2) };
    const x = tf.concat([tf.ones([1, 5, 1]), normals(1, [1, 5, 2])], 2);
    const plain = buildOf(hardSharing(trunk), problem);
    const expert = (pick: (name: string) => tf.Tensor) =>
      plain.forward(
        Object.fromEntries(
          plain.parameters.map(({ name }) => [name, name.startsWith('heads') ? values[name]! : pick(name.replace('trunk/', ''))]),
        ),
        x,
        inferenceContext,
      );
    const shared = (e: number) => expert((part) => tf.unstack(values[`shared/${part}`]!, 1)[e]!);
    const own = expert((part) => values[`specific/a/0/${part}`]!);
    const cut = (t: tf.Tensor, from: number, n: number) => tf.slice(t as tf.Tensor3D, [0, 0, from], [-1, -1, n]);
    expectClose(network.forward(values, x, inferenceContext), tf.concat([cut(own, 0, 1), cut(shared(0), 1, 3), cut(shared(1), 4, 1)], 2));
    const { gates } = network.diagnose!(values, x, inferenceContext);
    expectClose(gates!, identity(3));
  });
});

test('needs an expert', () => {
  expect(() => buildOf(cgc({ expert: trunk, shared: 0, specific: 0 }), problem)).toThrow(/cgc: shared and specific are both 0/);
  const expert = 3 * 5 + 5 + 5 * 4 + 4;
  expect(countParameters(buildOf(cgc({ expert: trunk, shared: 2, specific: 3 }), problem).parameters)).toBe(
    (2 + 9) * expert + 3 * 3 * 5 + 25,
  );
});

test('computes what torch-rechub computes, with its gradients', () => {
  tf.tidy(() =>
    expectPeer('cgc', buildOf(cgc({ expert: trunk, shared: 2, specific: 2 }), problemOf(3, [regressionTask('a'), regressionTask('b')]))),
  );
});
