import type { TaskData } from '../data/task-data';
import type { ReliabilityBin } from '../metrics/calibration';
import { hammingLoss } from '../metrics/hamming-loss';
import { multilabelMacroF1, multilabelMicroF1 } from '../metrics/multilabel-f1';
import { predictedClasses } from '../metrics/predicted-classes';
import { subsetAccuracy } from '../metrics/subset-accuracy';
import { countParameters } from '../models/network/network';
import { kindOf } from '../tasks/registry';
import { metricsOf, taskMetrics } from '../tasks/task-metrics';
import type { RunResult } from '../training/runs';
import type { RunRecord } from './comparison-data';
import { evidenceOf } from './evidence';

/** Labels of one task on some rows, `[rows]` or `[rows, length]`. */
function labelsOn(data: TaskData, task: number, rows: Int32Array): Float64Array {
  const { values, length } = data.labels[task]!;
  const out = new Float64Array(rows.length * length);
  for (const [i, row] of rows.entries()) out.set(values.subarray(row * length, (row + 1) * length), i * length);
  return out;
}

type Metrics = Record<string, Record<string, number>>;

/** All metrics of all tasks by predictions on some rows; NaN throughout for a run that failed. */
function metricsOn(data: TaskData, result: RunResult, labels: readonly Float64Array[], predictions: readonly Float64Array[]): Metrics {
  return Object.fromEntries(
    data.tasks.map((task, t) => {
      const context = { trainMean: result.fitted.targets[t]!.mean, length: data.labels[t]!.length };
      const scores = result.failure === undefined ? taskMetrics(task, labels[t]!, predictions[t]!, context) : {};
      return [task.name, Object.fromEntries(metricsOf(task).map(({ name }) => [name, scores[name] ?? Number.NaN]))];
    }),
  );
}

/** Reliability bins of the tasks whose predictions are probabilities. */
function reliabilityOf(data: TaskData, result: RunResult, labels: readonly Float64Array[]): Record<string, ReliabilityBin[]> {
  return Object.fromEntries(
    data.tasks.flatMap((task, t) => {
      const bins = kindOf(task).reliability?.({
        task,
        labels: labels[t]!,
        predictions: result.predictions[t]!,
        trainMean: result.fitted.targets[t]!.mean,
        length: data.labels[t]!.length,
      });
      return bins ? [[task.name, bins] as const] : [];
    }),
  );
}

/** JSON knows no infinity: a loss that overflowed is NaN in results. */
const finiteOrNaN = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);

/** Scores a run on its test rows, and on its training rows for the gap between them. */
export function scoreRun(data: TaskData, result: RunResult): RunRecord {
  const { run, parts, failure } = result;
  const { test, train } = run.split;
  const labels = data.tasks.map((_, t) => labelsOn(data, t, test));
  const metrics = metricsOn(data, result, labels, result.predictions);
  const trained = result.trainPredictions;
  const perTask = <T>(pick: (part: (typeof parts)[number], index: number) => T): Record<string, T> =>
    Object.fromEntries(parts.flatMap((part) => part.serve.map((t) => [data.tasks[t]!.name, pick(part, part.tasks.indexOf(t))] as const)));
  const joint = parts.every(({ network }) => network === parts[0]!.network) ? parts[0]! : undefined;
  return {
    method: run.name,
    seed: run.seed,
    metrics,
    trainMetrics: trained
      ? metricsOn(
          data,
          result,
          data.tasks.map((_, t) => labelsOn(data, t, train)),
          trained,
        )
      : {},
    reliability: failure === undefined ? reliabilityOf(data, result, labels) : {},
    overall: failure === undefined ? overall(data, labels, result, metrics) : {},
    seconds: result.seconds,
    steps: result.steps,
    trainLosses: perTask((part, i) => part.trainLosses.map((losses) => finiteOrNaN(losses[i]!))),
    validationLosses: perTask((part, i) => part.validationLosses.map((losses) => finiteOrNaN(losses[i]!))),
    bestEpochs: perTask((part) => part.bestEpoch),
    weights: joint?.weights ?? [],
    gradients: joint?.gradients ?? [],
    parameters: perTask((part) => countParameters(part.network.parameters) / part.serve.length),
    trainRows: train.length,
    testRows: test.length,
    ...(failure === undefined ? { evidence: evidenceOf(data, result, labels) } : { failure }),
  };
}

/** Metrics over all tasks: of the labels together where all are binary, and the mean of each metric that all tasks share. */
function overall(
  data: TaskData,
  labels: readonly Float64Array[],
  result: RunResult,
  metrics: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Record<string, number> {
  const shared = Object.keys(metrics[data.tasks[0]!.name]!).filter((name) =>
    data.tasks.every((task) => Object.hasOwn(metrics[task.name]!, name)),
  );
  const means = Object.fromEntries(
    shared.map((name) => {
      const values = data.tasks.map((task) => metrics[task.name]![name]!);
      return [`mean ${name}`, values.reduce((a, b) => a + b, 0) / values.length];
    }),
  );
  if (data.tasks.length < 2 || !data.tasks.every((task) => kindOf(task).link === 'logistic')) return means;
  const predicted = result.predictions.map((probabilities) => predictedClasses(probabilities, 1));
  return {
    ...means,
    macroF1: multilabelMacroF1(labels, predicted),
    microF1: multilabelMicroF1(labels, predicted),
    hammingLoss: hammingLoss(labels, predicted),
    subsetAccuracy: subsetAccuracy(labels, predicted),
  };
}
