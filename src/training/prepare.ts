import * as tf from '@tensorflow/tfjs-core';
import { fitPreprocessing, type Preprocessing } from '../data/preprocessing';
import { fitTargets } from '../data/targets';
import type { Split, TaskData } from '../data/task-data';
import { kindOf } from '../tasks/registry';
import type { FittedTarget } from '../tasks/task';
import { totalClasses } from './loss';
import type { Resident } from './steps/stack-shape';

/** A split's encoder and targets, fitted on its training rows. */
export interface FittedSplit {
  readonly split: Split;
  readonly encoder: Preprocessing;
  readonly targets: readonly FittedTarget[];
}

/** Fits what is learned from the training rows besides the models. */
export function fitSplit(data: TaskData, split: Split): FittedSplit {
  return { split, encoder: fitPreprocessing(data, split.train), targets: fitTargets(data, split.train) };
}

/** Data of several splits on the device. */
export interface ResidentData {
  readonly resident: Omit<Resident, 'classWeights'>;
  /** `[rows, columns]`, 1 where there is a label that counts: of a class whose weight is not 0. */
  readonly hasLabel: Uint8Array;
  /** Row of the resident tensors that stands for no row. */
  readonly padding: number;
  /** First resident row of each split; row i of the data is at `offsets[split] + i`. */
  readonly offsets: readonly number[];
  dispose(): void;
}

/** Columns of the label matrix: one a task, or a tagging task's positions. */
export function labelColumns(data: TaskData): number[][] {
  let next = 0;
  return data.labels.map(({ length }) => Array.from({ length }, () => next++));
}

/**
 * Encodes the data by every split's own encoder and puts it on the device once, so that steps gather their batches there.
 *
 * Inputs that no split changes (tensors) and labels that no split scales are held once for all splits.
 */
export function makeResident(data: TaskData, splits: readonly FittedSplit[]): ResidentData {
  const { rows } = data;
  const perSplit = !('kind' in data.inputs) || data.tasks.some((task) => kindOf(task).encode);
  const copies = perSplit ? splits : splits.slice(0, 1);
  const { features } = splits[0]!.encoder;
  const columns = data.labels.reduce((n, { length }) => n + length, 0);
  const total = copies.length * rows + 1;
  const inputs = new Float32Array(total * features);
  const labels = new Float32Array(total * columns);
  const mask = new Float32Array(total * columns);
  const hasLabel = new Uint8Array(total * columns);
  for (const [s, { encoder, targets }] of copies.entries()) {
    inputs.set(encoder.encode(data), s * rows * features);
    let column = 0;
    for (const [t, { task, values, length }] of data.labels.entries()) {
      const target = targets[t]!;
      const { encode } = kindOf(task);
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < length; j++) {
          const value = values[i * length + j]!;
          if (Number.isNaN(value)) continue;
          const cell = (s * rows + i) * columns + column + j;
          labels[cell] = encode ? encode(value, target, j) : value;
          mask[cell] = 1;
          if (target.classWeights?.[value] !== 0) hasLabel[cell] = 1;
        }
      }
      column += length;
    }
  }
  const resident = {
    inputs: tf.tensor2d(inputs, [total, features]),
    labels: tf.tensor2d(labels, [total, columns]),
    mask: tf.tensor2d(mask, [total, columns]),
  };
  return {
    resident,
    hasLabel,
    padding: total - 1,
    offsets: splits.map((_, s) => (perSplit ? s * rows : 0)),
    dispose: () => tf.dispose([resident.inputs, resident.labels, resident.mask]),
  };
}

/** Class weights of one model over its tasks, side by side; undefined where every class weighs 1. */
export function classWeightsOf(
  targets: readonly FittedTarget[],
  tasks: TaskData['tasks'],
  indices: readonly number[],
): Float32Array | undefined {
  if (indices.every((t) => targets[t]!.classWeights === undefined)) return undefined;
  const weights = new Float32Array(totalClasses(indices.map((t) => tasks[t]!))).fill(1);
  let at = 0;
  for (const t of indices) {
    const own = targets[t]!.classWeights;
    if (own) weights.set(own, at);
    at += tasks[t]!.classes.length;
  }
  return weights;
}
