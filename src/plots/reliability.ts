import { intervalBars, type Panel, panels, requireLength, requireSome, sideLegend, valueAxis } from './axes';
import { type Figure, makeFigure, type Trace } from './figure';
import { formatNumber, label } from './text';
import { fade, ink, seriesStyle } from './theme';

/** How often what one method predicted came true, in bins of its probability. */
export interface Calibration {
  readonly method: string;
  /** `[bins]`: mean predicted probability. */
  readonly predicted: readonly number[];
  /** `[bins]`: share of positives. */
  readonly observed: readonly number[];
  /** `[bins]`: rows. */
  readonly counts: readonly number[];
  /** Ends of intervals around `observed`. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** Expected calibration error, shown beside the name. */
  readonly error?: number;
}

/** One method's curve, and the rows of its bins below. @throws TypeError when lengths differ */
function tracesOf(curve: Calibration, style: ReturnType<typeof seriesStyle>, top: Panel, bottom: Panel): Trace[] {
  const what = `the reliability of ${JSON.stringify(curve.method)}`;
  for (const name of ['observed', 'counts', 'low', 'high'] as const) requireLength(what, name, curve[name], curve.predicted.length);
  const name = `${label(curve.method)}${curve.error === undefined ? '' : ` (error ${formatNumber(curve.error, 2)})`}`;
  const bars = curve.low === undefined || curve.high === undefined ? {} : { error_y: intervalBars(curve.observed, curve.low, curve.high) };
  return [
    {
      type: 'scatter',
      mode: 'lines+markers',
      name,
      legendgroup: curve.method,
      x: curve.predicted,
      y: curve.observed,
      ...bars,
      line: { color: style.color, width: 2, dash: style.dash },
      marker: { color: style.color, symbol: style.symbol, size: 7 },
      hoverinfo: 'text',
      text: curve.predicted.map(
        (value, bin) =>
          `${name}<br>predicted ${formatNumber(value)}, observed ${formatNumber(curve.observed[bin] as number)}, ${curve.counts[bin]} rows`,
      ),
      xaxis: top.x,
      yaxis: top.y,
    },
    {
      type: 'scatter',
      mode: 'lines',
      name,
      legendgroup: curve.method,
      showlegend: false,
      x: curve.predicted,
      y: curve.counts,
      fill: 'tozeroy',
      fillcolor: fade(style.color, 0.1),
      line: { color: style.color, width: 1.5, shape: 'hvh' },
      hoverinfo: 'skip',
      xaxis: bottom.x,
      yaxis: bottom.y,
    },
  ];
}

/**
 * Can the probabilities be trusted: share of positives over predicted probability, on the diagonal where they can; rows per bin below.
 *
 * @throws RangeError when there is nothing to draw; TypeError when lengths differ.
 */
export function reliability(input: readonly Calibration[], title = 'Reliability of predicted probabilities'): Figure {
  requireSome('reliability', input, 'methods');
  const grid = { count: 2, columns: 1, rowHeights: [280, 80], gap: 24, columnGap: 0 };
  const [top, bottom] = panels(grid) as [Panel, Panel];
  const data = input.flatMap((curve, index) => tracesOf(curve, seriesStyle(index), top, bottom));
  const side = sideLegend(input.map((curve) => `${label(curve.method)}${curve.error === undefined ? '' : ' (error 0.000)'}`));
  const errors = input
    .filter((curve) => curve.error !== undefined)
    .map((curve) => `${curve.method} ${formatNumber(curve.error as number, 2)}`);
  return makeFigure({
    title,
    subtitle: 'On the diagonal, predictions come true as often as they say; above it they are too low, below too high.',
    text: `${title}${errors.length > 0 ? `: calibration error ${errors.join(', ')}` : ''}`,
    data,
    plotHeight: 384,
    margin: { l: 64, r: side.width + (errors.length > 0 ? 40 : 0), b: 48 },
    layout: {
      [top.xKey]: valueAxis(undefined, {
        domain: top.xDomain,
        anchor: top.y,
        range: [-0.02, 1.02],
        showticklabels: false,
        tickangle: undefined,
        tickfont: undefined,
      }),
      [top.yKey]: valueAxis('share of positives', { domain: top.yDomain, anchor: top.x, range: [-0.02, 1.02] }),
      [bottom.xKey]: valueAxis('predicted probability', { domain: bottom.xDomain, anchor: bottom.y, range: [-0.02, 1.02] }),
      [bottom.yKey]: valueAxis('rows', { domain: bottom.yDomain, anchor: bottom.x, nticks: 3, rangemode: 'tozero' }),
      shapes: [
        {
          type: 'line',
          xref: top.x,
          yref: top.y,
          x0: 0,
          y0: 0,
          x1: 1,
          y1: 1,
          layer: 'below',
          line: { color: ink.line, width: 1, dash: 'dash' },
        },
      ],
      ...side.layout,
    },
  });
}
