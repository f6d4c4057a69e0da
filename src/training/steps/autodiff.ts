import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** `tf.valueAndGrads` for a function with further outputs: these are kept out of the tape's reach. */
export function gradientsOf(
  f: (...p: Tensor[]) => { total: Tensor; kept: Tensor },
  at: readonly Tensor[],
): { kept: Tensor; gradients: Tensor[] } {
  let kept: Tensor | undefined;
  const { grads } = tf.valueAndGrads((...p: Tensor[]) => {
    const result = f(...p);
    kept = tf.keep(result.kept);
    return result.total as tf.Scalar;
  })([...at]);
  // What outlives the tape belongs to the caller's scope again.
  const free = tf.clone(kept!);
  kept!.dispose();
  return { kept: free, gradients: grads };
}
