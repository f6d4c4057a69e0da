import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { heads } from './heads';
import { type Method, method } from './method';
import type { Encoder, ForwardContext, Layer, Network, Problem, Values } from './network';

/** Runs an encoder's layers and flattens what comes out to `[stack, batch, width]`. */
export function encode(layers: readonly Layer[], values: Values, x: Tensor, context: ForwardContext): Tensor {
  const z = layers.reduce((h, layer) => layer.apply(values, h, context), x);
  return z.rank === 3 ? z : tf.reshape(z, [z.shape[0]!, z.shape[1]!, -1]);
}

/** Width of what `encode` returns. */
export function encodedWidth(layers: readonly Layer[]): number {
  return layers[layers.length - 1]!.outputShape.reduce((a, b) => a * b, 1);
}

/** One trunk with a linear head per task. */
export function buildHardSharing(trunk: Encoder, problem: Problem): Network {
  const layers = trunk.build(problem.input, 'trunk');
  const top = heads(encodedWidth(layers), problem.tasks);
  const encodeAll = (values: Values, x: Tensor, context: ForwardContext): Tensor => encode(layers, values, x, context);
  return {
    parameters: [...layers.flatMap((layer) => layer.parameters), ...top.parameters],
    forward: (values, x, context) => top.apply(values, encodeAll(values, x, context)),
    representation: { encode: encodeAll, decode: (values, z) => top.apply(values, z) },
  };
}

/**
 * Hard parameter sharing: all tasks share one trunk, each has a linear head (Caruana 1993; 1997, "Multitask Learning").
 * @param trunk the shared encoder
 */
export function hardSharing(trunk: Encoder): Method {
  return method({ name: 'hardSharing', options: { trunk }, build: (problem) => buildHardSharing(trunk, problem) });
}
