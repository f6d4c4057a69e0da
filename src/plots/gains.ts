import { withDefaults } from '../options/check';
import {
  type Attributes,
  type Better,
  distinct,
  gridHeight,
  intervalBars,
  nameAxis,
  nameWidth,
  paddedRange,
  panels,
  panelTitle,
  requireSome,
  valueAxis,
} from './axes';
import { type Figure, makeFigure, type Trace } from './figure';
import { escapeHtml, formatInterval, formatNumber } from './text';
import { font, ink, verdictColors } from './theme';

/** What a comparison says of one method on one task. */
export type GainVerdict = 'positive' | 'negative' | 'none' | 'unclear';

/** The paired difference of one method to the baseline on one task. */
export interface Gain {
  readonly task: string;
  readonly method: string;
  /** Method minus baseline, in units of the metric; NaN where it could not be had. */
  readonly effect: number;
  /** Ends of the interval around `effect`. */
  readonly low: number;
  readonly high: number;
  readonly verdict: GainVerdict;
  /** @default 'score' */
  readonly metric?: string;
  /** Of a metric that is better when lower the difference is drawn with its sign turned. @default 'higher' */
  readonly better?: Better;
}

/** How gains are drawn. */
export interface GainsOptions {
  readonly title?: string;
  /** What the methods are compared with. @default 'single-task' */
  readonly baseline?: string;
  /** What the bars are. @default '95 % interval' */
  readonly interval?: string;
}

const verdicts: Readonly<Record<GainVerdict, { readonly name: string; readonly symbol: string }>> = {
  positive: { name: 'positive transfer', symbol: 'triangle-right' },
  negative: { name: 'negative transfer', symbol: 'triangle-left' },
  none: { name: 'no transfer', symbol: 'square' },
  unclear: { name: 'not enough evidence', symbol: 'circle-open' },
};

const mostColumns = 4;

/** Turns the sign of what is better when lower, so that more is better. */
function oriented(gain: Gain): Gain {
  return gain.better === 'lower' ? { ...gain, effect: -gain.effect, low: -gain.high, high: -gain.low } : gain;
}

/**
 * Who gains and who loses: a panel per method, a row per task, the difference to the baseline with its interval and verdict.
 * Right of the line is better, for every metric.
 *
 * @throws RangeError when there are no gains.
 */
export function gains(rows: readonly Gain[], options: GainsOptions = {}): Figure {
  requireSome('gains', rows, 'rows');
  const { title, baseline, interval } = withDefaults<Required<GainsOptions>>('plots.gains', options, {
    title: `Gain over ${options.baseline ?? 'single-task'}`,
    baseline: 'single-task',
    interval: '95 % interval',
  });
  const methods = distinct(rows.map((row) => row.method));
  const metricOf = (row: Gain): string => `${row.better ?? 'higher'} ${row.metric ?? 'score'}`;
  const blocks = distinct(rows.map(metricOf)).map((metric) => rows.filter((row) => metricOf(row) === metric).map(oriented));
  const columns = Math.min(methods.length, mostColumns);
  const bands = Math.ceil(methods.length / columns);
  const tasksOf = (block: readonly Gain[]): string[] => distinct(block.map((row) => row.task));
  const grid = {
    count: bands * blocks.length * columns,
    columns,
    rowHeights: Array.from({ length: bands }, () => blocks.map((block) => 16 + 20 * tasksOf(block).length)).flat(),
    gap: 62,
    columnGap: 0.03,
  };
  const height = gridHeight(grid);

  const data: Trace[] = [];
  const axes: Record<string, Attributes> = {};
  const annotations: Attributes[] = [];
  const shapes: Attributes[] = [];
  const named = new Set<GainVerdict>();
  for (const panel of panels(grid)) {
    const block = blocks[panel.row % blocks.length] as Gain[];
    const method = methods[Math.floor(panel.row / blocks.length) * columns + panel.column];
    if (method === undefined) continue;
    const tasks = tasksOf(block);
    const metric = block[0]?.metric ?? 'score';
    const change = block[0]?.better === 'lower' ? 'reduction' : 'gain';
    axes[panel.xKey] = valueAxis(`${escapeHtml(metric)} ${change}`, {
      domain: panel.xDomain,
      anchor: panel.y,
      range: paddedRange([0, ...block.flatMap((row) => [row.effect, row.low, row.high])]),
      nticks: columns > 3 ? 5 : 7,
    });
    axes[panel.yKey] = nameAxis(tasks, {
      ...(panel.column === 0 ? {} : { showticklabels: false, ticktext: undefined, tickfont: undefined }),
      domain: panel.yDomain,
      anchor: panel.x,
      showgrid: true,
      gridcolor: ink.grid,
    });
    shapes.push({
      type: 'line',
      xref: panel.x,
      yref: `${panel.y} domain`,
      x0: 0,
      x1: 0,
      y0: 0,
      y1: 1,
      layer: 'below',
      line: { color: ink.soft, width: 1 },
    });
    annotations.push(panelTitle(panel, method, columns > 3 ? 22 : 28));
    const here = block.filter((row) => row.method === method);
    for (const verdict of Object.keys(verdicts) as GainVerdict[]) {
      const group = here.filter((row) => row.verdict === verdict && Number.isFinite(row.effect));
      if (group.length === 0) continue;
      const values = group.map((row) => row.effect);
      data.push({
        type: 'scatter',
        mode: 'markers',
        name: verdicts[verdict].name,
        legendgroup: verdict,
        legendrank: Object.keys(verdicts).indexOf(verdict) + 1,
        showlegend: !named.has(verdict),
        x: values,
        y: group.map((row) => tasks.indexOf(row.task)),
        error_x: intervalBars(
          values,
          group.map((row) => row.low),
          group.map((row) => row.high),
        ),
        marker: {
          color: verdictColors[verdict],
          symbol: verdicts[verdict].symbol,
          size: 9,
          line: { width: 1.5, color: verdictColors[verdict] },
        },
        hoverinfo: 'text',
        text: group.map(
          (row) =>
            `${escapeHtml(method)}, ${escapeHtml(row.task)}<br>${escapeHtml(metric)} ${change} over ${escapeHtml(baseline)}: ` +
            `${formatNumber(row.effect)} ${formatInterval(row.low, row.high)}<br>${verdicts[verdict].name}`,
        ),
        xaxis: panel.x,
        yaxis: panel.y,
      });
      named.add(verdict);
    }
    for (const row of here.filter((missing) => !Number.isFinite(missing.effect))) {
      annotations.push({
        text: 'n/a',
        x: 0,
        xref: panel.x,
        y: tasks.indexOf(row.task),
        yref: panel.y,
        showarrow: false,
        bgcolor: '#ffffff',
        font: { size: font.small, color: ink.soft },
      });
    }
  }
  const counts = (Object.keys(verdicts) as GainVerdict[]).map(
    (verdict) => `${rows.filter((row) => row.verdict === verdict).length} ${verdicts[verdict].name}`,
  );
  const tasks = distinct(rows.map((row) => row.task));
  return makeFigure({
    title,
    subtitle: `Difference to ${baseline}, paired over seeds; bars: ${interval}. Right of the line is better.`,
    text: `Gain over ${baseline}, ${methods.length} method${methods.length === 1 ? '' : 's'} x ${tasks.length} task${tasks.length === 1 ? '' : 's'}: ${counts.join(', ')}`,
    data,
    plotHeight: height,
    above: 28,
    margin: { l: nameWidth(tasks), r: 16, b: 84 },
    layout: {
      ...axes,
      annotations,
      shapes,
      showlegend: true,
      legend: {
        orientation: 'h',
        x: 0,
        xanchor: 'left',
        y: -50 / height,
        yanchor: 'top',
        font: { size: font.small },
        itemsizing: 'constant',
      },
    },
  });
}
