import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { inferenceContext, trainingContext } from '../../src/models/forward-context';
import type { Method } from '../../src/models/method';
import { encode } from '../../src/models/network/features';
import type { ForwardContext, InputShape, Network, Encoder as NetworkEncoder, Problem, Values } from '../../src/models/network/network';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { random } from '../../src/random/random';
import type { Task } from '../../src/tasks/task';
import { initialValues } from '../../src/training/initial-values';
import { batchLosses } from '../../src/training/steps/losses';
import { type Batch, gather, type Resident, type StackShape } from '../../src/training/steps/stack-shape';
import { weightedGradients } from '../../src/training/steps/weighted';

export const binaryTask = (name: string): Task => ({ name, kind: 'binary', column: name, classes: ['0', '1'], outputs: 1 });
export const regressionTask = (name: string): Task => ({ name, kind: 'regression', column: name, classes: [], outputs: 1 });
export const multiclassTask = (name: string, classes: number): Task => ({
  name,
  kind: 'multiclass',
  column: name,
  classes: Array.from({ length: classes }, (_, i) => String(i)),
  outputs: classes,
});
export const taggingTask = (name: string, length: number, classes: number): Task => ({
  ...multiclassTask(name, classes),
  kind: 'tagging',
  outputs: length * classes,
});

export const problemOf = (input: number | InputShape, tasks: readonly Task[]): Problem => ({
  input: typeof input === 'number' ? { shape: [input] } : input,
  tasks,
});

/** Random numbers of a shape from a seed. */
export function normals(seed: number, shape: readonly number[], scale = 1): Tensor {
  const r = random(seed, 'test');
  return tf.tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * r.normal()),
    [...shape],
  );
}

/** The networks that the seeds start, as one stack. */
export function startValues(network: Network, seeds: readonly number[]): Record<string, Tensor> {
  const all = seeds.map((seed) => initialValues(network, seed));
  return Object.fromEntries(
    network.parameters.map(({ name, shape }, i) => [name, tf.stack(all.map((own) => tf.tensor(own[i]!, [...shape])))]),
  );
}

/** Random values of every parameter, so that nothing is zero by initialization. */
export function randomValues(network: Network, stack: number, seed = 0, scale = 0.5): Record<string, Tensor> {
  return Object.fromEntries(network.parameters.map(({ name, shape }, i) => [name, normals(1000 * seed + i, [stack, ...shape], scale)]));
}

export const buildOf = (method: Method, problem: Problem): Network => method.architecture.build(problem);

export function forward(network: Network, values: Values, x: Tensor, context: ForwardContext = inferenceContext): Tensor {
  return network.forward(values, x, context);
}

export function list(t: Tensor): number[] {
  return Array.from(t.dataSync());
}

/** What float32 may lose in a sum of `terms` products in whatever order, of the sum of their sizes (Higham 2002, section 3.1). */
export const roundingOf = (terms: number): number => (terms * 2 ** -24) / (1 - terms * 2 ** -24);

/**
 * Equal within `tolerance` times the largest number expected.
 * @param tolerance 1e-5 is the rounding of 168 terms (see `roundingOf`): more than the small networks of these tests add up for one number
 */
export function expectClose(actual: Tensor | readonly number[], expected: Tensor | readonly number[], tolerance = 1e-5): void {
  const [a, e] = [actual, expected].map((v) => (v instanceof tf.Tensor ? list(v) : [...(v as readonly number[])])) as [number[], number[]];
  if (actual instanceof tf.Tensor && expected instanceof tf.Tensor) expect(actual.shape).toEqual(expected.shape);
  expect(a.length).toBe(e.length);
  const scale = Math.max(1, ...e.map(Math.abs));
  const worst = Math.max(...a.map((v, i) => Math.abs(v - e[i]!)));
  expect(worst, `largest difference over numbers up to ${scale}`).toBeLessThan(tolerance * scale);
}

/** A small data set on the device for a stack, with its one batch. */
export function batchOf(
  problem: Problem,
  network: Network,
  stack: number,
  rows = 6,
  inputs?: Tensor,
): { shape: StackShape; data: Resident; batch: Batch } {
  const size = problem.input.shape.reduce((a, b) => a * b, 1);
  const r = random(7, 'labels');
  const columns = problem.tasks.flatMap((task) => {
    const length = task.kind === 'tagging' ? task.outputs / task.classes.length : 1;
    return new Array<Task>(length).fill(task);
  });
  const labels = Array.from({ length: rows }, () =>
    columns.map((task) => (task.kind === 'regression' ? r.normal() : r.below(Math.max(2, task.classes.length)))),
  );
  const width = columns.length;
  return {
    shape: {
      network,
      tasks: problem.tasks,
      stack,
      inputShape: problem.input.shape,
      weighted: false,
      totalSteps: new Array(stack).fill(10),
    },
    data: {
      inputs: inputs ?? normals(3, [rows, size]),
      labels: tf.tensor2d(labels.flat(), [rows, width]),
      mask: tf.ones([rows, width]),
      classWeights: tf.zeros([stack, 1]),
    },
    batch: {
      rows: tf.tensor2d(
        Array.from({ length: stack * rows }, (_, i) => i % rows),
        [stack, rows],
        'int32',
      ),
      seeds: tf.tensor2d(Array.from({ length: stack }, (_, s) => [11 + s, 0]).flat(), [stack, 2], 'int32'),
    },
  };
}

/**
 * The gradients of the weighted losses (and penalty) are those of differences of fourth order, along a random direction in the parameters
 * of each part.
 * @param seed of the values: chosen away from the kinks of rectifiers, maxima and bounds
 * @param partOf the part that a parameter belongs to, by its name
 */
export function expectGradientsOfDifferences(
  problem: Problem,
  network: Network,
  seed: number,
  partOf: (name: string) => string,
  inputs?: Tensor,
): void {
  const values = randomValues(network, 1, seed, 0.3);
  const parameters = network.parameters.map(({ name }) => values[name]!);
  const { shape, data, batch } = batchOf(problem, network, 1, 6, inputs);
  const weights = tf.tensor2d([problem.tasks.map((_, t) => [0.7, 1.3, 0.9][t]!)]);
  const { gradients } = weightedGradients(shape, parameters, data, batch, weights);
  const { x } = gather(shape, data, batch.rows);
  const loss = (at: readonly Tensor[]): number => {
    const own = tf.sum(tf.mul(batchLosses(shape, at, data, batch), weights));
    const named = Object.fromEntries(network.parameters.map(({ name }, i) => [name, at[i]!]));
    const pull = network.penalty?.(named, x, trainingContext(batch.seeds, 1, shape.totalSteps));
    return (pull ? tf.add(own, tf.sum(pull)) : own).dataSync()[0]!;
  };
  const directions = parameters.map((p, i) => normals(500 + i, p.shape));
  for (const part of new Set(network.parameters.map(({ name }) => partOf(name)))) {
    const inside = network.parameters.map(({ name }) => partOf(name) === part);
    const step = 4e-3;
    const at = (k: number): number => loss(parameters.map((p, j) => (inside[j] ? tf.add(p, tf.mul(directions[j]!, k * step)) : p)));
    const numeric = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step);
    const exact = inside.reduce((sum, own, j) => (own ? sum + list(tf.sum(tf.mul(gradients[j]!, directions[j]!)))[0]! : sum), 0);
    // Each loss is rounded like a sum of 32 terms, and the weights of the four add up to 18; the rest is of the order of step^4.
    const rounding = (18 / (12 * step)) * roundingOf(32) * Math.max(1, loss(parameters));
    expect(Math.abs(numeric - exact), part).toBeLessThan(rounding + 1e-3 * Math.abs(exact));
  }
}

/** Values of one network that holds several single-task networks side by side: trunks under `trunk/...` `[1, tasks, ...]`, heads as columns. */
export function sideBySide(singles: readonly Values[]): Record<string, Tensor> {
  return Object.fromEntries(
    Object.keys(singles[0]!).map((name) => {
      const each = singles.map((values) => values[name]!);
      return [name, name.startsWith('heads/') ? tf.concat(each, 2) : tf.stack(each, 1)];
    }),
  );
}

/** Single-task networks of a trunk with random values, an input, and what they put out side by side. */
export function singles(
  trunk: NetworkEncoder,
  problem: Problem,
  seed = 4,
): { values: Record<string, Tensor>[]; x: Tensor; outputs: Tensor; together: Record<string, Tensor> } {
  const networks = problem.tasks.map((task) => buildOf(hardSharing(trunk), { ...problem, tasks: [task] }));
  const values = networks.map((network, t) => randomValues(network, 1, seed + t));
  const x = normals(77, [1, 5, ...problem.input.shape]);
  const outputs = tf.concat(
    networks.map((network, t) => network.forward(values[t]!, x, inferenceContext)),
    2,
  );
  return { values, x, outputs, together: sideBySide(values) };
}

/** The identity of `n`, `[1, ...blocks, n, n]`. */
export function identity(n: number, ...blocks: number[]): Tensor {
  return tf.add(tf.zeros([1, ...blocks, n, n]), tf.eye(n));
}

/** Runs an encoder alone, with random values, as a network's forward would. */
export function runEncoder(
  encoder: NetworkEncoder,
  input: InputShape,
  x: Tensor,
  change: (values: Record<string, Tensor>) => Values = (v) => v,
): { out: Tensor; values: Values } {
  const layers = encoder.build(input, 'e');
  const parameters = layers.flatMap((layer) => layer.parameters);
  const values = change(randomValues({ parameters, forward: () => x }, x.shape[0]!, 3));
  const context: ForwardContext =
    input.vocabulary === undefined ? inferenceContext : { ...inferenceContext, mask: tf.cast(tf.notEqual(x, 0), 'float32') };
  return { out: encode(layers, values, x, context), values };
}
