import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Network, Parameter, Values } from '../../models/network/network';
import type { Task } from '../../tasks/task';

/** What a stack of models has in common. */
export interface StackShape {
  readonly network: Network;
  readonly tasks: readonly Task[];
  /** Number of models. */
  readonly stack: number;
  /** Shape of one input row. */
  readonly inputShape: readonly number[];
  /** Columns of the label matrix that each model reads, `[stack][columns]`; undefined where every model reads all, in order. */
  readonly columns?: readonly (readonly number[])[];
  /** Whether class weights are given. */
  readonly weighted: boolean;
  /** `[stack]`: steps of each model's whole training, for what anneals. */
  readonly totalSteps: readonly number[];
  /** The layer, from 0, of each shared parameter, where products and weights are wanted of every layer by itself; see `layersOf`. */
  readonly layers?: readonly number[];
}

/** How many groups of shared parameters have products and weights of their own. */
export function layerCount({ layers }: { readonly layers?: readonly number[] | undefined }): number {
  return layers ? Math.max(...layers) + 1 : 1;
}

/** Data that stays on the device. */
export interface Resident {
  /** `[rows, features]`; the last row is all zeros and stands for no row. */
  readonly inputs: Tensor;
  /** `[rows, columns]`, 0 where missing. */
  readonly labels: Tensor;
  /** `[rows, columns]`, 1 where there is a label. */
  readonly mask: Tensor;
  /** `[stack, classes]`; all 1 where no class is weighted. */
  readonly classWeights: Tensor;
}

/** The rows that a step works on. */
export interface Batch {
  /** `[stack, batch]` int32, rows of the resident tensors. */
  readonly rows: Tensor;
  /** `[stack, 2]` int32: a model's random stream and the step's number. */
  readonly seeds: Tensor;
}

/** Inputs and labels of a batch. */
export interface Gathered {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly mask: Tensor;
}

/** Reads the batch's rows from the resident data. */
export function gather(shape: StackShape, data: Resident, rows: Tensor): Gathered {
  const [stack, batch] = rows.shape as [number, number];
  const x = tf.reshape(tf.gather(data.inputs, rows as tf.Tensor2D), [stack, batch, ...shape.inputShape]);
  if (!shape.columns) return { x, y: tf.gather(data.labels, rows as tf.Tensor2D), mask: tf.gather(data.mask, rows as tf.Tensor2D) };
  const width = data.labels.shape[1]!;
  const columns = tf.tensor3d(shape.columns.flat(), [stack, 1, shape.columns[0]!.length], 'int32');
  const cells = tf.add(tf.mul(tf.expandDims(rows, 2), tf.scalar(width, 'int32')), columns) as tf.Tensor3D;
  return { x, y: tf.gather(tf.reshape(data.labels, [-1]), cells), mask: tf.gather(tf.reshape(data.mask, [-1]), cells) };
}

/** Tensors in the order of the parameters, by the parameters' names. */
export function byName(parameters: readonly Parameter[], tensors: readonly Tensor[]): Values {
  return Object.fromEntries(parameters.map(({ name }, i) => [name, tensors[i]!]));
}

/** 1 where a row of the batch has a label, 0 where it fills the batch up: `[stack, batch, columns] -> [stack, batch]`. */
export function labeledRows(mask: Tensor): Tensor {
  return tf.cast(tf.greater(tf.sum(mask, 2), 0), 'float32');
}

/** `[stack, ...] -> [stack * copies, ...]`, the copies of a model side by side. */
export function tileModels(x: Tensor, copies: number): Tensor {
  const [stack, ...rest] = x.shape as [number, ...number[]];
  if (copies === 1) return x;
  return tf.reshape(tf.tile(tf.expandDims(x, 1), [1, copies, ...rest.map(() => 1)]), [stack * copies, ...rest]);
}
