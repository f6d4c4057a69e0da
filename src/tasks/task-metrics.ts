import { accuracy } from '../metrics/accuracy';
import { averagePrecision } from '../metrics/average-precision';
import { brier, multiclassBrier } from '../metrics/brier';
import { expectedCalibrationError, multiclassReliabilityBins, reliabilityBins } from '../metrics/calibration';
import type { Better } from '../metrics/delta-m';
import { f1, macroF1 } from '../metrics/f1';
import { logLoss, multiclassLogLoss } from '../metrics/log-loss';
import { mae } from '../metrics/mae';
import { pearson } from '../metrics/pearson';
import { predictedClasses } from '../metrics/predicted-classes';
import { r2 } from '../metrics/r2';
import { relativeRmse } from '../metrics/relative-rmse';
import { rmse } from '../metrics/rmse';
import { multiclassRocAuc, rocAuc } from '../metrics/roc-auc';
import { isIob2, spanScores } from '../metrics/span-scores';
import type { Task, TaskKind } from './task';

/** The metrics that `taskMetrics` computes, over all kinds of task. */
export type MetricName =
  | 'rocAuc'
  | 'averagePrecision'
  | 'accuracy'
  | 'f1'
  | 'macroF1'
  | 'logLoss'
  | 'brier'
  | 'calibrationError'
  | 'relativeRmse'
  | 'rmse'
  | 'mae'
  | 'r2'
  | 'pearson'
  | 'spanF1'
  | 'tokenAccuracy';

/** What a reader of a metric needs to know of it. */
export interface MetricInfo {
  readonly name: MetricName;
  readonly better: Better;
  /** The metric that verdicts and delta-m go by: one per kind of task. */
  readonly primary: boolean;
}

/** What some metrics need beside labels and predictions. */
export interface MetricContext {
  /** Mean of the task's labels in the training part, for `relativeRmse`. @default NaN, which leaves that metric undefined */
  readonly trainMean?: number;
  /** Positions per row of a tagging task. @default all positions are one sequence */
  readonly length?: number;
}

const order: Readonly<Record<TaskKind, readonly MetricName[]>> = {
  binary: ['rocAuc', 'averagePrecision', 'accuracy', 'f1', 'logLoss', 'brier', 'calibrationError'],
  multiclass: ['accuracy', 'macroF1', 'rocAuc', 'logLoss', 'brier', 'calibrationError'],
  regression: ['relativeRmse', 'rmse', 'mae', 'r2', 'pearson'],
  tagging: ['spanF1', 'tokenAccuracy', 'logLoss'],
};

const lowerIsBetter: ReadonlySet<MetricName> = new Set(['logLoss', 'brier', 'calibrationError', 'relativeRmse', 'rmse', 'mae']);

/**
 * The metrics of a kind of task, the primary one first. Primary are: for binary the ROC AUC, which needs no threshold and does not move
 * with the base rate; for multiclass the accuracy; for regression the relative RMSE, which has no unit, so that one smallest effect fits
 * all tasks, and stays positive, so that relative gains keep their sign (R2 does not); for tagging the span F1.
 * @param task the kind, or a task: a tagging task whose classes are no IOB2 tags goes by its token accuracy
 */
export function metricsOf(task: TaskKind | Task): MetricInfo[] {
  const kind = typeof task === 'string' ? task : task.kind;
  const noSpans = kind === 'tagging' && typeof task !== 'string' && !isIob2(task.classes);
  const names = noSpans ? order.tagging.filter((name) => name !== 'spanF1') : order[kind];
  return names.map((name, i) => ({ name, better: lowerIsBetter.has(name) ? 'lower' : 'higher', primary: i === 0 }));
}

/** Sequences of tags, the positions without label cut out of both sides. */
function sequences(task: Task, labels: ArrayLike<number>, codes: ArrayLike<number>, length: number): [string[][], string[][]] {
  const wanted: string[][] = [];
  const said: string[][] = [];
  for (let start = 0; start < labels.length; start += length) {
    const positions = Array.from({ length }, (_, i) => start + i).filter((i) => !Number.isNaN(labels[i]!));
    wanted.push(positions.map((i) => task.classes[labels[i]!]!));
    said.push(positions.map((i) => task.classes[codes[i]!]!));
  }
  return [wanted, said];
}

/**
 * All metrics of one task (those of `metricsOf(task)`). Rows without label are skipped; a metric that these rows leave undefined (one
 * class only, no label, a prediction that is not finite) is NaN.
 * @param task the task
 * @param labels `[rows]` class codes or values, NaN where missing; `[rows, length]` for tagging
 * @param predictions `[rows]` probabilities of the positive class (binary) or values (regression); `[rows, classes]` probabilities
 *   (multiclass); `[rows, length, classes]` probabilities (tagging)
 * @param context what some metrics need besides
 * @throws TypeError when the shapes do not match
 * @throws RangeError when a label is no class code of the task
 */
export function taskMetrics(
  task: Task,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  context: MetricContext = {},
): Partial<Record<MetricName, number>> {
  const classes = task.classes.length;
  switch (task.kind) {
    case 'binary': {
      const predicted = predictedClasses(predictions, 1);
      return {
        rocAuc: rocAuc(labels, predictions),
        averagePrecision: averagePrecision(labels, predictions),
        accuracy: accuracy(labels, predicted),
        f1: f1(labels, predicted),
        logLoss: logLoss(labels, predictions),
        brier: brier(labels, predictions),
        calibrationError: expectedCalibrationError(reliabilityBins(labels, predictions)),
      };
    }
    case 'multiclass': {
      const predicted = predictedClasses(predictions, classes);
      return {
        accuracy: accuracy(labels, predicted),
        macroF1: macroF1(labels, predicted, classes),
        rocAuc: multiclassRocAuc(labels, predictions, classes),
        logLoss: multiclassLogLoss(labels, predictions, classes),
        brier: multiclassBrier(labels, predictions, classes),
        calibrationError: expectedCalibrationError(multiclassReliabilityBins(labels, predictions, classes)),
      };
    }
    case 'regression':
      return {
        relativeRmse: relativeRmse(labels, predictions, context.trainMean ?? Number.NaN),
        rmse: rmse(labels, predictions),
        mae: mae(labels, predictions),
        r2: r2(labels, predictions),
        pearson: pearson(labels, predictions),
      };
    case 'tagging': {
      const length = context.length ?? Math.max(1, labels.length);
      if (labels.length % length !== 0)
        throw new TypeError(`taskMetrics: labels of "${task.name}" must be [rows, ${length}]; got ${labels.length} numbers.`);
      const codes = predictedClasses(predictions, classes);
      const tokenAccuracy = accuracy(labels, codes);
      const loss = multiclassLogLoss(labels, predictions, classes);
      if (!isIob2(task.classes)) return { tokenAccuracy, logLoss: loss };
      const spanF1 = Number.isNaN(loss) ? Number.NaN : spanScores(...sequences(task, labels, codes, length)).f1;
      return { spanF1, tokenAccuracy, logLoss: loss };
    }
  }
}
