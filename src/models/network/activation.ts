import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { relu, reluGradient } from '../../backend/ops';

/** An elementwise function of a layer with its derivative. */
export interface Activation {
  readonly apply: (x: Tensor) => Tensor;
  /** The derivative times gradients by the output, `signals` `[stack, K, ...]`; `output` `[stack, 1, ...]`. */
  readonly backward: (signals: Tensor, output: Tensor) => Tensor;
  /** How weights before it start. */
  readonly start: 'he' | 'glorot';
}

/** A backward pass by the derivative in terms of the output. */
const times =
  (derivative: (output: Tensor) => Tensor): Activation['backward'] =>
  (signals, output) =>
    tf.mul(signals, derivative(output));
const reluByProduct = times((y) => tf.cast(tf.greater(y, 0), 'float32'));

/** The activations that encoders know by name. */
export const activationNames = ['relu', 'tanh', 'sigmoid', 'elu', 'softplus', 'linear'] as const;

/** The name of an activation. */
export type ActivationName = (typeof activationNames)[number];

const activations: Readonly<Record<ActivationName, Activation>> = {
  relu: {
    apply: relu,
    // The op for one signal does not broadcast.
    backward: (signals, y) => (signals.shape[1] === 1 ? reluGradient(signals, y) : reluByProduct(signals, y)),
    start: 'he',
  },
  elu: { apply: tf.elu, backward: times((y) => tf.minimum(tf.add(y, 1), 1)), start: 'he' },
  tanh: { apply: tf.tanh, backward: times((y) => tf.sub(1, tf.square(y))), start: 'glorot' },
  sigmoid: { apply: tf.sigmoid, backward: times((y) => tf.mul(y, tf.sub(1, y))), start: 'glorot' },
  // y = log(1 + exp x), so sigmoid(x) = 1 - exp(-y).
  softplus: { apply: tf.softplus, backward: times((y) => tf.sub(1, tf.exp(tf.neg(y)))), start: 'glorot' },
  linear: { apply: (x) => x, backward: (signals) => signals, start: 'glorot' },
};

/** An activation by its name. */
export function activationOf(name: ActivationName): Activation {
  return activations[name];
}
