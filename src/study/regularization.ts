import { bars } from '../plots/bars';
import type { Figure } from '../plots/figure';
import type { MimeBundle } from '../plots/mime';
import type { Cell, Table } from '../plots/table';
import type { ComparisonData } from './comparison-data';
import { displayable } from './displayable';
import { correctedTTest, decide, type Interval, pairedComparison, pairedDifferences } from './statistics';
import { finite, runOf, valuesOf } from './values';

/** How much better a method is on its training rows than on test rows, and how honest its probabilities are. */
export interface GapRow {
  readonly method: string;
  readonly task: string;
  readonly metric: string;
  /** Training score minus test score, turned so that positive is overfitting, in units of the metric. */
  readonly gap: Interval;
  /**
   * Gap of the baseline minus this gap on the same seeds: positive where the method overfits less; undefined for the baseline. Its interval is corrected by
   * Holm over all methods and tasks.
   */
  readonly narrowing?: Interval;
  /** p value of no narrowing, corrected alike. */
  readonly p?: number;
  /** Expected calibration error on test rows; undefined for tasks without probabilities. */
  readonly calibrationError?: Interval;
}

/** The promise of regularization, tested. */
export interface Regularization {
  readonly rows: readonly GapRow[];
  readonly sentences: readonly string[];
  table(): Table;
  /** The gap per method and task. */
  plot(): Figure;
  toMime(): readonly MimeBundle[];
  toString(): string;
}

/** The gap of every method on every task. */
function gapRows(data: ComparisonData): GapRow[] {
  const options = { rho: data.rho, level: 1 - data.alpha };
  const interval = (values: ArrayLike<number>): Interval => {
    const { effect, low, high } = correctedTTest(values, options);
    return { value: effect, low, high };
  };
  const gapsOf = (method: string, { name, metric, better }: ComparisonData['tasks'][number]): Float64Array => {
    const train = data.seeds.map((seed) => runOf(data, method, seed)?.trainMetrics[name]?.[metric] ?? Number.NaN);
    return pairedDifferences(train, valuesOf(data, method, name, metric), better);
  };
  const family = data.methods
    .filter(({ name }) => name !== data.baseline)
    .flatMap(({ name: method }) =>
      data.tasks.map((task) => {
        const gaps = gapsOf(method, task);
        const narrowing = gapsOf(data.baseline, task).map((gap, i) => gap - gaps[i]!);
        return { method, task: task.name, comparison: pairedComparison(narrowing, options) };
      }),
    );
  const narrowings = decide(family, { alpha: data.alpha, baseline: data.baseline });
  return data.methods.flatMap(({ name: method }) =>
    data.tasks.map((task): GapRow => {
      const gaps = gapsOf(method, task);
      const found = narrowings.find((one) => one.method === method && one.task === task.name);
      const errors = valuesOf(data, method, task.name, 'calibrationError');
      return {
        method,
        task: task.name,
        metric: task.metric,
        gap: interval(gaps),
        ...(found ? { narrowing: { value: found.effect, low: found.low, high: found.high }, p: found.p } : {}),
        ...(finite(errors).length > 0 ? { calibrationError: interval(errors) } : {}),
      };
    }),
  );
}

/** Whether a method overfits a task less than the baseline; nothing where that is not known. */
function sentenceOf({ method, task, narrowing }: GapRow, baseline: string): string[] {
  if (!narrowing || !Number.isFinite(narrowing.low)) return [];
  const size = `${Number(Math.abs(narrowing.value).toPrecision(3))}`;
  if (narrowing.low > 0) return [`${method} overfits ${task} less than ${baseline}: its gap is ${size} narrower.`];
  if (narrowing.high < 0) return [`${method} overfits ${task} more than ${baseline}: its gap is ${size} wider.`];
  return [`The gaps of ${method} and ${baseline} on ${task} are not told apart.`];
}

function tableOf(data: ComparisonData, rows: readonly GapRow[]): Table {
  return {
    title: `Gap between training and test, ${data.seeds.length} seeds`,
    columns: [
      'method',
      'task',
      'metric',
      'gap',
      'low',
      'high',
      `narrower than ${data.baseline} by`,
      'low ',
      'high ',
      'p (Holm)',
      'calibration error',
    ],
    rows: rows.map(({ method, task, metric, gap, narrowing, p, calibrationError }): Cell[] => [
      method,
      task,
      metric,
      gap.value,
      gap.low,
      gap.high,
      narrowing?.value ?? null,
      narrowing?.low ?? null,
      narrowing?.high ?? null,
      p ?? null,
      calibrationError?.value ?? null,
    ]),
  };
}

function plotOf(data: ComparisonData, rows: readonly GapRow[]): Figure {
  const names = data.tasks.map(({ name }) => name);
  const pick = (method: string, part: keyof Interval): number[] =>
    names.map((task) => rows.find((row) => row.method === method && row.task === task)!.gap[part]);
  return bars(
    {
      labels: names,
      series: data.methods.map(({ name }) => ({ name, values: pick(name, 'value'), low: pick(name, 'low'), high: pick(name, 'high') })),
    },
    {
      title: 'Gap between training and test rows',
      subtitle: 'Training score minus test score, turned so that positive is overfitting; shorter is better.',
      unit: 'gap, in units of the metric',
    },
  );
}

/**
 * The promise of regularization: the gap between training and test scores of every method and task, whether it is narrower than the
 * baseline's, and the calibration of the probabilities. Intervals of gaps describe; of narrowings they are corrected by Holm over all methods and tasks.
 * @param comparison made by `compare`
 * @example
 * const gaps = regularization(await compare(data, { methods: { single: singleTask(trunk), hard: hardSharing(trunk) }, seeds: 10 }));
 * show(gaps.plot());
 */
export function regularization(comparison: { readonly data: ComparisonData }): Regularization {
  const { data } = comparison;
  const rows = gapRows(data);
  const sentences = rows.flatMap((row) => sentenceOf(row, data.baseline));
  const table = (): Table => tableOf(data, rows);
  const plot = (): Figure => plotOf(data, rows);
  return displayable({ rows, sentences, table, plot }, () => sentences);
}
