import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { clusteredTasks } from '../../../src/data/simulators';
import { taskData } from '../../../src/data/task-data';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext, trainingContext } from '../../../src/models/forward-context';
import type { Network } from '../../../src/models/network/network';
import { branchingPlan, ltb } from '../../../src/models/sharing/ltb';
import { planned } from '../../../src/models/sharing/planned';
import { fit as fitModel } from '../../../src/training/fit';
import {
  binaryTask,
  buildOf,
  expectClose,
  identity,
  list,
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
    const network = buildOf(ltb(mlp([4]), { choice: 'soft', warmup: 0, temperature: 4, finalTemperature: 0.25 }), problem);
    const values = { ...startValues(network, [1]), 'heads/weights': tf.ones([1, 4, 5]), 'trunk/0/weights': tf.zeros([1, 3, 3, 4]) };
    // Node j puts out ones in channel j: a head's sum over channels of the squares tells how sharp its choice is.
    const bias = tf.tensor([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], [1, 3, 1, 4]);
    const weights = tf.concat([tf.eye(3), tf.zeros([1, 3])], 0);
    const three = problemOf(3, [regressionTask('a'), regressionTask('b'), regressionTask('c')]);
    const plain = buildOf(ltb(mlp([4]), { choice: 'soft', warmup: 0, temperature: 4, finalTemperature: 0.25 }), three);
    const choices = (step: number): number[] => {
      const seeds = tf.tensor2d([[5, step]], [1, 2], 'int32');
      // The same draws for every step: only the progress differs.
      const context = trainingContext(tf.tensor2d([[5, 0]], [1, 2], 'int32'), 1, [100]);
      const progress = trainingContext(seeds, 1, [100]).progress!;
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
    // Gumbel noise is the logarithm of a logarithm: near a uniform of 0.9 it has ten times the rounding of its draw.
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

test('a hard choice reads the parent of the largest noisy weight, with the gradient of the soft one; the search over, the most probable', () => {
  tf.tidy(() => {
    const tasks = [regressionTask('a'), regressionTask('b')];
    const two = problemOf(1, tasks);
    const node = mlp([1], { activation: 'linear' });
    const [hard, soft] = (['hard', 'soft'] as const).map((choice) => buildOf(ltb(node, { choice, warmup: 0 }), two)) as [Network, Network];
    const theta = tf.tensor([0.3, -0.2, 0.1, 0.4], [1, 2, 2]);
    // Two nodes that put out 2 and 5, heads that pass them on.
    const valuesAt = (branch: tf.Tensor): Record<string, tf.Tensor> => ({
      'trunk/0/weights': tf.zeros([1, 2, 1, 1]),
      'trunk/0/bias': tf.tensor([2, 5], [1, 2, 1, 1]),
      'branch/0': branch,
      'heads/weights': tf.ones([1, 1, 2]),
      'heads/bias': tf.zeros([1, 1, 2]),
    });
    const x = tf.zeros([1, 1, 1]);
    const uniform = [0.1, 0.9, 0.5, 0.6];
    const context = { ...trainingContext(tf.tensor2d([[5, 0]], [1, 2], 'int32'), 1, [10]), uniform: () => tf.tensor(uniform, [1, 2, 2]) };
    const noisy = uniform.map((u, i) => list(theta)[i]! - Math.log(-Math.log(u)));
    expect([noisy[1]! > noisy[0]!, noisy[2]! > noisy[3]!]).toEqual([true, false]);
    expect(list(hard.forward(valuesAt(theta), x, context))).toEqual([5, 5]);
    // Without noise a reads the first node, b the second.
    expect(list(hard.forward(valuesAt(theta), x, inferenceContext))).toEqual([2, 5]);
    const slope = (network: Network): tf.Tensor =>
      tf.grad((branch: tf.Tensor) => tf.sum(tf.mul(network.forward(valuesAt(branch), x, context), tf.tensor([1, 3], [1, 1, 2]))))(theta);
    expectClose(slope(hard), slope(soft), 1e-6);
    expect(list(slope(soft)).every((value) => value !== 0)).toBe(true);
    // While warming up everybody reads the mean.
    const warm = buildOf(ltb(node, { choice: 'hard', warmup: 0.2 }), two);
    const at = (step: number): number[] => {
      const { progress } = trainingContext(tf.tensor2d([[5, step]], [1, 2], 'int32'), 1, [10]);
      return list(warm.forward(valuesAt(theta), x, { ...context, progress: progress! }));
    };
    expect([at(0), at(1), at(2)]).toEqual([
      [3.5, 3.5],
      [3.5, 3.5],
      [5, 5],
    ]);
  });
});

test('its diagnosis is the probabilities of the parents', () => {
  tf.tidy(() => {
    const network = buildOf(ltb(trunk), problem);
    const seen = network.diagnose!(startValues(network, [1, 2]), normals(1, [2, 5, 3]), inferenceContext);
    expectClose(seen['branch/1']!, tf.fill([2, 3, 3], 1 / 3));
  });
});

test('the plan of settled choices is the very same network, as planned', () => {
  tf.tidy(() => {
    const network = buildOf(ltb(trunk), problem);
    const values = randomValues(network, 1);
    // Of node (row) the parent: heads a and c read node 2, b reads node 0; nodes 0 and 2 both read node 1.
    const parents = [
      [1, 0, 1],
      [2, 0, 2],
    ];
    const settled = Object.fromEntries(
      parents.map((own, l) => [`branch/${l}`, tf.expandDims(tf.mul(100, tf.cast(tf.oneHot(tf.tensor1d(own, 'int32'), 3), 'float32')), 0)]),
    );
    const x = normals(1, [1, 5, 3]);
    const seen = network.diagnose!({ ...values, ...settled }, x, inferenceContext);
    const diagnosis = Object.fromEntries(
      Object.entries(seen).map(([name, t]) => [name, tf.squeeze(t, [0]).arraySync() as unknown as number[][]]),
    );
    const plan = branchingPlan(diagnosis, problem.tasks);
    expect(plan).toEqual({ layers: [[['a', 'b', 'c']], [['a', 'c'], ['b']]] });
    const tree = buildOf(planned(plan, trunk), problem);
    const node = (name: string, j: number) => tf.squeeze(tf.slice(values[name]!, [0, j], [-1, 1]), [1]);
    const own = Object.fromEntries(
      tree.parameters.map(({ name }) => {
        if (name.startsWith('heads/')) return [name, values[name]!];
        if (name.startsWith('own/b/')) return [name, node(name.replace('own/b/', 'trunk/'), 0)];
        return [name, tf.expandDims(node(name, name.startsWith('trunk/0/') ? 1 : 2), 1)];
      }),
    );
    expectClose(tree.forward(own, x, inferenceContext), network.forward({ ...values, ...settled }, x, inferenceContext));
  });
});

test('a plan needs the diagnosis of an ltb of these tasks', () => {
  expect(() => branchingPlan({ gates: [[1]] }, problem.tasks)).toThrow(/must be that of a model trained with ltb.*it has gates/);
  expect(() => branchingPlan({}, problem.tasks)).toThrow(/it has nothing/);
  expect(() => branchingPlan({ 'branch/0': [[1]] }, problem.tasks)).toThrow(/"branch\/0" must be 3 x 3, as there are 3 tasks; got 1 x 1/);
});

test('on two planted groups of tasks the tree keeps them apart, and trains anew', async () => {
  const planted = clusteredTasks({
    groups: 2,
    tasksPerGroup: 3,
    features: 8,
    rows: 800,
    similarity: 0.95,
    noise: 0.3,
    nonLinear: true,
    seed: 1,
  });
  const data = taskData(planted.table, { tasks: planted.tasks });
  const small = mlp([8, 4]);
  const settings = { epochs: 120, batchSize: 32, learningRate: 0.01, seed: 1, onProgress: () => {} };
  const search = await fitModel(data, ltb(small), settings);
  const plan = branchingPlan(search.diagnose(data), search.tasks);
  const top = plan.layers[1]!;
  expect(top.length).toBeLessThan(data.tasks.length);
  for (const branch of top) expect(new Set(branch.map((name) => planted.truth.groups[name])).size).toBe(1);
  const tree = await fitModel(data, planned(plan, small), { ...settings, epochs: 40 });
  const mean = (losses: readonly number[]): number => losses.reduce((a, b) => a + b, 0) / losses.length;
  const { trainLosses } = tree.history.parts[0]!;
  expect(mean(trainLosses.at(-1)!)).toBeLessThan(0.7 * mean(trainLosses[0]!));
});
