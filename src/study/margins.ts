import type { TaskData } from '../data/task-data';
import { checkNumber, didYouMean } from '../options/check';
import { kindFactory } from '../tasks/registry';
import type { TaskRecord } from './comparison-data';
import { standardDeviation } from './statistics';

/** The smallest difference that matters: for all tasks, or by task or metric. */
export type Margin = number | Readonly<Record<string, number>>;

/**
 * The smallest difference that matters where none is stated: .01 of scores (AUC, accuracy, F1, kappa) and of losses in nats, .02 of errors
 * relative to a constant prediction, and as much, .02 standard deviations of the label, of errors in its unit.
 * @param deviation standard deviation of the label; only for errors in its unit
 */
export function defaultMargin({ kind, metric }: Pick<TaskRecord, 'kind' | 'metric'>, deviation: number = Number.NaN): number {
  if (metric.startsWith('relative')) return 0.02;
  const inLabelUnit = kindFactory(kind)?.kind.metrics.find(({ name }) => name === metric)?.inLabelUnit === true;
  if (inLabelUnit) return deviation > 0 ? 0.02 * deviation : 0.02;
  return 0.01;
}

/**
 * The margin of every task.
 * @throws RangeError for a margin that is not above 0, or of a name that is no task and no metric
 */
export function marginsOf(who: string, margin: Margin | undefined, tasks: readonly TaskRecord[], data: TaskData): Record<string, number> {
  if (margin !== undefined && typeof margin !== 'object') checkNumber(who, 'margin', margin, Number.MIN_VALUE);
  const named = new Map(typeof margin === 'object' && margin !== null ? Object.entries(margin) : []);
  const names = [...new Set(tasks.flatMap(({ name, metric }) => [name, metric]))];
  for (const [name, value] of named) {
    if (!names.includes(name))
      throw new RangeError(
        `${who}: margin names "${name}", which is no task and no task's metric${didYouMean(name, names)}; names: ${names.join(', ')}`,
      );
    checkNumber(who, `margin.${name}`, value, Number.MIN_VALUE);
  }
  return Object.fromEntries(
    tasks.map(({ name, kind, metric }, t) => {
      if (typeof margin === 'number') return [name, margin];
      const { values, length } = data.labels[t]!;
      // The first cell of a row is the label; a count's second one is its exposure.
      const labels = values.filter((value, i) => i % length === 0 && !Number.isNaN(value));
      const own = named.get(name) ?? named.get(metric);
      return [name, own ?? defaultMargin({ kind, metric }, standardDeviation(labels))];
    }),
  );
}
