import { multiclassBrier, rowBriers } from '../../metrics/brier';
import { calibrationErrorContributions, expectedCalibrationError } from '../../metrics/calibration';
import { meanContributions, multiclassRocAucContributions } from '../../metrics/contributions';
import { macroF1, macroF1Contributions } from '../../metrics/f1';
import { multiclassRocAuc } from '../../metrics/roc-auc';
import { classColumns } from '../class-columns';
import { classCodes, classesOf, countNames } from '../class-labels';
import { classMasses } from '../class-masses';
import { classAccuracy, classLogLoss, classReliability, predictedOf } from '../class-metrics';
import { defineKind } from '../define-kind';
import type { KindFactory, TaskOptions } from '../kind';
import { type ClassWeights, classWeightsOption, columnOption, lossWeightOption } from '../label-options';
import { softmaxLoss, softmaxProbabilities } from '../softmax';
import { classStrata } from '../strata';

/** Options of {@link multiclass}. */
export interface MulticlassOptions extends TaskOptions {
  /** Loss weight of each class. @default every class weighs 1 */
  readonly classWeights?: ClassWeights;
}

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
    classAccuracy,
    {
      name: 'macroF1',
      better: 'higher',
      score: (scored) => macroF1(scored.labels, predictedOf(scored), scored.task.classes.length),
      contributions: (scored) => macroF1Contributions(scored.labels, predictedOf(scored), scored.task.classes.length),
    },
    {
      name: 'rocAuc',
      better: 'higher',
      score: ({ task, labels, predictions }) => multiclassRocAuc(labels, predictions, task.classes.length),
      contributions: ({ task, labels, predictions }) => multiclassRocAucContributions(labels, predictions, task.classes.length),
    },
    classLogLoss,
    {
      name: 'brier',
      better: 'lower',
      proper: true,
      score: ({ task, labels, predictions }) => multiclassBrier(labels, predictions, task.classes.length),
      contributions: ({ task, labels, predictions }) => meanContributions(rowBriers(labels, predictions, task.classes.length)),
    },
    {
      name: 'calibrationError',
      better: 'lower',
      score: (scored) => expectedCalibrationError(classReliability(scored)),
      contributions: ({ task, labels, predictions }) => calibrationErrorContributions(labels, predictions, task.classes.length),
    },
  ],
  reliability: classReliability,
});
