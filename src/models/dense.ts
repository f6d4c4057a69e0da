import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { constant, glorotUniform, heUniform } from './initial';
import type { Parameter, Values } from './network';

/** A linear map with bias of a stack of models. */
export interface Dense {
  readonly parameters: readonly Parameter[];
  /** `[stack, batch, inputs] -> [stack, batch, outputs]` */
  readonly apply: (values: Values, x: Tensor) => Tensor;
}

/**
 * A dense layer.
 * @param owner `shared`, or the index of the task it belongs to
 * @param scope prefix of its two parameters, `weights` `[inputs, outputs]` and `bias` `[1, outputs]`
 */
export function dense(scope: string, inputs: number, outputs: number, owner: 'shared' | number, start: 'he' | 'glorot'): Dense {
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
  };
}
