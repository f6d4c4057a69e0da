import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { meanContributions, rootMeanContributions } from '../../metrics/contributions';
import { mae, rowErrors } from '../../metrics/mae';
import { rmse, rowSquares } from '../../metrics/rmse';
import { moments } from '../../numeric/moments';
import { digamma, trigamma } from '../../numeric/polygamma';
import { defineKind } from '../define-kind';
import { devianceMetrics } from '../deviance-metrics';
import type { KindFactory, LossBatch, LossParts, Scored, TaskOptions } from '../kind';
import { columnOption, lossWeightOption } from '../label-options';
import { numberLabels } from '../number-labels';
import { stirlingRest } from '../stirling';
import { quantileStrata } from '../strata';

/** Options of {@link proportion}. */
export interface ProportionOptions extends TaskOptions {}

/** The logarithm of the highest precision: above it (a deviation below .0034 about 1/2), float32 would not tell likelihoods apart. */
const MOST_LOG_PRECISION = 10;

/** What is wrong with a number that is no label, and what to do about it. */
function refuse(value: number): string | undefined {
  if (value > 0 && value < 1) return undefined;
  const wanted = 'expected a proportion strictly between 0 and 1';
  if (value === 0 || value === 1)
    return (
      `${wanted}, as a beta distribution has no likelihood at ${value}; where it was rounded to that, replace every y by ` +
      '(y (n - 1) + 1/2) / n with n rows (Smithson and Verkuilen 2006); use binary() if all are 0 or 1, else regression()'
    );
  return `${wanted}; divide percentages by 100, or use regression() for other numbers`;
}

/** Newton's method in the two parameters, from those that have the labels' mean and deviation; a step is at most a factor of e. */
function likeliest(logs: readonly [number, number], mean: number, sd: number): { readonly mean: number; readonly precision: number } {
  const most = Math.exp(MOST_LOG_PRECISION);
  const start = Math.max((mean * (1 - mean)) / sd ** 2 - 1, 1e-3);
  let [a, b] = [mean * start, (1 - mean) * start];
  const bounded = (step: number): number => Math.exp(Math.min(1, Math.max(-1, step)));
  for (let i = 0; i < 100 && a + b < most; i++) {
    const [both, bend] = [digamma(a + b), trigamma(a + b)];
    const [up, vp] = [logs[0] - digamma(a) + both, logs[1] - digamma(b) + both];
    const [ua, vb] = [trigamma(a) - bend, trigamma(b) - bend];
    const determinant = ua * vb - bend * bend;
    const [da, db] = [(vb * up + bend * vp) / (determinant * a), (bend * up + ua * vp) / (determinant * b)];
    a *= bounded(da);
    b *= bounded(db);
    if (Math.max(Math.abs(da), Math.abs(db)) < 1e-12) break;
  }
  return { mean: a / (a + b), precision: Math.min(a + b, most) };
}

/** Mean and deviation of the beta distribution under which the labels are the most likely. */
function betaOf(values: Float64Array, rows: ArrayLike<number>): { readonly mean: number; readonly sd: number } {
  const own = moments(values, rows);
  const sdOf = (mean: number, precision: number): number => Math.sqrt((mean * (1 - mean)) / (1 + precision));
  const least = sdOf(own.mean, Math.exp(MOST_LOG_PRECISION));
  if (own.sd <= least) return { mean: own.mean, sd: least };
  const meanOf = (of: (value: number) => number): number => moments(values.map(of), rows).mean;
  const { mean, precision } = likeliest([meanOf(Math.log), meanOf((y) => Math.log1p(-y))], own.mean, own.sd);
  return { mean, sd: sdOf(mean, precision) };
}

/**
 * What the highest log density of a label adds at an end of the scale to ln(P / (2 pi y (1 - y))) / 2, with P the highest precision and y a label's
 * distance to that end: at most ln v - ln(ln(1 + v + v^2 / 2)) with v = sqrt(2 pi / (P y)) / e, which is exact far from the end and infinitely near it,
 * and .073 too high where it is so most.
 * @param logDistance ln y
 */
function highestAtEnd(logDistance: Tensor): Tensor {
  const logV = tf.mul(tf.add(logDistance, MOST_LOG_PRECISION + 2 - Math.log(2 * Math.PI)), -0.5);
  return tf.sub(logV, tf.log(tf.softplus(tf.add(logV, tf.softplus(tf.sub(logV, Math.LN2))))));
}

/**
 * With m the mean, p the precision, a = m p, b = (1 - m) p and r what Stirling's formula leaves of ln Gamma, the log density is ln(p m (1 -
 * m) / (2 pi)) / 2 - a ln(m / y) - b ln((1 - m) / (1 - y)) + r(p) - r(a) - r(b) - ln(y (1 - y)). It is taken from a bound of the highest log density that
 * the label can have, ln(P y (1 - y) / (2 pi)) / 2 - ln(y (1 - y)) and what the ends add: the large terms cancel on paper.
 */
function lossOf({ z: outputs, labels, mask, count }: LossBatch): LossParts {
  const [stack, batch] = outputs.shape as [number, number];
  const [z, free] = tf.unstack(tf.reshape(outputs, [stack, batch, count, 2]), 3) as [Tensor, Tensor];
  const logPrecision = tf.minimum(free, MOST_LOG_PRECISION);
  // Logarithms of the mean and of what is left of 1.
  const [logMean, logRest] = [tf.neg(tf.softplus(tf.neg(z))), tf.neg(tf.softplus(z))];
  const [logY, logX] = [tf.neg(tf.softplus(tf.neg(labels))), tf.neg(tf.softplus(labels))];
  const logs = tf.stack([logPrecision, tf.add(logMean, logPrecision), tf.add(logRest, logPrecision)]);
  const parameters = tf.exp(logs);
  const { rest, slope } = stirlingRest(parameters, logs);
  const difference = (parts: Tensor): Tensor => {
    const [whole, first, second] = tf.unstack(parts) as [Tensor, Tensor, Tensor];
    return tf.sub(whole, tf.add(first, second));
  };
  const [, a, b] = tf.unstack(parameters) as [Tensor, Tensor, Tensor];
  const divergence = tf.add(tf.mul(a, tf.sub(logMean, logY)), tf.mul(b, tf.sub(logRest, logX)));
  const spread = tf.add(tf.sub(MOST_LOG_PRECISION, logPrecision), tf.add(tf.sub(logY, logMean), tf.sub(logX, logRest)));
  const ends = tf.add(highestAtEnd(logY), highestAtEnd(logX));
  // One after the other: TensorFlow regroups a long `addN`, in another way in another stack.
  // Rounding may take a loss below 0; what is no number stays so.
  const losses = tf.relu(tf.sub(tf.add(tf.add(divergence, tf.mul(spread, 0.5)), ends), difference(rest)));
  return {
    sums: tf.sum(tf.mul(losses, mask), 1),
    weight: mask,
    slopes() {
      const slopes = slope();
      const [, byA, byB] = tf.unstack(slopes) as [Tensor, Tensor, Tensor];
      const [mean, left] = [tf.sigmoid(z), tf.sigmoid(tf.neg(z))];
      const pulled = tf.mul(left, tf.sub(byA, tf.add(tf.mul(a, tf.sub(labels, z)), 0.5)));
      const byMean = tf.add(pulled, tf.mul(mean, tf.sub(0.5, byB)));
      // Above the highest precision the slope is that at it, so that it can come back.
      const byPrecision = tf.sub(tf.sub(divergence, 0.5), difference(slopes));
      return tf.reshape(tf.stack([tf.mul(byMean, mask), tf.mul(byPrecision, mask)], 3), outputs.shape);
    },
  };
}

/** Deviance of a share of each row, 2 (y ln(y / m) + (1 - y) ln((1 - y) / (1 - m))), with m from 2^-52 to 1 - 2^-52; NaN without label. */
function rowDeviances(labels: ArrayLike<number>, means: ArrayLike<number>): Float64Array {
  return Float64Array.from(labels, (y, i) => {
    const m = Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, means[i]!));
    return 2 * (y * Math.log(y / m) + (1 - y) * Math.log((1 - y) / (1 - m)));
  });
}

/** Deviances of the training rows' constant. */
const constantDeviances = ({ labels, trainMean }: Scored): Float64Array =>
  rowDeviances(labels, new Float64Array(labels.length).fill(trainMean));

/**
 * A task that predicts a proportion, such as a share of a budget or of an area: its label column holds numbers strictly between 0 and 1,
 * missing ones are masked.
 *
 * Beta regression (Ferrari and Cribari-Neto 2004): the outputs are the logit of the mean m and the logarithm of the precision p, both of
 * which may depend on the inputs; the variance is m (1 - m) / (1 + p), p at most e^10. The loss is the negative log likelihood in nats less
 * the lowest that the label can have (but for .08 at most), as densities have no bound: it is never below 0, so that methods which weigh losses by
 * their size have something to go by. What is taken off depends on the label alone and changes no gradient. A prediction is the mean. The primary
 * metric is the relative deviance: the binomial deviance of the shares over that of the training rows' constant, so that one margin fits all
 * tasks; to say the mean that one believes does best.
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on a loss weight that is not above 0
 * @example
 * proportion({ column: 'coverage' })
 */
export const proportion: KindFactory<ProportionOptions> = defineKind<ProportionOptions>({
  name: 'proportion',
  // The first was the negative log likelihood itself, which may be below 0.
  revision: 2,
  title: 'a share strictly between 0 and 1',
  options: { column: columnOption, lossWeight: lossWeightOption },
  read: ({ where, column, cells, missing }) => ({
    classes: [],
    outputs: 2,
    values: numberLabels(where, column, cells, missing, refuse),
    length: 1,
  }),
  fits: ({ classes, outputs }) => classes.length === 0 && outputs === 2,
  scale: 'interval',
  likelihoodFactor: 1,
  fit: ({ values }, rows) => betaOf(values, rows),
  // The logit, as 1 - y would lose its digits in float32.
  encode: (value) => Math.log(value) - Math.log1p(-value),
  constants: (_, { mean, sd }) => [Math.log(mean) - Math.log1p(-mean), Math.log((mean * (1 - mean)) / sd ** 2 - 1)],
  strata: quantileStrata,
  loss: { joins: true, of: lossOf },
  predict: (outputs) => Float64Array.from({ length: outputs.length / 2 }, (_, row) => 1 / (1 + Math.exp(-outputs[2 * row]!))),
  metrics: [
    ...devianceMetrics(({ labels, predictions }) => rowDeviances(labels, predictions), constantDeviances),
    {
      name: 'mae',
      better: 'lower',
      inLabelUnit: true,
      score: ({ labels, predictions }) => mae(labels, predictions),
      contributions: ({ labels, predictions }) => meanContributions(rowErrors(labels, predictions)),
    },
    {
      name: 'rmse',
      better: 'lower',
      inLabelUnit: true,
      score: ({ labels, predictions }) => rmse(labels, predictions),
      contributions: ({ labels, predictions }) => rootMeanContributions(rowSquares(labels, predictions)),
    },
  ],
});
