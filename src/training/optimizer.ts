import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { ParameterStep } from '../balancing/balancing';
import { type CallSpecs, numberOption, readCall, withFlag } from '../options/spec';
import { ofThisPackage } from '../provenance';

/** What a step's update depends on besides the gradient; each `[stack]`, shaped to broadcast over a parameter. */
export interface StepScalars {
  /** The rate of this step, corrections included. */
  readonly rate: Tensor;
  /** The constant in the denominator (adaptive methods). */
  readonly epsilon: Tensor;
  /** What decoupled weight decay multiplies parameters by. */
  readonly keep: Tensor;
}

/**
 * An optimizer as pure functions: state is a list of tensors of the parameter's shape ("slots"), which start at 0.
 *
 * Own implementations, because tfjs keeps Adam's moments by position and has neither AdamW nor stacked models. Pinned to PyTorch's numbers.
 */
export interface Optimizer {
  readonly name: string;
  /** Of an optimizer of one's own: names its code; change it with the code. Without one its runs are not kept in a study's `directory`. */
  readonly version?: string | number;
  readonly options: Readonly<Record<string, number>>;
  readonly learningRate: number;
  readonly slots: number;
  /** L2 penalty added to the gradient (coupled decay). */
  readonly l2: number;
  /** Decoupled weight decay. */
  readonly decoupledDecay: number;
  /** The numbers of step `t` = 1, 2, ... for a learning rate, in float64. */
  readonly scalars: (t: number, learningRate: number) => { readonly rate: number; readonly epsilon: number };
  /** New value of a parameter and its slots. */
  readonly update: (
    value: Tensor,
    gradient: Tensor,
    slots: readonly Tensor[],
    scalars: StepScalars,
  ) => { readonly value: Tensor; readonly slots: readonly Tensor[] };
  /**
   * The same update of a single number, without decay, in float64: for what a balancing method trains along with the model. Without it
   * `update` serves, in tensors.
   */
  readonly updateNumber?: (
    value: number,
    gradient: number,
    slots: readonly number[],
    scalars: { readonly rate: number; readonly epsilon: number },
  ) => { readonly value: number; readonly slots: readonly number[] };
  /** Where TensorFlow has the very update as one op. */
  readonly fused?: { readonly op: 'ResourceApplyAdam'; readonly beta1: number; readonly beta2: number };
}

/** Options of `adam` and `adamw`. */
export interface AdamOptions {
  /** @default 1e-3 */
  readonly learningRate?: number;
  /** Decay of the mean of gradients, in [0, 1). @default 0.9 */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, in [0, 1). @default 0.999 */
  readonly beta2?: number;
  /** @default 1e-8 */
  readonly epsilon?: number;
  /** `adam`: L2 penalty; `adamw`: decoupled decay. Weights only, not biases. @default 0 (adam), 0.01 (adamw) */
  readonly weightDecay?: number;
}

const adamSpecs: CallSpecs<AdamOptions> = {
  learningRate: numberOption(1e-3, 'learning rate', { above: 0 }),
  beta1: numberOption(0.9, 'decay of the mean of gradients', { min: 0, below: 1 }),
  beta2: numberOption(0.999, 'decay of the mean of squared gradients', { min: 0, below: 1 }),
  epsilon: numberOption(1e-8, 'constant in the denominator', { min: 0 }),
  weightDecay: numberOption(0, 'L2 penalty of weights', { min: 0 }),
};

/** How the options of `adamw` are checked. */
export const adamwSpecs: CallSpecs<AdamOptions> = {
  ...adamSpecs,
  weightDecay: withFlag(numberOption(0.01, 'decoupled weight decay (AdamW)', { min: 0 }), '--weight-decay X'),
};

/** 1 - beta in float32 as TensorFlow's own op takes it, so that models with and without that op are equal to the last bit. */
const rest = (beta: number): number => Math.fround(1 - Math.fround(beta));

function adamLike(name: 'adam' | 'adamw', options: AdamOptions | undefined): Optimizer {
  const filled = readCall<AdamOptions>(name, name === 'adam' ? adamSpecs : adamwSpecs, options);
  const { learningRate, beta1, beta2, epsilon, weightDecay } = filled;
  return ofThisPackage({
    name,
    options: { ...filled },
    learningRate,
    slots: 2,
    l2: name === 'adam' ? weightDecay : 0,
    decoupledDecay: name === 'adamw' ? weightDecay : 0,
    // lr / c1 * m / (sqrt(v) / sqrt(c2) + eps) with both corrections moved into two scalars.
    scalars(t, rate) {
      const root = Math.sqrt(1 - beta2 ** t);
      return { rate: (rate * root) / (1 - beta1 ** t), epsilon: epsilon * root };
    },
    update(value, gradient, [m, v], { rate, epsilon: constant, keep }) {
      const m1 = tf.add(m!, tf.mul(tf.sub(gradient, m!), rest(beta1)));
      const v1 = tf.add(v!, tf.mul(tf.sub(tf.square(gradient), v!), rest(beta2)));
      const kept = weightDecay > 0 && name === 'adamw' ? tf.mul(value, keep) : value;
      return { value: tf.sub(kept, tf.div(tf.mul(rate, m1), tf.add(tf.sqrt(v1), constant))), slots: [m1, v1] };
    },
    updateNumber(value, gradient, [m = 0, v = 0], { rate, epsilon: constant }) {
      const m1 = m + (gradient - m) * (1 - beta1);
      const v1 = v + (gradient * gradient - v) * (1 - beta2);
      return { value: value - (rate * m1) / (Math.sqrt(v1) + constant), slots: [m1, v1] };
    },
    fused: { op: 'ResourceApplyAdam', beta1, beta2 },
  });
}

/**
 * Adam (Kingma & Ba 2015, 1412.6980) as PyTorch computes it.
 * @throws TypeError for an unknown option, RangeError for a value out of range
 */
export function adam(options?: AdamOptions): Optimizer {
  return adamLike('adam', options);
}

/**
 * AdamW: Adam with decoupled weight decay (Loshchilov & Hutter 2019, 1711.05101) as PyTorch computes it.
 * @throws TypeError for an unknown option, RangeError for a value out of range
 */
export function adamw(options?: AdamOptions): Optimizer {
  return adamLike('adamw', options);
}

/** Options of `sgd`. */
export interface SgdOptions {
  /** @default 1e-2 */
  readonly learningRate?: number;
  /** In [0, 1). @default 0 */
  readonly momentum?: number;
  /** L2 penalty; weights only, not biases. @default 0 */
  readonly weightDecay?: number;
}

const sgdSpecs: CallSpecs<SgdOptions> = {
  learningRate: numberOption(1e-2, 'learning rate', { above: 0 }),
  momentum: numberOption(0, 'share of the last direction that is kept', { min: 0, below: 1 }),
  weightDecay: numberOption(0, 'L2 penalty of weights', { min: 0 }),
};

/**
 * Stochastic gradient descent with (heavy-ball) momentum as PyTorch computes it.
 * @throws TypeError for an unknown option, RangeError for a value out of range
 */
export function sgd(options?: SgdOptions): Optimizer {
  const filled = readCall<SgdOptions>('sgd', sgdSpecs, options);
  const { learningRate, momentum, weightDecay } = filled;
  return ofThisPackage({
    name: 'sgd',
    options: { ...filled },
    learningRate,
    slots: momentum > 0 ? 1 : 0,
    l2: weightDecay,
    decoupledDecay: 0,
    scalars: (_, rate) => ({ rate, epsilon: 0 }),
    update(value, gradient, [buffer], { rate }) {
      const direction = buffer ? tf.add(tf.mul(buffer, momentum), gradient) : gradient;
      return { value: tf.sub(value, tf.mul(rate, direction)), slots: buffer ? [direction] : [] };
    },
    updateNumber(value, gradient, [buffer = 0], { rate }) {
      const direction = buffer * momentum + gradient;
      return { value: value - rate * direction, slots: momentum > 0 ? [direction] : [] };
    },
  });
}

/** An optimizer's step on a single number, without weight decay. */
export function parameterStepOf(optimizer: Optimizer): ParameterStep {
  return (value, gradient, slots, count, learningRate) => {
    const scalars = optimizer.scalars(count, learningRate);
    if (optimizer.updateNumber) return optimizer.updateNumber(value, gradient, slots, scalars);
    return tf.tidy(() => {
      const { rate, epsilon } = scalars;
      const own = Array.from({ length: optimizer.slots }, (_, k) => tf.scalar(slots[k] ?? 0));
      const tensors = { rate: tf.scalar(rate), epsilon: tf.scalar(epsilon), keep: tf.scalar(1) };
      const next = optimizer.update(tf.scalar(value), tf.scalar(gradient), own, tensors);
      return { value: next.value.dataSync()[0]!, slots: next.slots.map((slot) => slot.dataSync()[0]!) };
    }) as unknown as ReturnType<ParameterStep>;
  };
}
