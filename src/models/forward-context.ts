import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { nativeOp } from '../backend/graph';
import { statelessUniform } from '../random/philox';
import type { ForwardContext } from './network/network';

const STREAM = 0x9e3779b1 | 0;

/** Uniform draws per model, `[stack, ...shape]`, that depend on the model's seed only, never on its place in the stack. */
export function uniformDraws(seeds: Tensor, stream: number, shape: readonly number[]): Tensor {
  const stack = seeds.shape[0]!;
  const size = shape.reduce((a, b) => a * b, 1);
  const offset = tf.tensor1d([Math.imul(stream + 1, STREAM), 0], 'int32');
  if (tf.getBackend() === 'tensorflow') {
    const draws = tf
      .unstack(seeds)
      .map((seed) =>
        nativeOp('StatelessRandomUniform', { dtype: { type: 'float32' }, T: { type: 'int32' }, Tseed: { type: 'int32' } }, [
          tf.tensor1d([size], 'int32'),
          tf.add(seed, offset),
        ]),
      );
    return tf.reshape(tf.stack(draws), [stack, ...shape]);
  }
  const pairs = seeds.dataSync();
  const values = new Float32Array(stack * size);
  for (let s = 0; s < stack; s++) {
    const pair = [(pairs[2 * s]! + Math.imul(stream + 1, STREAM)) | 0, pairs[2 * s + 1]!] as const;
    values.set(statelessUniform(size, pair), s * size);
  }
  return tf.tensor(values, [stack, ...shape]);
}

/**
 * A context whose random draws come from `seeds`; each of the `copies` of a model (one per task gradient) sees the same draws.
 * @param rows see `ForwardContext`, `[stack * copies, batch]`
 */
export function trainingContext(seeds: Tensor, copies: number, totalSteps: readonly number[], rows?: Tensor): ForwardContext {
  const stack = seeds.shape[0]!;
  let stream = 0;
  const uniform = (models: number, shape: readonly number[]): Tensor => {
    // A stack may hold several networks a model (experts, one network per task) side by side.
    const inner = models / (stack * copies);
    const draws = uniformDraws(seeds, stream++, [inner, ...shape]);
    if (copies === 1) return tf.reshape(draws, [models, ...shape]);
    return tf.reshape(tf.tile(tf.expandDims(draws, 1), [1, copies, ...new Array<number>(shape.length + 1).fill(1)]), [models, ...shape]);
  };
  return {
    training: true,
    uniform,
    ...(rows && { rows }),
    get progress() {
      const own = tf.div(tf.cast(tf.slice(seeds as tf.Tensor2D, [0, 1], [-1, 1]), 'float32'), tf.tensor2d([...totalSteps], [stack, 1]));
      return tf.reshape(tf.tile(own, [1, copies]), [stack * copies]);
    },
    dropout(x, rate) {
      if (rate === 0) return x;
      const keep = tf.cast(tf.greaterEqual(uniform(x.shape[0]!, x.shape.slice(1)), rate), 'float32');
      return tf.mul(x, tf.mul(keep, 1 / (1 - rate)));
    },
  };
}

/** The context outside training: nothing is random. */
export const inferenceContext: ForwardContext = {
  training: false,
  dropout: (x) => x,
  uniform: (stack, shape) => tf.fill([stack, ...shape], 0.5),
};
