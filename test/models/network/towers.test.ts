import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { mgda } from '../../../src/balancing/aggregators/mgda';
import { uncertainty } from '../../../src/balancing/weightings/uncertainty';
import { methodsOf } from '../../../src/cli/method-text';
import { taskData } from '../../../src/data/task-data';
import { gru } from '../../../src/models/encoders/gru';
import { mlp } from '../../../src/models/encoders/mlp';
import { inferenceContext } from '../../../src/models/forward-context';
import { countParameters, type Network, type Values } from '../../../src/models/network/network';
import { matchParameters, totalParameters } from '../../../src/models/parameter-count';
import { architectures, methodFromJSON, methodToJSON } from '../../../src/models/registry';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { methodCode } from '../../../src/study/method-text';
import { load } from '../../../src/training/checkpoint';
import { fit as fitModel } from '../../../src/training/fit';
import { representationGradients } from '../../../src/training/steps/representation';
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
  taggingTask,
} from '../support';

const trunk = mlp([5], { activation: 'tanh' });
const tower = mlp([4, 2], { activation: 'tanh' });
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);
const towered = hardSharing(trunk, { tower });
const sizes = [1, 3, 1];
/** The columns of a task's head. */
const columns = (t: number): [number, number] => [sizes.slice(0, t).reduce((n, s) => n + s, 0), sizes[t]!];

/** One network's outputs of one task by plain products. */
function outputsByHand(values: Values, x: Tensor, t: number): Tensor {
  const flat = (name: string): tf.Tensor2D => tf.squeeze(values[name]!, [0]) as tf.Tensor2D;
  const layer = (h: Tensor, scope: string): Tensor =>
    tf.tanh(tf.add(tf.matMul(h as tf.Tensor2D, flat(`${scope}/weights`)), flat(`${scope}/bias`)));
  const name = problem.tasks[t]!.name;
  const h = layer(layer(layer(x, 'trunk/0'), `tower/${name}/0`), `tower/${name}/1`);
  const head = (part: string): tf.Tensor2D => tf.slice(flat(`heads/${part}`), [0, columns(t)[0]], [-1, columns(t)[1]]);
  return tf.add(tf.matMul(h as tf.Tensor2D, head('weights')), head('bias'));
}

test('a tower stands between the shared trunk and its own task, as by plain products', () => {
  tf.tidy(() => {
    const network = buildOf(towered, problem);
    const values = randomValues(network, 1);
    const x = normals(1, [1, 6, 3]);
    const flat = tf.reshape(x, [6, 3]);
    const expected = tf.concat(
      [0, 1, 2].map((t) => outputsByHand(values, flat, t)),
      1,
    );
    expectClose(tf.reshape(network.forward(values, x, inferenceContext), [6, 5]), expected);
  });
});

test('the gradients of weighted losses are those of plain products, by automatic differentiation', () => {
  tf.tidy(() => {
    const network = buildOf(towered, problem);
    const values = randomValues(network, 1);
    const parameters = network.parameters.map(({ name }) => values[name]!);
    const { shape, data, batch } = batchOf(problem, network, 1);
    const weights = [0.7, 1.3, 0.4];
    const x = tf.reshape(data.inputs, [6, 3]);
    const y = (t: number): Tensor => tf.slice(data.labels, [0, t], [-1, 1]);
    const byHand = tf.grads((...p: Tensor[]) => {
      const named = Object.fromEntries(network.parameters.map(({ name }, i) => [name, p[i]!]));
      const [a, b, c] = [0, 1, 2].map((t) => outputsByHand(named, x, t)) as [Tensor, Tensor, Tensor];
      const hot = tf.oneHot(tf.cast(tf.squeeze(y(1), [1]), 'int32'), 3);
      const losses = [
        tf.mean(tf.sub(tf.softplus(a), tf.mul(a, y(0)))),
        tf.mean(tf.neg(tf.sum(tf.mul(tf.logSoftmax(b), hot), 1))),
        tf.mean(tf.square(tf.sub(c, y(2)))),
      ];
      return tf.addN(losses.map((loss, t) => tf.mul(loss, weights[t]!))) as tf.Scalar;
    })(parameters);
    const { gradients } = weightedGradients(shape, parameters, data, batch, tf.tensor2d([weights]));
    for (const i of network.parameters.keys()) expectClose(gradients[i]!, byHand[i]!, 1e-5);
    expect(gradients.length).toBe(network.parameters.length);
  });
});

test('the engine takes one pass through the trunk, and gets what it gets by differentiating once a task', () => {
  tf.tidy(() => {
    for (const [p, dropout] of [
      [problem, 0],
      [problem, 0.4],
      [problemOf(3, [binaryTask('a'), binaryTask('b')]), 0.4],
    ] as const) {
      const network = buildOf(hardSharing(mlp([5, 4], { dropout }), { tower: mlp([4, 3], { dropout }) }), p);
      expect(network.layered?.heads.trace).toBeDefined();
      const { layered: _, ...general } = network;
      const values = randomValues(network, 2);
      const parameters = network.parameters.map(({ name }) => values[name]!);
      const { shape, data, batch } = batchOf(p, network, 2);
      const [ours, plain] = [shape, { ...shape, network: general as Network }].map((s) => taskGradients(s, parameters, data, batch));
      expectClose(ours!.losses, plain!.losses);
      for (const part of ['jacobian', 'own'] as const) {
        expect(ours![part].length).toBe(plain![part].length);
        for (const [i, g] of ours![part].entries()) expectClose(g, plain![part][i]!, 1e-4);
      }
      const ones = tf.ones([2, p.tasks.length]);
      const sum = weightedGradients(shape, parameters, data, batch, ones);
      const same = representationGradients(shape, parameters, data, batch, ones, {});
      for (const [i, g] of sum.gradients.entries()) expectClose(same.gradients[i]!, g, 1e-4);
    }
  });
});

test('towers belong to their tasks: aggregators and weightings treat them so', () => {
  const network = buildOf(towered, problem);
  const own = network.parameters.filter(({ name }) => name.startsWith('tower/'));
  expect(own.map(({ name, role, task }) => [name, role, task])).toEqual(
    ['a', 'b', 'c'].flatMap((name, t) =>
      ['0/weights', '0/bias', '1/weights', '1/bias'].map((part) => [`tower/${name}/${part}`, 'task', t]),
    ),
  );
});

test('has as many parameters as its layers: trunk, three towers, heads', () => {
  const expected = 3 * 5 + 5 + 3 * (5 * 4 + 4 + 4 * 2 + 2) + (2 + 1) * 5;
  expect(countParameters(buildOf(towered, problem).parameters)).toBe(expected);
  const matched = matchParameters(towered, problem, 2 * expected);
  expect(Math.abs(totalParameters(matched, problem) / (2 * expected) - 1)).toBeLessThan(0.1);
});

test('without a tower nothing changes; a tower must be an encoder', () => {
  const names = (method: typeof towered): string[] => buildOf(method, problem).parameters.map(({ name }) => name);
  expect(names(hardSharing(trunk, { tower: null }))).toEqual(names(hardSharing(trunk)));
  // @ts-expect-error a number of units is no encoder
  expect(() => hardSharing(trunk, { tower: 32 })).toThrow(/hardSharing\(options\): option 'tower' must be an encoder/);
  // @ts-expect-error the tower is an option
  expect(() => hardSharing(trunk, mlp([4]))).toThrow(/options must be an object of further options/);
  // @ts-expect-error misspelled
  expect(() => hardSharing(trunk, { towers: mlp([4]) })).toThrow(/unknown option 'towers'; did you mean 'tower'/);
});

test('is written and read: JSON, the command line, the code that repeats a study', () => {
  const json = JSON.parse(JSON.stringify(methodToJSON(towered)));
  const parts = (method: typeof towered): unknown => buildOf(method, problem).parameters.map(({ name, shape }) => [name, shape]);
  expect(parts(methodFromJSON(json))).toEqual(parts(towered));
  expect(methodCode(json)).toBe(
    'tl.architectures.hardSharing.fromOptions({ trunk: tl.mlp([5], { activation: "tanh" }), tower: tl.mlp([4, 2], { activation: "tanh" }) })',
  );
  const typed = methodsOf('hard:tower=4/2,single:tower=4/2,hard+pcgrad:tower=3', trunk);
  expect(parts(typed['hard:tower=4/2']!)).toEqual(parts(hardSharing(trunk, { tower: mlp([4, 2]) })));
  expect(parts(typed['single:tower=4/2']!)).toEqual(parts(architectures.singleTask(trunk, { tower: mlp([4, 2]) })));
  expect(parts(typed['hard+pcgrad:tower=3']!)).toEqual(parts(hardSharing(trunk, { tower: mlp([3]) })));
});

test('above a sequence, towers on vectors read its mean, those of tagging tasks every position; both by hand', () => {
  tf.tidy(() => {
    const own = problemOf({ shape: [4], vocabulary: 7 }, [taggingTask('slots', 4, 2), binaryTask('intent')]);
    const network = buildOf(hardSharing(gru(3, { embedding: 2, perToken: true }), { tower: mlp([5], { activation: 'tanh' }) }), own);
    const plain = buildOf(hardSharing(gru(3, { embedding: 2, perToken: true })), own);
    const values = randomValues(network, 1);
    const x = tf.tensor([3, 1, 6, 2, 5, 4, 0, 0], [1, 2, 4]);
    // Heads that pass the trunk on as it is show what the towers read.
    const eye = tf.reshape(tf.eye(3), [1, 3, 3]);
    const three = problemOf(own.input, [taggingTask('slots', 4, 3), multiclassTask('intent', 3)]);
    const seen = buildOf(hardSharing(gru(3, { embedding: 2, perToken: true })), three).forward(
      {
        ...values,
        'head/slots/weights': eye,
        'head/slots/bias': tf.zeros([1, 1, 3]),
        'heads/weights': eye,
        'heads/bias': tf.zeros([1, 1, 3]),
      },
      x,
      inferenceContext,
    );
    const [positions, mean] = tf.split(tf.reshape(seen, [2, 15]), [12, 3], 1) as [tf.Tensor2D, tf.Tensor2D];
    const dense = (h: Tensor, weights: string, bias: string): Tensor =>
      tf.add(tf.matMul(h as tf.Tensor2D, tf.squeeze(values[weights]!, [0]) as tf.Tensor2D), tf.squeeze(values[bias]!, [0]));
    const through = (h: Tensor, name: string, head: string): Tensor =>
      dense(tf.tanh(dense(h, `tower/${name}/0/weights`, `tower/${name}/0/bias`)), `${head}/weights`, `${head}/bias`);
    const slots = tf.reshape(through(tf.reshape(positions, [8, 3]), 'slots', 'head/slots'), [2, 8]);
    expectClose(tf.reshape(network.forward(values, x, inferenceContext), [2, 9]), tf.concat([slots, through(mean, 'intent', 'heads')], 1));
    expect(
      network.parameters.filter(({ role }) => role === 'task').map(({ name, task, columnTasks }) => [name, columnTasks?.[0] ?? task]),
    ).toEqual([
      ['tower/intent/0/weights', 1],
      ['tower/intent/0/bias', 1],
      ['heads/weights', 1],
      ['heads/bias', 1],
      ['tower/slots/0/weights', 0],
      ['tower/slots/0/bias', 0],
      ['head/slots/weights', 0],
      ['head/slots/bias', 0],
    ]);
    expect(plain.representation).toBeDefined();
    expect(network.representation).toBeUndefined();
  });
});

test('trains, is saved and loaded, with and without balancing', async () => {
  const rows = Array.from({ length: 90 }, (_, i) => ({ x: Math.sin(i), z: Math.cos(3 * i) }));
  const data = taskData(
    rows.map(({ x, z }) => ({ x, z, p: x + z > 0 ? 'y' : 'n', q: x * z })),
    { tasks: { p: { kind: 'binary' }, q: { kind: 'regression' } } },
  );
  const directory = mkdtempSync(join(tmpdir(), 'towers-'));
  try {
    for (const method of [towered, towered.with(uncertainty()), towered.with(mgda(), { gradients: 'representation' })]) {
      const model = await fitModel(data, method, { epochs: 20, learningRate: 0.01 });
      const { trainLosses } = model.history.parts[0]!;
      const [first, last] = [trainLosses[0]!, trainLosses.at(-1)!];
      expect(last[0]! + last[1]!).toBeLessThan(0.9 * (first[0]! + first[1]!));
      await model.save(join(directory, 'model'));
      const again = await load(join(directory, 'model'));
      expect(again.parameters).toBe(model.parameters);
      expect(list(tf.tensor1d(Array.from(again.predictValues(data).q!)))).toEqual(
        list(tf.tensor1d(Array.from(model.predictValues(data).q!))),
      );
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
