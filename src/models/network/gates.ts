import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { fold, unfold } from './copies';
import { glorotUniform } from './initial';
import type { ForwardContext, InputShape, Parameter, Values } from './network';

/** Softmax gates over experts, linear in what they look at, without bias. */
export interface Gates {
  readonly parameters: readonly Parameter[];
  /** All gates look at the same: `[stack, batch, width] -> [stack, gates, experts, batch]`. */
  readonly apply: (values: Values, x: Tensor) => Tensor;
  /** Each looks at its own: `[stack * gates, batch, width] -> [stack, gates, experts, batch]`. */
  readonly applyEach: (values: Values, x: Tensor) => Tensor;
}

/** Whom a gate serves. */
export interface GateOwner {
  readonly name: string;
  readonly owner: number | 'shared';
}

/** A gate per owner, weights `<name>` `[width, experts]`. */
export function gates(owners: readonly GateOwner[], width: number, experts: number): Gates {
  const shape = [width, experts];
  const side = (values: Values): Tensor[] => owners.map(({ name }) => values[name]!);
  return {
    parameters: owners.map(({ name, owner }) => ({
      name,
      shape,
      ...(owner === 'shared' ? { role: 'shared' as const } : { role: 'task' as const, task: owner }),
      decay: true,
      initial: glorotUniform(width, experts, shape),
    })),
    apply(values, x) {
      const logits = tf.matMul(x as Tensor3D, tf.concat(side(values), 2) as Tensor3D);
      const [stack, batch] = x.shape as [number, number];
      return tf.transpose(tf.softmax(tf.reshape(logits, [stack, batch, owners.length, experts])), [0, 2, 3, 1]);
    },
    applyEach(values, x) {
      const logits = tf.matMul(x as Tensor3D, fold(tf.stack(side(values), 1)) as Tensor3D);
      return tf.transpose(unfold(tf.softmax(logits), owners.length), [0, 1, 3, 2]);
    },
  };
}

/** @throws TypeError where a gate would have to read token ids as if they were quantities */
export function checkGateInput(who: string, input: InputShape): void {
  if (input.vocabulary === undefined) return;
  throw new TypeError(
    `${who}: the inputs are token ids, which gates cannot read; give shared lower layers, for instance stem: embedding(16)`,
  );
}

/**
 * Drops gate weights while training and rescales the rest to sum to 1, against gates that settle on one expert.
 * @param weights `[stack, gates, experts, batch]`
 */
export function dropGates(weights: Tensor, rate: number, context: ForwardContext): Tensor {
  if (rate === 0 || !context.training) return weights;
  const kept = context.dropout(weights, rate);
  return tf.div(kept, tf.maximum(tf.sum(kept, 2, true), 1e-6));
}

/**
 * Entropy of gate weights relative to that of equal weights, in [0, 1]: near 0 the gate has collapsed onto one expert.
 * @param weights non-negative, with a positive sum; scaled to sum to 1
 * @throws RangeError when a weight is negative or not finite, or all are 0
 */
export function gateEntropy(weights: readonly number[]): number {
  const total = weights.reduce((a, b) => a + b, 0);
  if (weights.some((w) => !Number.isFinite(w) || w < 0) || !(total > 0)) {
    throw new RangeError(`gateEntropy(weights): expected non-negative numbers with a positive sum, got [${weights.join(', ')}]`);
  }
  if (weights.length === 1) return 0;
  const entropy = weights.reduce((sum, w) => (w > 0 ? sum - (w / total) * Math.log(w / total) : sum), 0);
  return entropy / Math.log(weights.length);
}
