import { withDefaults } from '../options/check';
import { type Better, distinct, requireSome } from './axes';
import type { Figure } from './figure';
import { linePanels } from './lines';

/** Scores of one method over the size of the training set. */
export interface SizeCurve {
  readonly method: string;
  /** `[points]`: training rows. */
  readonly sizes: readonly number[];
  /** `[points]`: mean scores, and the ends of their intervals. */
  readonly scores: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Curves of one task share a panel. @default all in one panel */
  readonly task?: string;
}

/** How learning curves are drawn. */
export interface LearningCurveOptions {
  readonly title?: string;
  /** @default 'score' */
  readonly metric?: string;
  /** @default 'higher' */
  readonly better?: Better;
  /** What the bands are. @default '95 % interval' */
  readonly interval?: string;
}

/**
 * What each method makes of few rows: the score over the size of the training set (log scale); up is better.
 *
 * @throws RangeError when there are no curves; TypeError when lengths differ.
 */
export function learningCurve(curves: readonly SizeCurve[], options: LearningCurveOptions = {}): Figure {
  requireSome('a learning curve', curves, 'curves');
  const { title, metric, better, interval } = withDefaults<Required<LearningCurveOptions>>('plots.learningCurve', options, {
    title: `Learning curve: ${options.metric ?? 'score'} over training rows`,
    metric: 'score',
    better: 'higher',
    interval: '95 % interval',
  });
  const lower = better === 'lower';
  const tasks = distinct(curves.map((curve) => curve.task ?? ''));
  return linePanels({
    title,
    subtitle: `Band: ${interval}. ${lower ? 'Lower is better: the axis runs backwards, up is better.' : 'Up is better.'}`,
    text: `Learning curves of ${distinct(curves.map((curve) => curve.method)).length} methods over training rows`,
    panels: tasks.map((task) => ({
      title: task,
      lines: curves
        .filter((curve) => (curve.task ?? '') === task)
        .map(({ method, sizes, scores, low, high }) => ({ name: method, x: sizes, y: scores, low, high, markers: true })),
    })),
    xTitle: 'training rows',
    yTitle: metric,
    xLog: true,
    yReversed: lower,
  });
}
