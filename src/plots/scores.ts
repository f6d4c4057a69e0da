import { withDefaults } from '../options/check';
import {
  type Attributes,
  type Better,
  distinct,
  gridHeight,
  intervalBars,
  nameAxis,
  nameWidth,
  type Panel,
  paddedRange,
  panels,
  requireSome,
  sideLegend,
  valueAxis,
} from './axes';
import { type Figure, makeFigure, type Trace } from './figure';
import { escapeHtml, formatInterval, formatNumber, label } from './text';
import { ink, seriesStyle } from './theme';

/** The score of one method on one task. */
export interface Score {
  readonly task: string;
  readonly method: string;
  readonly value: number;
  /** Ends of the interval around `value`. */
  readonly low: number;
  readonly high: number;
  /** @default 'score' */
  readonly metric?: string;
  /** The axis of a metric that is better when lower runs backwards. @default 'higher' */
  readonly better?: Better;
}

/** How scores are drawn. */
export interface ScoresOptions {
  readonly title?: string;
  /** What the bars are. @default '95 % interval' */
  readonly interval?: string;
}

/** A band behind every other task's row. */
function taskBands(panel: Panel, tasks: number): Attributes[] {
  return Array.from({ length: Math.floor(tasks / 2) }, (_, i): Attributes => {
    const task = 2 * i + 1;
    return {
      type: 'rect',
      xref: `${panel.x} domain`,
      yref: panel.y,
      x0: 0,
      x1: 1,
      y0: task - 0.5,
      y1: task + 0.5,
      layer: 'below',
      fillcolor: ink.band,
      line: { width: 0 },
    };
  });
}

/** One method's scores in a panel, but for where they are. */
function methodTrace(group: readonly Score[], metric: string, style: ReturnType<typeof seriesStyle>, panel: Panel): Trace {
  const { method } = group[0] as Score;
  const values = group.map((row) => row.value);
  return {
    type: 'scatter',
    mode: 'markers',
    name: label(method),
    legendgroup: method,
    x: values,
    error_x: intervalBars(
      values,
      group.map((row) => row.low),
      group.map((row) => row.high),
    ),
    marker: { color: style.color, symbol: style.symbol, size: 7 },
    hoverinfo: 'text',
    text: group.map(
      (row) =>
        `${escapeHtml(method)}, ${escapeHtml(row.task)}<br>${escapeHtml(metric)} ${formatNumber(row.value)} ${formatInterval(row.low, row.high)}`,
    ),
    xaxis: panel.x,
    yaxis: panel.y,
  };
}

/**
 * How well each method does on each task: a row per task, a dot with an interval per method, a panel per metric. Right is better.
 *
 * @throws RangeError when there are no scores.
 */
export function scores(rows: readonly Score[], options: ScoresOptions = {}): Figure {
  requireSome('scores', rows, 'rows');
  const { title, interval } = withDefaults<Required<ScoresOptions>>('plots.scores', options, {
    title: 'Scores on the test part',
    interval: '95 % interval',
  });
  const methods = distinct(rows.map((row) => row.method));
  const metricOf = (row: Score): string => `${row.better ?? 'higher'} ${row.metric ?? 'score'}`;
  const blocks = distinct(rows.map(metricOf)).map((metric) => rows.filter((row) => metricOf(row) === metric));
  const tasksOf = (block: readonly Score[]): string[] => distinct(block.map((row) => row.task));
  // Dots of one task stand below each other, 0.8 of the task's row in all.
  const rowHeight = Math.max(22, 9 * methods.length + 8);
  const grid = {
    count: blocks.length,
    columns: 1,
    rowHeights: blocks.map((block) => 8 + rowHeight * tasksOf(block).length),
    gap: 58,
    columnGap: 0,
  };
  const data: Trace[] = [];
  const axes: Record<string, Attributes> = {};
  const shapes: Attributes[] = [];
  for (const panel of panels(grid)) {
    const block = blocks[panel.row] as Score[];
    const tasks = tasksOf(block);
    const metric = block[0]?.metric ?? 'score';
    const lower = block[0]?.better === 'lower';
    const [low, high] = paddedRange(block.flatMap((row) => [row.value, row.low, row.high]));
    axes[panel.xKey] = valueAxis(`${escapeHtml(metric)}${lower ? ' (lower is better: the axis runs backwards)' : ''}`, {
      domain: panel.xDomain,
      anchor: panel.y,
      range: lower ? [high, low] : [low, high],
    });
    axes[panel.yKey] = nameAxis(tasks, { domain: panel.yDomain, anchor: panel.x });
    shapes.push(...taskBands(panel, tasks.length));
    for (const [index, method] of methods.entries()) {
      const group = block.filter((row) => row.method === method);
      if (group.length === 0) continue;
      const isFirst = !data.some((trace) => trace.legendgroup === method);
      const places = group.map((row) => tasks.indexOf(row.task) + 0.8 * ((index + 0.5) / methods.length - 0.5));
      data.push({ ...methodTrace(group, metric, seriesStyle(index), panel), showlegend: isFirst, y: places });
    }
  }
  const side = sideLegend(methods);
  const tasks = distinct(rows.map((row) => row.task));
  return makeFigure({
    title,
    subtitle: `Mean over seeds; bars: ${interval}. Right is better.`,
    text: `Scores of ${methods.length} methods on ${tasks.length} tasks`,
    data,
    plotHeight: gridHeight(grid),
    margin: { l: nameWidth(tasks), r: side.width, b: 50 },
    layout: { ...axes, shapes, ...side.layout },
  });
}
