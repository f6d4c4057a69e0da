import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { broadcastMatMul } from '../../backend/ops';
import { constant, glorotUniform, heUniform } from './initial';
import type { Parameter, Values } from './network';

/** A map with parameters, a part of a layer. */
export interface Part {
  readonly parameters: readonly Parameter[];
  readonly apply: (values: Values, x: Tensor) => Tensor;
}

/** A linear map with bias of a stack of models, `[stack, batch, inputs] -> [stack, batch, outputs]`. */
export interface Dense extends Part {}

/** A linear map with a backward pass of its own. */
export interface TracedDense extends Dense {
  /**
   * Backward pass of K signals `[stack, K, batch, outputs]` by the outputs, for the input `x` of the forward pass.
   * @returns gradients by weights and bias, `[stack, K, ...shape]`; by the input `[stack, K, batch, inputs]`
   */
  readonly backward: (
    values: Values,
    x: Tensor,
    signals: Tensor,
    wantsInput: boolean,
  ) => { readonly parameters: readonly Tensor[]; readonly input?: Tensor };
}

/**
 * A dense layer.
 * @param owner `shared`, or the index of the task it belongs to
 * @param scope prefix of its two parameters, `weights` `[inputs, outputs]` and `bias` `[1, outputs]`
 */
export function dense(scope: string, inputs: number, outputs: number, owner: 'shared' | number, start: 'he' | 'glorot'): TracedDense {
  const role = owner === 'shared' ? ({ role: 'shared' } as const) : ({ role: 'task', task: owner } as const);
  const shape = [inputs, outputs];
  return {
    parameters: [
      {
        name: `${scope}/weights`,
        shape,
        ...role,
        decay: true,
        initial: start === 'he' ? heUniform(inputs, shape) : glorotUniform(inputs, outputs, shape),
      },
      { name: `${scope}/bias`, shape: [1, outputs], ...role, decay: false, initial: constant(0, [1, outputs]) },
    ],
    apply: (values, x) => tf.add(tf.matMul(x as Tensor3D, values[`${scope}/weights`] as Tensor3D), values[`${scope}/bias`]!),
    backward(values, x, signals, wantsInput) {
      const [stack, count, batch] = signals.shape as [number, number, number];
      const weights = broadcastMatMul(tf.reshape(x, [stack, 1, batch, inputs]), signals, true, false);
      const gradients = [weights, tf.sum(signals, 2, true)];
      if (!wantsInput) return { parameters: gradients };
      // The signals lie along the batch, so that one product serves them all.
      const flat = tf.reshape(signals, [stack, count * batch, outputs]) as Tensor3D;
      const input = tf.matMul(flat, values[`${scope}/weights`] as Tensor3D, false, true);
      return { parameters: gradients, input: tf.reshape(input, [stack, count, batch, inputs]) };
    },
  };
}

/** A dense map of the last axis, whatever lies before it: `[stack, ..., inputs] -> [stack, ..., outputs]`. */
export function onLastAxis(linear: Part, outputs: number): Part['apply'] {
  return (values, x) => {
    const flat = tf.reshape(x, [x.shape[0]!, -1, x.shape[x.rank - 1]!]);
    return tf.reshape(linear.apply(values, flat), [...x.shape.slice(0, -1), outputs]);
  };
}
