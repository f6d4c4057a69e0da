import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { crossStitch } from '../../../src/models/sharing/cross-stitch';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { planned, type TrunkPlan } from '../../../src/models/sharing/planned';
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
  startValues,
} from '../support';

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

const all: TrunkPlan = { groups: [['a', 'b', 'c']] };

test('all together is hard sharing, from the start; all apart is a network per task', () => {
  tf.tidy(() => {
    const [ours, plain] = [buildOf(planned(all, trunk), problem), buildOf(hardSharing(trunk), problem)];
    const many = normals(1, [2, 5, 3]);
    expectClose(
      ours.forward(startValues(ours, [1, 2]), many, inferenceContext),
      plain.forward(startValues(plain, [1, 2]), many, inferenceContext),
    );
    const { x, outputs, values, together } = singles(trunk, problem);
    for (const plan of [{ layers: ['separate', 'separate'] }, { groups: [{ serve: ['c'], train: ['c'] }, ['a'], ['b']] }] as TrunkPlan[]) {
      const apart = buildOf(planned(plan, trunk), problem);
      const own = Object.fromEntries(
        apart.parameters.map(({ name, task }) => {
          const part = name.replace(/^own\/.\//, 'trunk/');
          return [name, name.startsWith('own/') ? values[task!]![part]! : together[name]!];
        }),
      );
      expectClose(apart.forward(own, x, inferenceContext), outputs);
    }
  });
});

test('groups work like networks of the groups', () => {
  tf.tidy(() => {
    const network = buildOf(planned({ groups: [['c'], ['b', 'a']] }, trunk), problem);
    const values = randomValues(network, 1);
    const x = normals(1, [1, 5, 3]);
    const plain = buildOf(hardSharing(trunk), problem);
    const run = (pick: (name: string) => tf.Tensor) =>
      plain.forward(
        Object.fromEntries(plain.parameters.map(({ name }) => [name, name.startsWith('heads') ? values[name]! : pick(name)])),
        x,
        inferenceContext,
      );
    const pair = run((name) => tf.squeeze(values[name]!, [1]));
    const alone = run((name) => values[name.replace('trunk/', 'own/c/')]!);
    const cut = (t: tf.Tensor, from: number, n: number) => tf.slice(t as tf.Tensor3D, [0, 0, from], [-1, -1, n]);
    expectClose(network.forward(values, x, inferenceContext), tf.concat([cut(pair, 0, 4), cut(alone, 4, 1)], 2));
  });
});

test('a tree shares below and parts above; the other way round weights are shared over different inputs', () => {
  tf.tidy(() => {
    const tree = buildOf(planned({ layers: ['shared', [['a', 'b'], ['c']]] }, trunk), problem);
    expect(tree.parameters.map(({ name, shape, role, task }) => [name, shape.length, role, task])).toEqual([
      ['trunk/0/weights', 3, 'shared', undefined],
      ['trunk/0/bias', 3, 'shared', undefined],
      ['trunk/1/weights', 3, 'shared', undefined],
      ['trunk/1/bias', 3, 'shared', undefined],
      ['own/c/1/weights', 2, 'task', 2],
      ['own/c/1/bias', 2, 'task', 2],
      ['heads/weights', 2, 'task', undefined],
      ['heads/bias', 2, 'task', undefined],
    ]);
    const network = buildOf(planned({ layers: ['separate', 'shared'] }, trunk), problem);
    const { values: own, x, together } = singles(trunk, problem);
    const upper = own[0]!;
    const values = Object.fromEntries(
      network.parameters.map(({ name, task }) => {
        if (name.startsWith('own/')) return [name, own[task!]![name.replace(/^own\/.\//, 'trunk/')]!];
        return [name, name.startsWith('heads') ? together[name]! : tf.expandDims(upper[name]!, 1)];
      }),
    );
    // A network per task, all with the upper layer of task a.
    const stitched = buildOf(crossStitch(trunk), problem);
    const same = Object.fromEntries(
      Object.entries(together).map(([name, v]) => [
        name,
        name.startsWith('trunk/1') ? tf.stack([upper[name]!, upper[name]!, upper[name]!], 1) : v,
      ]),
    );
    expectClose(
      network.forward(values, x, inferenceContext),
      stitched.forward({ ...same, 'stitch/0': identity(3), 'stitch/1': identity(3) }, x, inferenceContext),
    );
  });
});

test('refuses plans that do not fit', () => {
  const at = (plan: TrunkPlan) => () => buildOf(planned(plan, trunk), problem);
  expect(at({ groups: [['a', 'b'], ['d']] })).toThrow(/groups names unknown task "d".*tasks: a, b, c/);
  expect(
    at({
      groups: [
        ['a', 'b'],
        ['b', 'c'],
      ],
    }),
  ).toThrow(/names task "b" twice/);
  expect(at({ layers: ['shared', [['a']]] })).toThrow(/layers\[1\] leaves out "b", "c"/);
  expect(at({ layers: ['shared', 'shared', 'separate'] })).toThrow(/the plan names 3 layers, the trunk has 2/);
  expect(at({ groups: [{ serve: ['a'], train: ['a', 'b'] }, ['b', 'c']] })).toThrow(/trains "b" without serving it/);
  // @ts-expect-error neither groups nor layers
  expect(() => planned({ group: [] }, trunk)).toThrow(/option 'plan' must be \{ groups \} or \{ layers \}/);
});
