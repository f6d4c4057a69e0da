import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { StackPlan } from './plan';

/** Scales each model's gradients so that their joint Euclidean norm is at most `limit` (Pascanu, Mikolov, Bengio 2013, 1211.5063). */
function clipByGlobalNorm(gradients: readonly Tensor[], limit: number): Tensor[] {
  const stack = gradients[0]!.shape[0]!;
  const squares = gradients.map((g) => tf.sum(tf.reshape(tf.square(g), [stack, -1]), 1));
  const norm = tf.sqrt(squares.length === 1 ? squares[0]! : tf.addN(squares));
  const factor = tf.minimum(1, tf.div(limit, tf.maximum(norm, 1e-12)));
  return gradients.map((g) => tf.mul(g, tf.reshape(factor, [stack, ...g.shape.slice(1).map(() => 1)])));
}

/** Gradients as the optimizer takes them: with the L2 penalty, clipped. */
export function preparedGradients(plan: StackPlan, parameters: readonly Tensor[], gradients: readonly Tensor[]): Tensor[] {
  const { optimizer, clipNorm, shape } = plan;
  const decayed = gradients.map((g, i) =>
    optimizer.l2 > 0 && shape.network.parameters[i]!.decay ? tf.add(g, tf.mul(parameters[i]!, optimizer.l2)) : g,
  );
  return clipNorm === undefined ? decayed : clipByGlobalNorm(decayed, clipNorm);
}

/** New parameters and slots of every model; a model whose `active` is 0 stays as it is. `scalars` `[stack, STEP_SCALARS]`, see `StepFeed`. */
export function optimizerUpdate(
  plan: StackPlan,
  parameters: readonly Tensor[],
  slots: readonly (readonly Tensor[])[],
  gradients: readonly Tensor[],
  scalars: Tensor,
): { readonly parameters: Tensor[]; readonly slots: Tensor[][] } {
  const { optimizer, shape, perModel } = plan;
  const columns = tf.unstack(scalars, 1);
  const next: Tensor[] = [];
  const nextSlots: Tensor[][] = [];
  for (const [i, value] of parameters.entries()) {
    const broadcast = (column: Tensor): Tensor => tf.reshape(column, [shape.stack, ...value.shape.slice(1).map(() => 1)]);
    const [rate, epsilon, keep, active] = columns.slice(0, 4).map(broadcast) as [Tensor, Tensor, Tensor, Tensor];
    const decays = optimizer.decoupledDecay > 0 && shape.network.parameters[i]!.decay;
    const updated = optimizer.update(value, gradients[i]!, slots[i]!, { rate, epsilon, keep: decays ? keep : tf.onesLike(keep) });
    const settle = (before: Tensor, after: Tensor): Tensor => (perModel ? tf.where(tf.greater(active, 0), after, before) : after);
    next.push(settle(value, updated.value));
    nextSlots.push(updated.slots.map((slot, k) => settle(slots[i]![k]!, slot)));
  }
  return { parameters: next, slots: nextSlots };
}
