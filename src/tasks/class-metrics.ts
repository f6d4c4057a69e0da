import { accuracy } from '../metrics/accuracy';
import { multiclassReliabilityBins, type ReliabilityBin } from '../metrics/calibration';
import { meanContributions } from '../metrics/contributions';
import { multiclassLogLoss, rowLogLosses } from '../metrics/log-loss';
import { predictedClasses } from '../metrics/predicted-classes';
import type { KindMetric, Scored } from './kind';

/** The most probable class of each row, `[rows]`. */
export const predictedOf = ({ task, predictions }: Scored): Float64Array => predictedClasses(predictions, task.classes.length);

/** 1 where the most probable class is the label, 0 where not, NaN without label. */
export function rightOf(scored: Scored): Float64Array {
  const predicted = predictedOf(scored);
  return Float64Array.from(scored.labels, (label, i) => (Number.isNaN(label) ? Number.NaN : Number(label === predicted[i])));
}

/** Share of rows whose most probable class is the label. */
export const classAccuracy: KindMetric = {
  name: 'accuracy',
  better: 'higher',
  score: (scored) => accuracy(scored.labels, predictedOf(scored)),
  contributions: (scored) => meanContributions(rightOf(scored)),
};

/** Negative log likelihood of probabilities of classes. */
export const classLogLoss: KindMetric = {
  name: 'logLoss',
  better: 'lower',
  proper: true,
  score: ({ task, labels, predictions }) => multiclassLogLoss(labels, predictions, task.classes.length),
  contributions: ({ task, labels, predictions }) => meanContributions(rowLogLosses(labels, predictions, task.classes.length)),
};

/** Bins of probabilities of classes. */
export const classReliability = ({ task, labels, predictions }: Scored): ReliabilityBin[] =>
  multiclassReliabilityBins(labels, predictions, task.classes.length);
