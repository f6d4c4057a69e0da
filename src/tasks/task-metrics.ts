import type { Better } from '../metrics/delta-m';
import type { Scored } from './kind';
import { kindOf, metricsFor } from './registry';
import type { Task } from './task';

/** What a reader of a metric needs to know of it. */
export interface MetricInfo {
  readonly name: string;
  readonly better: Better;
  /** The metric that verdicts and delta-m go by: one per kind of task. */
  readonly primary: boolean;
  /** Whether a forecaster does best by saying what it believes, as by log loss or squared error. */
  readonly proper?: true;
}

/** What some metrics need beside labels and predictions. */
export interface MetricContext {
  /** Mean of the task's labels in the training part, for metrics that compare with it. @default NaN, which leaves them undefined */
  readonly trainMean?: number;
  /** Label cells per row, for instance the positions of a tagging task. @default all are one row of a sequence, else 1 */
  readonly length?: number;
}

/**
 * The metrics of a kind of task, the primary one first.
 * @param task a kind's name, or a task: metrics that do not suit its labels are left out then (spans of tags that are no IOB2 tags)
 */
export function metricsOf(task: string | Task): MetricInfo[] {
  const metrics = typeof task === 'string' ? kindOf({ kind: task }).metrics : metricsFor(task);
  return metrics.map(({ name, better, proper }, i) => ({ name, better, primary: i === 0, ...(proper && { proper: true as const }) }));
}

/** @throws TypeError when labels and predictions do not fill the same rows */
function scoredOf(task: Task, labels: ArrayLike<number>, predictions: ArrayLike<number>, context: MetricContext): Scored {
  const kind = kindOf(task);
  const length = context.length ?? (kind.perPosition ? Math.max(1, labels.length) : (kind.cells?.(task) ?? 1));
  if (labels.length % length !== 0)
    throw new TypeError(`taskMetrics: labels of "${task.name}" must be [rows, ${length}]; got ${labels.length} numbers.`);
  return { task, labels, predictions, trainMean: context.trainMean ?? Number.NaN, length };
}

/**
 * All metrics of one task (those of `metricsOf(task)`). Rows without label are skipped; a metric that these rows leave undefined (one
 * class only, no label, a prediction that is not finite) is NaN.
 * @param task the task
 * @param labels `[rows]` class codes or values, NaN where missing; `[rows, length]` where a row has several
 * @param predictions as the task's kind predicts: `[rows]` probabilities of the positive class (binary) or values (regression);
 *   `[rows, classes]` probabilities (multiclass); `[rows, length, classes]` probabilities (tagging)
 * @param context what some metrics need besides
 * @throws TypeError when the shapes do not match
 * @throws RangeError when a label is no class code of the task
 */
export function taskMetrics(
  task: Task,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  context: MetricContext = {},
): Record<string, number> {
  const scored = scoredOf(task, labels, predictions, context);
  return Object.fromEntries(metricsFor(task).map(({ name, score }) => [name, score(scored)]));
}

/**
 * What each row adds to a metric: its influence. Contributions sum to 0, the sum of their squares is the metric's variance by the draw of the
 * rows; of a difference of two models, contributions are the differences of theirs.
 * @param metric a name of `metricsOf(task)`
 * @returns `[rows]`, 0 for rows without label (a row is a sentence for tagging)
 * @throws RangeError for a metric that the task does not have
 * @throws TypeError when the shapes do not match
 */
export function rowContributions(
  task: Task,
  metric: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  context: MetricContext = {},
): Float64Array {
  const found = metricsFor(task).find(({ name }) => name === metric);
  if (!found) {
    const known = metricsFor(task).map(({ name }) => name);
    throw new RangeError(`rowContributions: task "${task.name}" (${task.kind}) has no metric "${metric}"; it has ${known.join(', ')}`);
  }
  return found.contributions(scoredOf(task, labels, predictions, context));
}
