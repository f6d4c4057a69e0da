import { withDefaults } from '../options/check';
import { distinct, requireSome } from './axes';
import type { Figure } from './figure';
import { type Line, linePanels } from './lines';

/** The loss or a metric of one method on one task over training. */
export interface Curve {
  readonly task: string;
  readonly method: string;
  readonly part: 'train' | 'validation';
  /** `[points]`, for instance epochs 1, 2, 3, ... */
  readonly epochs: readonly number[];
  /** `[seeds, points]`; a seed that stopped early is shorter, NaN where there is no value. */
  readonly runs: readonly (readonly number[])[];
}

/** How curves are drawn. */
export interface CurvesOptions {
  readonly title?: string;
  /** What is drawn. @default 'loss' */
  readonly metric?: string;
}

/**
 * Mean and sample standard deviation over the runs. A run that stopped early keeps its last value: without it the mean would jump, because
 * the runs that go on are not like those that stopped.
 */
function meanBand(curve: Curve): { readonly mean: number[]; readonly low: number[]; readonly high: number[] } {
  const mean: number[] = [];
  const low: number[] = [];
  const high: number[] = [];
  for (const point of curve.epochs.keys()) {
    const values = curve.runs.map((run) => run[point] ?? run.at(-1) ?? Number.NaN).filter(Number.isFinite);
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1);
    const deviation = values.length > 1 ? Math.sqrt(variance) : 0;
    mean.push(average);
    low.push(average - deviation);
    high.push(average + deviation);
  }
  return { mean, low, high };
}

/**
 * Learning over epochs: a panel per task, a line per method (mean over seeds, with a band of one standard deviation), training dotted
 * where there is validation.
 *
 * @throws RangeError when there are no curves; TypeError when a run is longer than its epochs.
 */
export function curves(input: readonly Curve[], options: CurvesOptions = {}): Figure {
  requireSome('curves', input, 'curves');
  const { title, metric } = withDefaults<Required<CurvesOptions>>('plots.curves', options, {
    title: `Training: ${options.metric ?? 'loss'} over epochs`,
    metric: 'loss',
  });
  const tasks = distinct(input.map((curve) => curve.task));
  const methods = distinct(input.map((curve) => curve.method));
  const seeds = Math.max(...input.map((curve) => curve.runs.length));
  const stopped = input.some(({ runs }) =>
    runs.some((run) => run.length > 0 && run.length < Math.max(...runs.map((other) => other.length))),
  );
  const validated = input.some((curve) => curve.part === 'validation');
  const line = (curve: Curve): Line => {
    const longest = Math.max(0, ...curve.runs.map((run) => run.length));
    if (longest > curve.epochs.length) {
      throw new TypeError(
        `Cannot draw curves: a run of ${JSON.stringify(curve.method)} has ${longest} points for ${curve.epochs.length} epochs`,
      );
    }
    const { mean, low, high } = meanBand(curve);
    const minor = validated && curve.part === 'train';
    return { name: curve.method, x: curve.epochs, y: mean, ...(minor || curve.runs.length < 2 ? { minor } : { low, high }) };
  };
  return linePanels({
    title,
    subtitle: `${validated ? 'Solid: validation, dotted: training' : 'On the training rows'}${seeds > 1 ? `; mean over ${seeds} seeds, band: one standard deviation` : ''}${stopped ? '; a seed that stopped early keeps its last value' : ''}.`,
    text: `Training curves (${metric}) of ${methods.length} methods on ${tasks.length} tasks, ${seeds} seeds`,
    panels: tasks.map((task) => ({ title: task, lines: input.filter((curve) => curve.task === task).map(line) })),
    xTitle: 'epoch',
    yTitle: metric,
  });
}
