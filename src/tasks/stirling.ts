import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';

/** Steps up before the series, whose first term left out is then below 5e-8. */
const STEPS = 3;
/** 1/3, 1/5, ... */
const OF_STEP: readonly number[] = Array.from({ length: 6 }, (_, i) => 1 / (2 * i + 3));
/** -4/3, -8/5, -12/7, ... */
const OF_SLOPE: readonly number[] = OF_STEP.map((share, i) => -4 * (i + 1) * share);

/** What Stirling's formula leaves of ln Gamma, and its derivative. */
export interface StirlingRest {
  /** ln Gamma(x) - ((x - 1/2) ln x - x + 1/2 ln(2 pi)) */
  readonly rest: Tensor;
  /** x times the derivative of `rest` by x, which is x (psi(x) - ln x) + 1/2: between -1/2 and 0. */
  readonly slope: () => Tensor;
}

/**
 * ln Gamma and psi as what Stirling's formula leaves of them (Binet): small where x is large, so that a loss can cancel the large parts on
 * paper; float32 has no digits left for the rest of large numbers.
 * Accurate to about 1e-6 in float32, relatively where it is above 1.
 * @param x above 0; may have become 0
 * @param logX its logarithm
 */
export function stirlingRest(x: Tensor, logX: Tensor): StirlingRest {
  // ln(1 + 1/x), also where x has become 0. The portable backend's `log1p` is no more accurate than a logarithm of the sum; `softplus` is.
  const step = tf.softplus(tf.neg(logX));
  // The rest at y less that at y + 1 is (y + 1/2) ln(1 + 1/y) - 1, which is a series in 1 / (2 y + 1): w^2 / 3 + w^4 / 5 + ... (Gudermann).
  const further = Array.from({ length: STEPS - 1 }, (_, k) => tf.reciprocal(tf.add(tf.mul(x, 2), 2 * k + 3)));
  const squares = further.map((w) => tf.square(w));
  const inverse = tf.reciprocal(tf.add(x, STEPS));
  const u = tf.square(inverse);
  const rest = tf.addN([
    tf.sub(tf.mul(tf.add(x, 0.5), step), 1),
    ...squares.map((v) => tf.mul(v, polynomial(v, OF_STEP))),
    tf.mul(inverse, polynomial(u, [1 / 12, -1 / 360, 1 / 1260, -1 / 1680])),
  ]);
  const slope = (): Tensor => {
    const steps = squares.map((v, k) => tf.mul(tf.mul(further[k]!, v), polynomial(v, OF_SLOPE)));
    const tail = tf.mul(u, polynomial(u, [-1 / 12, 1 / 120, -1 / 252, 1 / 240]));
    return tf.sub(tf.mul(x, tf.addN([step, ...steps, tail])), tf.div(tf.add(x, 0.5), tf.add(x, 1)));
  };
  return { rest, slope };
}

/** Horner's scheme. @param coefficients from the constant on */
function polynomial(u: Tensor, coefficients: readonly number[]): Tensor {
  return coefficients.slice(0, -1).reduceRight<Tensor>((sum, c) => tf.add(tf.mul(sum, u), c), tf.fill(u.shape, coefficients.at(-1)!));
}
