import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { LossBatch, LossParts } from './kind';

/** Class codes as one-hot rows `[stack, batch, cells, classes]`, and what each label counts, `[stack, batch, cells]`. */
export function hotLabels({ labels, mask, classes, classWeights }: LossBatch): { readonly hot: Tensor; readonly weight: Tensor } {
  const [stack, batch, cells] = labels.shape as [number, number, number];
  const hot = tf.reshape(tf.cast(tf.oneHot(tf.cast(labels, 'int32'), classes), 'float32'), [stack, batch, cells, classes]);
  if (!classWeights) return { hot, weight: mask };
  const own = tf.reshape(classWeights(), [stack, 1, 1, classes]);
  return { hot, weight: tf.mul(mask, tf.sum(tf.mul(hot, own), 3)) };
}

/** Cross entropy in nats of softmax outputs, at each label cell of a row. */
export function softmaxLoss(batch: LossBatch): LossParts {
  const { hot, weight } = hotLabels(batch);
  const logits = tf.reshape(batch.z, hot.shape);
  const logProbabilities = tf.logSoftmax(logits);
  const losses = tf.neg(tf.sum(tf.mul(logProbabilities, hot), 3));
  return {
    sums: tf.reshape(tf.sum(tf.mul(losses, weight), [1, 2]), [-1, 1]),
    weight,
    slopes: () => tf.reshape(tf.mul(tf.sub(tf.exp(logProbabilities), hot), tf.expandDims(weight, 3)), batch.z.shape),
  };
}

/** Logits as probabilities, `classes` at a time; written over the logits. */
export function softmaxProbabilities(values: Float64Array, classes: number): Float64Array {
  for (let start = 0; start < values.length; start += classes) {
    const logits = values.subarray(start, start + classes);
    const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      logits[c] = Math.exp(logits[c]! - top);
      sum += logits[c]!;
    }
    for (let c = 0; c < classes; c++) logits[c]! /= sum;
  }
  return values;
}
