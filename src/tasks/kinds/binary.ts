import * as tf from '@tensorflow/tfjs-core';
import { sortNames, toName } from '../../cells/cell';
import { DataError } from '../../cells/data-error';
import { accuracy } from '../../metrics/accuracy';
import { averagePrecision } from '../../metrics/average-precision';
import { brier } from '../../metrics/brier';
import { calibrationErrorContributions, expectedCalibrationError, reliabilityBins } from '../../metrics/calibration';
import { averagePrecisionContributions, meanContributions, rocAucContributions } from '../../metrics/contributions';
import { f1, f1Contributions } from '../../metrics/f1';
import { logLoss, rowLogLosses } from '../../metrics/log-loss';
import { predictedClasses } from '../../metrics/predicted-classes';
import { rocAuc } from '../../metrics/roc-auc';
import { describeValue } from '../../options/describe-value';
import { optionalOption } from '../../options/spec';
import { classCodes, countNames, listCounts } from '../class-labels';
import { classMasses } from '../class-masses';
import { defineKind } from '../define-kind';
import type { KindFactory, Reading, Scored, TaskOptions } from '../kind';
import { type ClassWeights, classWeightsOption, columnOption, lossWeightOption } from '../label-options';
import { classStrata } from '../strata';

/** Options of {@link binary}. */
export interface BinaryOptions extends TaskOptions {
  /** The value that counts as positive. @default the larger of the two (`1`, `true`, the later in code-point order) */
  readonly positive?: string | number | boolean;
  /** Loss weight of each class. @default every class weighs 1 */
  readonly classWeights?: ClassWeights;
}

function classesOf({ where, column, options, cells, missing }: Reading<BinaryOptions>): string[] {
  const counts = countNames(cells, missing);
  const classes = sortNames(counts.keys());
  if (classes.length !== 2) {
    const found = `${classes.length} distinct ${classes.length === 1 ? 'value' : 'values'}: ${listCounts(counts)}`;
    const advice =
      classes.length === 1
        ? 'nothing can be learned from one value; leave the task out'
        : 'use multiclass() or regression(), or declare the extra value as missing';
    throw new DataError('wrong-classes', `${where}: expected exactly 2 distinct values, found ${found}; ${advice}`, { column });
  }
  if (options.positive === undefined) return classes;
  const positive = toName(options.positive);
  if (!classes.includes(positive)) {
    throw new DataError(
      'wrong-classes',
      `${where}: positive is ${describeValue(options.positive)}, which is not in the column; it holds ${listCounts(counts)}`,
      { column },
    );
  }
  return positive === classes[1] ? classes : classes.reverse();
}

const predictedOf = ({ predictions }: Scored): Float64Array => predictedClasses(predictions, 1);

/** 1 where the predicted class is right, NaN without label. */
const hitsOf = (scored: Scored): Float64Array => {
  const predicted = predictedOf(scored);
  return Float64Array.from(scored.labels, (label, i) => (Number.isNaN(label) ? Number.NaN : Number(label === predicted[i])));
};

/**
 * A task with two classes: its label column holds exactly two distinct values (numbers, booleans or strings); missing labels are masked.
 * The loss is the cross entropy in nats; a prediction is the probability of the positive class. The primary metric is the ROC AUC, which needs
 * no threshold and does not move with the base rate.
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on a negative or infinite class weight, or a loss weight that is not above 0
 * @example
 * binary({ column: 'outcome', positive: 'died', classWeights: 'balanced' })
 */
export const binary: KindFactory<BinaryOptions> = defineKind<BinaryOptions>({
  name: 'binary',
  title: 'one of two classes',
  options: {
    column: columnOption,
    positive: optionalOption('one of the two label values', 'the value that counts as positive; the larger of the two without', (value) =>
      ['string', 'number', 'boolean'].includes(typeof value) ? undefined : 'type',
    ),
    classWeights: classWeightsOption,
    lossWeight: lossWeightOption,
  },
  positional: ['positive'],
  read: (reading) => classCodes(reading, classesOf(reading), 1),
  fits: ({ classes, outputs }) => classes.length === 2 && outputs === 1,
  link: 'logistic',
  scale: 'nominal',
  likelihoodFactor: 1,
  constants(_, target) {
    const [negative, positive] = classMasses(target);
    return [Math.log(positive!) - Math.log(negative!)];
  },
  // Where some labels are missing, the positives alone do not fix how many labels a part gets.
  strata(labels, rows) {
    const [negatives, positives] = classStrata(labels, rows);
    return negatives!.length + positives!.length === rows ? [positives!] : [negatives!, positives!];
  },
  loss: {
    joins: true,
    of({ z, labels, mask, count, classWeights }) {
      let weight = mask;
      if (classWeights) {
        const [negative, positive] = tf.unstack(tf.reshape(classWeights(), [z.shape[0]!, 1, count, 2]), 3);
        weight = tf.mul(mask, tf.add(negative!, tf.mul(labels, tf.sub(positive!, negative!))));
      }
      return {
        // softplus(z) - z y is the cross entropy of a logit, without overflow.
        sums: tf.sum(tf.mul(tf.sub(tf.softplus(z), tf.mul(z, labels)), weight), 1),
        weight,
        slopes: () => tf.mul(tf.sub(tf.sigmoid(z), labels), weight),
      };
    },
  },
  predict: (outputs) => outputs.map((z) => 1 / (1 + Math.exp(-z))),
  metrics: [
    {
      name: 'rocAuc',
      better: 'higher',
      score: ({ labels, predictions }) => rocAuc(labels, predictions),
      contributions: ({ labels, predictions }) => rocAucContributions(labels, predictions),
    },
    {
      name: 'averagePrecision',
      better: 'higher',
      score: ({ labels, predictions }) => averagePrecision(labels, predictions),
      contributions: ({ labels, predictions }) => averagePrecisionContributions(labels, predictions),
    },
    {
      name: 'accuracy',
      better: 'higher',
      score: (scored) => accuracy(scored.labels, predictedOf(scored)),
      contributions: (scored) => meanContributions(hitsOf(scored)),
    },
    {
      name: 'f1',
      better: 'higher',
      score: (scored) => f1(scored.labels, predictedOf(scored)),
      contributions: (scored) => f1Contributions(scored.labels, predictedOf(scored)),
    },
    {
      name: 'logLoss',
      better: 'lower',
      proper: true,
      score: ({ labels, predictions }) => logLoss(labels, predictions),
      contributions: ({ labels, predictions }) => meanContributions(rowLogLosses(labels, predictions)),
    },
    {
      name: 'brier',
      better: 'lower',
      proper: true,
      score: ({ labels, predictions }) => brier(labels, predictions),
      contributions: ({ labels, predictions }) =>
        meanContributions(Float64Array.from(labels, (label, i) => (label - predictions[i]!) ** 2)),
    },
    {
      name: 'calibrationError',
      better: 'lower',
      score: ({ labels, predictions }) => expectedCalibrationError(reliabilityBins(labels, predictions)),
      contributions: ({ labels, predictions }) => calibrationErrorContributions(labels, predictions),
    },
  ],
  reliability: ({ labels, predictions }) => reliabilityBins(labels, predictions),
});
