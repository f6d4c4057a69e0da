import { accuracy } from '../../metrics/accuracy';
import { multiclassBrier } from '../../metrics/brier';
import { expectedCalibrationError, multiclassReliabilityBins } from '../../metrics/calibration';
import { meanContributions } from '../../metrics/contributions';
import { macroF1 } from '../../metrics/f1';
import { multiclassLogLoss, rowLogLosses } from '../../metrics/log-loss';
import { predictedClasses } from '../../metrics/predicted-classes';
import { multiclassRocAuc } from '../../metrics/roc-auc';
import { classColumns } from '../class-columns';
import { classCodes, classesOf, countNames } from '../class-labels';
import { classMasses } from '../class-masses';
import { defineKind } from '../define-kind';
import type { KindFactory, Scored, TaskOptions } from '../kind';
import { type ClassWeights, classWeightsOption, columnOption, lossWeightOption } from '../label-options';
import { softmaxLoss, softmaxProbabilities } from '../softmax';
import { classStrata } from '../strata';

/** Options of {@link multiclass}. */
export interface MulticlassOptions extends TaskOptions {
  /** Loss weight of each class. @default every class weighs 1 */
  readonly classWeights?: ClassWeights;
}

const predictedOf = ({ task, predictions }: Scored): Float64Array => predictedClasses(predictions, task.classes.length);

/**
 * A task with two or more exclusive classes (numbers, booleans or strings); missing labels are masked. Classes are coded in ascending order:
 * numbers by value, strings by code point. The loss is the cross entropy in nats; a prediction is a probability for each class. The primary
 * metric is the accuracy.
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on a negative or infinite class weight, or a loss weight that is not above 0
 * @example
 * multiclass({ column: 'speaker' })
 */
export const multiclass: KindFactory<MulticlassOptions> = defineKind<MulticlassOptions>({
  name: 'multiclass',
  title: 'one of several classes',
  options: { column: columnOption, classWeights: classWeightsOption, lossWeight: lossWeightOption },
  read(reading) {
    const classes = classesOf(reading.where, reading.column, countNames(reading.cells, reading.missing));
    return classCodes(reading, classes, classes.length);
  },
  fits: ({ classes, outputs }) => outputs > 1 && classes.length === outputs,
  scale: 'nominal',
  likelihoodFactor: 1,
  constants: (_, target) => classMasses(target).map(Math.log),
  strata: classStrata,
  loss: { joins: false, of: softmaxLoss },
  predict: (outputs, { classes }) => softmaxProbabilities(outputs, classes.length),
  columns: classColumns,
  metrics: [
    {
      name: 'accuracy',
      better: 'higher',
      score: (scored) => accuracy(scored.labels, predictedOf(scored)),
      contributions(scored) {
        const predicted = predictedOf(scored);
        return meanContributions(
          Float64Array.from(scored.labels, (label, i) => (Number.isNaN(label) ? Number.NaN : Number(label === predicted[i]))),
        );
      },
    },
    { name: 'macroF1', better: 'higher', score: (scored) => macroF1(scored.labels, predictedOf(scored), scored.task.classes.length) },
    {
      name: 'rocAuc',
      better: 'higher',
      score: ({ task, labels, predictions }) => multiclassRocAuc(labels, predictions, task.classes.length),
    },
    {
      name: 'logLoss',
      better: 'lower',
      proper: true,
      score: ({ task, labels, predictions }) => multiclassLogLoss(labels, predictions, task.classes.length),
      contributions: ({ task, labels, predictions }) => meanContributions(rowLogLosses(labels, predictions, task.classes.length)),
    },
    {
      name: 'brier',
      better: 'lower',
      proper: true,
      score: ({ task, labels, predictions }) => multiclassBrier(labels, predictions, task.classes.length),
    },
    {
      name: 'calibrationError',
      better: 'lower',
      score: ({ task, labels, predictions }) =>
        expectedCalibrationError(multiclassReliabilityBins(labels, predictions, task.classes.length)),
    },
  ],
  reliability: ({ task, labels, predictions }) => multiclassReliabilityBins(labels, predictions, task.classes.length),
});
