import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { trainingContext } from '../../models/forward-context';
import type { Network } from '../../models/network/network';
import { lossSums, meanLosses } from '../loss';
import { gradientsOf } from './autodiff';
import { forwardChain, tracedChain } from './chain';
import { type Batch, byName, gather, labeledRows, layerCount, type Resident, type StackShape, tileModels } from './stack-shape';

/** Per-task gradients of a stack. */
export interface TaskGradients {
  /** `[stack, tasks]` */
  readonly losses: Tensor;
  /**
   * `[stack, tasks, tasks]`: products of the tasks' gradients by the shared parameters, or by the last shared layer's; with layers
   * `[stack, layers, tasks, tasks]`.
   */
  readonly gramian: Tensor;
  /** Per shared parameter, `[stack, tasks, ...shape]`. */
  readonly jacobian: readonly Tensor[];
  /** Per task parameter, `[stack, ...shape]`: the gradient of the plain sum of the losses. */
  readonly own: readonly Tensor[];
  /** Per parameter, the penalty's gradient, which no task's weight touches; empty where there is no penalty. */
  readonly penalty: readonly Tensor[];
}

/**
 * Which of the shared parameters, in order, belong to the last shared layer: the last one with parameters of the chain of layers that all
 * tasks read. All of them in a network without such a chain.
 */
export function lastSharedLayer({ parameters, layered }: Network): boolean[] {
  const last = [...(layered?.layers ?? [])].reverse().find((layer) => layer.parameters.some(({ role }) => role === 'shared'));
  const names = last && new Set(last.parameters.map(({ name }) => name));
  return parameters.filter(({ role }) => role === 'shared').map(({ name }) => names?.has(name) ?? true);
}

/**
 * The gradients of all tasks in one pass: the shared parameters are copied once a task, so that a single backward pass yields each task's
 * gradient as the gradient of its own copy.
 * @param lastLayer whether the Gramian is that of the last shared layer
 */
export function taskGradients(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  batch: Batch,
  lastLayer = false,
): TaskGradients {
  const { network, tasks, stack } = shape;
  const copies = tasks.length;
  const products = (jacobian: readonly Tensor[]): Tensor => {
    const chosen = lastSharedLayer(network);
    const counted = lastLayer ? jacobian.filter((_, i) => chosen[i]) : jacobian;
    return productsOf(shape, counted, counted);
  };
  const chain = tracedChain(network);
  if (chain) {
    const values = byName(network.parameters, parameters);
    const { losses, top, backward } = forwardChain(shape, chain, values, data, batch, undefined);
    const { parameters: own, input } = top(true);
    const jacobian = backward(input);
    return { losses, jacobian, gramian: products(jacobian), own: [...own], penalty: [] };
  }
  const isShared = network.parameters.map(({ role }) => role === 'shared');
  const { x, y, mask } = gather(shape, data, batch.rows);
  const [xs, ys, masks] = [x, y, mask].map((t) => tileModels(t, copies)) as [Tensor, Tensor, Tensor];
  const weights = shape.weighted ? tileModels(data.classWeights, copies) : undefined;
  const own = tf.tile(tf.eye(copies), [stack, 1]);
  // Before the gradients are recorded: what is saved for them leaks where an encoder throws.
  const [rows, rowsOfEach] = [labeledRows(mask), labeledRows(masks)];
  const { kept, gradients } = gradientsOf(
    (...p) => {
      const values = byName(network.parameters, p);
      const outputs = network.forward(values, xs, trainingContext(batch.seeds, copies, shape.totalSteps, rowsOfEach));
      const losses = tf.mul(meanLosses(lossSums(tasks, outputs, ys, masks, weights)), own);
      return { total: tf.sum(losses), kept: tf.reshape(tf.sum(losses, 1), [stack, copies]) };
    },
    parameters.map((p) => tileModels(p, copies)),
  );
  const penalties = network.penalty
    ? gradientsOf((...p) => {
        const context = trainingContext(batch.seeds, 1, shape.totalSteps, rows);
        const total = tf.sum(network.penalty!(byName(network.parameters, p), x, context));
        return { total, kept: total };
      }, parameters).gradients
    : [];
  const perTask = gradients.map((g) => tf.reshape(g, [stack, copies, ...g.shape.slice(1)]));
  const jacobian = perTask.filter((_, i) => isShared[i]);
  return {
    losses: kept,
    jacobian,
    gramian: products(jacobian),
    own: perTask.flatMap((g, i) => (isShared[i] ? [] : [tf.sum(g, 1)])),
    penalty: penalties,
  };
}

/** Sum over the parameters of the products of two Jacobians, `[stack, tasks, tasks]`. */
export function gramianOf(left: readonly Tensor[], right: readonly Tensor[], stack: number, tasks: number): Tensor {
  const products = left.map((l, i) => {
    const flat = (t: Tensor): tf.Tensor3D => tf.reshape(t, [stack, tasks, -1]);
    return tf.matMul(flat(l), flat(right[i]!), false, true) as Tensor;
  });
  if (products.length === 0) return tf.zeros([stack, tasks, tasks]);
  return products.length === 1 ? products[0]! : tf.addN(products);
}

/** The same of the shared parameters together, or of each layer: `[stack, tasks, tasks]` or `[stack, layers, tasks, tasks]`. */
export function productsOf(shape: StackShape, left: readonly Tensor[], right: readonly Tensor[]): Tensor {
  const { stack, tasks, layers } = shape;
  if (!layers) return gramianOf(left, right, stack, tasks.length);
  const each = Array.from({ length: layerCount(shape) }, (_, layer) => {
    const [l, r] = [left, right].map((all) => all.filter((__, i) => layers[i] === layer)) as [Tensor[], Tensor[]];
    return gramianOf(l, r, stack, tasks.length);
  });
  return tf.stack(each, 1);
}
