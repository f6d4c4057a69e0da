import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { graddrop } from '../../../src/balancing/aggregators/graddrop';
import { mgda } from '../../../src/balancing/aggregators/mgda';
import { nashmtl } from '../../../src/balancing/aggregators/nashmtl';
import { upgrad } from '../../../src/balancing/aggregators/upgrad';
import { gradnorm } from '../../../src/balancing/weightings/gradnorm';
import { taskData } from '../../../src/data/task-data';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import type { Method } from '../../../src/models/method';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { softSharing } from '../../../src/models/sharing/soft-sharing';
import { fit as fitModel } from '../../../src/training/fit';
import { sgd } from '../../../src/training/optimizer';
import { balancedGradients } from '../../../src/training/steps/gramian';
import { STEP_SCALARS, type StackPlan } from '../../../src/training/steps/plan';
import { taskGradients } from '../../../src/training/steps/task-gradients';
import { weightedGradients } from '../../../src/training/steps/weighted';
import {
  batchOf,
  binaryTask,
  buildOf,
  expectClose,
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

test('is a network per task, whatever the strength; without strength nothing pulls', () => {
  tf.tidy(() => {
    const { x, outputs, together } = singles(trunk, problem);
    for (const strength of [0, 3])
      expectClose(buildOf(softSharing(trunk, { strength }), problem).forward(together, x, inferenceContext), outputs);
    expect(buildOf(softSharing(trunk, { strength: 0 }), problem).penalty).toBeUndefined();
  });
});

test('the mean norm is the squared distance of the weights to their mean: 1/T of the sum over all pairs', () => {
  tf.tidy(() => {
    const network = buildOf(softSharing(trunk, { strength: 0.5, layers: [1] }), problem);
    const values = randomValues(network, 2);
    const w = values['trunk/1/weights']!;
    const parts = tf.unstack(w, 1);
    const pairs = tf.addN(
      [0, 1, 2].flatMap((i) => [0, 1, 2].filter((j) => j > i).map((j) => tf.sum(tf.square(tf.sub(parts[i]!, parts[j]!)), [1, 2]))),
    );
    expectClose(network.penalty!(values), tf.mul(pairs, 0.5 / 3));
  });
});

test('strong pull is one pooled trunk', () => {
  const two = { ...problem, tasks: [binaryTask('a'), regressionTask('c')] };
  const smooth = mlp([4], { activation: 'tanh' });
  /** Distance of the mean trunk to the pooled one after gradient descent for one unit of time. */
  const distance = (rate: number): number =>
    tf.tidy(() => {
      // 2 * rate * strength = 1: each step removes what the step before moved apart.
      const soft = buildOf(softSharing(smooth, { strength: 0.5 / rate }), two);
      const pooled = buildOf(hardSharing(smooth), two);
      let [s, p] = [soft, pooled].map((network) => network.parameters.map(({ name }) => startValues(network, [1])[name]!)) as [
        tf.Tensor[],
        tf.Tensor[],
      ];
      const [a, b] = [batchOf(two, soft, 1), batchOf(two, pooled, 1)];
      const ones = tf.ones([1, 2]);
      for (let step = 0; step < Math.round(0.5 / rate); step++) {
        const gs = weightedGradients(a.shape, s, a.data, a.batch, ones).gradients;
        const gp = weightedGradients(b.shape, p, b.data, b.batch, ones).gradients;
        s = s.map((v, i) => tf.sub(v, tf.mul(gs[i]!, rate)));
        // The mean of two trunks moves by the mean of the tasks' gradients, the pooled trunk by their sum.
        p = p.map((v, i) => tf.sub(v, tf.mul(gp[i]!, pooled.parameters[i]!.role === 'shared' ? rate / 2 : rate)));
      }
      const i = soft.parameters.findIndex(({ name }) => name === 'trunk/0/weights');
      return list(tf.max(tf.abs(tf.sub(tf.mean(s[i]!, 1), p[i]!))))[0]!;
    });
  const [coarse, fine] = [distance(0.02), distance(0.01)];
  expect(coarse).toBeLessThan(0.02);
  // First order in the rate: half the rate, half the distance.
  expect(fine / coarse).toBeGreaterThan(0.35);
  expect(fine / coarse).toBeLessThan(0.65);
});

test('all networks start from the values that hard sharing starts from', () => {
  tf.tidy(() => {
    const [ours, plain] = [buildOf(softSharing(trunk), problem), buildOf(hardSharing(trunk), problem)];
    const x = normals(1, [2, 5, 3]);
    expectClose(
      ours.forward(startValues(ours, [3, 4]), x, inferenceContext),
      plain.forward(startValues(plain, [3, 4]), x, inferenceContext),
    );
  });
});

test('its networks cannot conflict: aggregators leave them alone, weightings weigh each with its task', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ x: Math.sin(i), z: Math.cos(3 * i) }));
  const data = taskData(
    rows.map(({ x, z }) => ({ x, z, p: x + z > 0 ? 'y' : 'n', q: x * z })),
    { tasks: { p: { kind: 'binary' }, q: { kind: 'regression' } } },
  );
  const soft = softSharing(mlp([4]), { strength: 0.1 });
  const predict = async (method: Method): Promise<number[]> => {
    const model = await fitModel(data, method, { epochs: 3, optimizer: sgd({ learningRate: 0.1 }) });
    return Object.values(model.predictValues(data)).flatMap((values) => [...values]);
  };
  const plain = await predict(soft);
  for (const aggregator of [mgda(), nashmtl(), upgrad(), graddrop()]) expectClose(await predict(soft.with(aggregator)), plain, 1e-6);
  // Where no gradients are shared, GradNorm's weights stay at 1.
  expectClose(await predict(soft.with(gradnorm())), plain, 1e-6);
});

test('weights of the losses leave the pull alone, whether they come before the step or from its Gramian', () => {
  tf.tidy(() => {
    const network = buildOf(softSharing(mlp([4]), { strength: 0.3 }), problem);
    const values = randomValues(network, 2);
    const parameters = network.parameters.map(({ name }) => values[name]!);
    const { shape, data, batch } = batchOf(problem, network, 2);
    const weights = tf.tensor2d([
      [0.5, 2, 1],
      [3, 0.2, 0.7],
    ]);
    const expected = weightedGradients(shape, parameters, data, batch, weights).gradients;
    const plan = { shape, heads: 'shared', scale: 'native' } as StackPlan;
    const found = balancedGradients(plan, taskGradients(shape, parameters, data, batch), weights, tf.ones([2, STEP_SCALARS]));
    for (const [i, g] of found.entries()) expectClose(g, expected[i]!, 1e-5);
  });
});

test('names the layers it does not have', () => {
  expect(() => buildOf(softSharing(trunk, { layers: [2] }), problem)).toThrow(/layers names layer 2, the trunk has 2: 0 to 1/);
  expect(() => softSharing(trunk, { layers: [-1] })).toThrow(RangeError);
});
