import * as tf from '@tensorflow/tfjs-core';
import { meanContributions, ratioContributions } from '../../metrics/contributions';
import { mae } from '../../metrics/mae';
import { pearson } from '../../metrics/pearson';
import { r2 } from '../../metrics/r2';
import { relativeRmse } from '../../metrics/relative-rmse';
import { rmse } from '../../metrics/rmse';
import { moments } from '../../numeric/moments';
import { defineKind } from '../define-kind';
import type { KindFactory, Scored, TaskOptions } from '../kind';
import { columnOption, lossWeightOption } from '../label-options';
import { numberLabels } from '../number-labels';
import { quantileStrata } from '../strata';

/** Options of {@link regression}. */
export interface RegressionOptions extends TaskOptions {}

/** Squared error of each row, NaN without label. */
const squaredErrors = ({ labels, predictions }: Scored): Float64Array =>
  Float64Array.from(labels, (label, i) => (label - predictions[i]!) ** 2);

const halfOverRoot = (ratio: number): number => 0.5 / Math.sqrt(ratio);

/**
 * A task that predicts a number; missing labels are masked, targets are standardized by the training rows' mean and deviation.
 * The loss is the squared error of the standardized target; a prediction is in the label's unit. The primary metric is the relative RMSE, which
 * has no unit, so that one margin fits all tasks, and stays positive, so that relative gains keep their sign (R2 does not).
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on a loss weight that is not above 0
 * @example
 * regression({ column: 'cd420' })
 */
export const regression: KindFactory<RegressionOptions> = defineKind<RegressionOptions>({
  name: 'regression',
  title: 'a number',
  options: { column: columnOption, lossWeight: lossWeightOption },
  read: ({ where, column, cells, missing }) => ({
    classes: [],
    outputs: 1,
    values: numberLabels(where, column, cells, missing),
    length: 1,
  }),
  fits: ({ classes, outputs }) => classes.length === 0 && outputs === 1,
  link: 'identity',
  scale: 'interval',
  likelihoodFactor: 0.5,
  fit({ values }, rows) {
    const { mean, sd } = moments(values, rows);
    return { mean, sd: sd > 0 ? sd : 1 };
  },
  encode: (value, { mean, sd }) => (value - mean) / sd,
  constants: () => [0],
  strata: quantileStrata,
  loss: {
    joins: true,
    of({ z, labels, mask }) {
      const error = tf.sub(z, labels);
      const weighted = tf.mul(error, mask);
      return { sums: tf.sum(tf.mul(weighted, error), 1), weight: mask, slopes: () => tf.mul(weighted, 2) };
    },
  },
  predict: (outputs, _, { mean, sd }) => outputs.map((z) => z * sd + mean),
  metrics: [
    {
      name: 'relativeRmse',
      better: 'lower',
      score: ({ labels, predictions, trainMean }) => relativeRmse(labels, predictions, trainMean),
      contributions: (scored) =>
        ratioContributions(
          squaredErrors(scored),
          Float64Array.from(scored.labels, (label) => (label - scored.trainMean) ** 2),
          halfOverRoot,
        ),
    },
    {
      name: 'rmse',
      better: 'lower',
      inLabelUnit: true,
      // The order of two forecasts by it is that by the squared error, which is proper for the mean.
      proper: true,
      score: ({ labels, predictions }) => rmse(labels, predictions),
      contributions(scored) {
        const errors = squaredErrors(scored);
        return ratioContributions(errors, new Float64Array(errors.length).fill(1), halfOverRoot);
      },
    },
    {
      name: 'mae',
      better: 'lower',
      inLabelUnit: true,
      score: ({ labels, predictions }) => mae(labels, predictions),
      contributions: ({ labels, predictions }) =>
        meanContributions(Float64Array.from(labels, (label, i) => Math.abs(label - predictions[i]!))),
    },
    { name: 'r2', better: 'higher', score: ({ labels, predictions }) => r2(labels, predictions) },
    { name: 'pearson', better: 'higher', score: ({ labels, predictions }) => pearson(labels, predictions) },
  ],
});
