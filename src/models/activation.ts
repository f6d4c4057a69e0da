import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { relu } from '../backend/ops';
import { didYouMean } from '../options';

/** An elementwise function of a layer with its derivative. */
export interface Activation {
  readonly apply: (x: Tensor) => Tensor;
  /** Derivative from the function's output. */
  readonly derivative: (output: Tensor) => Tensor;
  /** How weights before it start. */
  readonly start: 'he' | 'glorot';
}

/** The activations that encoders know by name. */
export const activations: Readonly<Record<string, Activation>> = {
  relu: { apply: relu, derivative: (y) => tf.cast(tf.greater(y, 0), 'float32'), start: 'he' },
  elu: { apply: tf.elu, derivative: (y) => tf.minimum(tf.add(y, 1), 1), start: 'he' },
  tanh: { apply: tf.tanh, derivative: (y) => tf.sub(1, tf.square(y)), start: 'glorot' },
  sigmoid: { apply: tf.sigmoid, derivative: (y) => tf.mul(y, tf.sub(1, y)), start: 'glorot' },
  // y = log(1 + exp x), so sigmoid(x) = 1 - exp(-y).
  softplus: { apply: tf.softplus, derivative: (y) => tf.sub(1, tf.exp(tf.neg(y))), start: 'glorot' },
  linear: { apply: (x) => x, derivative: tf.onesLike, start: 'glorot' },
};

/**
 * An activation by its name.
 * @throws RangeError for an unknown name
 */
export function activationOf(who: string, name: string): Activation {
  const names = Object.keys(activations);
  if (names.includes(name)) return activations[name]!;
  throw new RangeError(`${who}: unknown activation "${name}"${didYouMean(String(name), names)}; one of ${names.join(', ')}`);
}
