import {
  type Attributes,
  distinct,
  gridHeight,
  type Panel,
  panels,
  panelTitle,
  requireLength,
  requireSome,
  sideLegend,
  valueAxis,
} from './axes';
import { decimate, pointLimit } from './decimate';
import { type Figure, makeFigure, type Trace } from './figure';
import { escapeHtml, formatNumber, label } from './text';
import { fade, ink, seriesStyle } from './theme';

/** One line of a panel. */
export interface Line {
  /** Lines of one name share their color and their entry in the legend. */
  readonly name: string;
  readonly x: readonly number[];
  /** As long as `x`; NaN leaves a gap. */
  readonly y: readonly number[];
  /** Edges of a band around the line, as long as `x`. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** Drawn thin and dotted: what stands beside the line that matters. */
  readonly minor?: boolean;
  readonly markers?: boolean;
}

/** One panel of lines. */
export interface LinePanel {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** A figure of lines in panels. */
export interface LinesInput {
  readonly title: string;
  readonly subtitle?: string;
  readonly text: string;
  readonly panels: readonly LinePanel[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly xLog?: boolean;
  readonly yRange?: readonly [number, number];
  /** Small values on top. */
  readonly yReversed?: boolean;
  /** A level that is marked in each panel. */
  readonly reference?: number;
}

/** Points that all lines of a figure share, so that a figure of many panels stays small. */
const figurePoints = 16_000;

/** A level that is marked across a panel. */
function referenceLine(place: Panel, level: number): Attributes {
  return {
    type: 'line',
    xref: `${place.x} domain`,
    yref: place.y,
    x0: 0,
    x1: 1,
    y0: level,
    y1: level,
    layer: 'below',
    line: { color: ink.soft, width: 1, dash: 'dash' },
  };
}

/**
 * A line and the band around it, where there is one.
 * @param limit most points of the line
 * @throws TypeError when its parts differ in length
 */
function tracesOf(
  line: Line,
  title: string,
  place: Panel,
  style: ReturnType<typeof seriesStyle>,
  limit: number,
): { readonly line: Trace; readonly band: readonly Trace[] } {
  const what = `line ${JSON.stringify(line.name)} of ${JSON.stringify(title)}`;
  requireLength(what, 'y', line.y, line.x.length);
  requireLength(what, 'low', line.low, line.x.length);
  requireLength(what, 'high', line.high, line.x.length);
  const kept = decimate(line.y, limit);
  const pick = (values: readonly number[]): number[] => kept.map((position) => values[position] as number);
  const where = { xaxis: place.x, yaxis: place.y, legendgroup: line.name };
  const band: Trace[] = [];
  if (line.low !== undefined && line.high !== undefined) {
    const filled = kept.filter((position) => Number.isFinite(line.low?.[position]) && Number.isFinite(line.high?.[position]));
    const backwards = [...filled].reverse();
    band.push({
      type: 'scatter',
      mode: 'lines',
      x: [...filled, ...backwards].map((position) => line.x[position] as number),
      y: [...filled.map((position) => line.high?.[position] as number), ...backwards.map((position) => line.low?.[position] as number)],
      fill: 'toself',
      fillcolor: fade(style.color, 0.16),
      line: { width: 0 },
      hoverinfo: 'skip',
      showlegend: false,
      ...where,
    });
  }
  return {
    band,
    line: {
      type: 'scatter',
      mode: line.markers ? 'lines+markers' : 'lines',
      name: label(line.name),
      x: pick(line.x),
      y: pick(line.y),
      line: { color: style.color, width: line.minor ? 1.2 : 2, dash: line.minor ? 'dot' : style.dash },
      ...(line.markers ? { marker: { color: style.color, symbol: style.symbol, size: 7 } } : {}),
      hovertemplate: '%{fullData.name}: %{y:.4~g} at %{x:.4~g}<extra></extra>',
      ...where,
    },
  };
}

/** Lines over a common x in small multiples: the base of the curve figures. */
export function linePanels(input: LinesInput): Figure {
  requireSome(input.title, input.panels, 'panels');
  const columns = input.panels.length === 1 ? 1 : input.panels.length <= 4 ? 2 : 3;
  const rows = Math.ceil(input.panels.length / columns);
  const grid = {
    count: input.panels.length,
    columns,
    rowHeights: Array.from({ length: rows }, () => (columns === 1 ? 300 : columns === 2 ? 210 : 160)),
    gap: 48,
    columnGap: columns === 1 ? 0 : 0.08,
  };
  const names = distinct(input.panels.flatMap((panel) => panel.lines.map((line) => line.name)));
  const lineCount = input.panels.reduce((sum, panel) => sum + panel.lines.reduce((n, line) => n + (line.low === undefined ? 1 : 3), 0), 0);
  const limit = Math.min(pointLimit, Math.max(24, Math.floor(figurePoints / Math.max(1, lineCount))));

  // On a log scale the points themselves are the ticks, thinned to what fits.
  const all = [...new Set(input.panels.flatMap((panel) => panel.lines.flatMap((line) => line.x)))].sort((a, b) => a - b);
  const stride = Math.ceil(all.length / (columns === 1 ? 10 : 5));
  const sizes = all.filter((_, position) => (all.length - 1 - position) % stride === 0);

  const bands: Trace[] = [];
  const data: Trace[] = [];
  const axes: Record<string, Attributes> = {};
  const annotations: Attributes[] = [];
  const shapes: Attributes[] = [];
  const named = new Set<string>();
  for (const [index, place] of panels(grid).entries()) {
    const panel = input.panels[index] as LinePanel;
    const last = index + columns >= input.panels.length;
    axes[place.xKey] = valueAxis(last ? escapeHtml(input.xTitle) : undefined, {
      domain: place.xDomain,
      anchor: place.y,
      ...(input.xLog
        ? { type: 'log', tickmode: 'array', tickvals: sizes, ticktext: sizes.map((size) => formatNumber(size)) }
        : { nticks: columns === 1 ? 10 : 5 }),
    });
    axes[place.yKey] = valueAxis(place.column === 0 ? label(input.yTitle) : undefined, {
      domain: place.yDomain,
      anchor: place.x,
      nticks: columns === 3 ? 5 : 7,
      ...(input.yReversed ? { autorange: 'reversed' } : {}),
      ...(input.yRange === undefined ? {} : { range: input.yRange }),
    });
    if (input.panels.length > 1) annotations.push(panelTitle(place, panel.title));
    if (input.reference !== undefined) shapes.push(referenceLine(place, input.reference));
    for (const line of panel.lines) {
      const drawn = tracesOf(line, panel.title, place, seriesStyle(names.indexOf(line.name)), limit);
      bands.push(...drawn.band);
      data.push({ ...drawn.line, showlegend: !line.minor && !named.has(line.name) });
      if (!line.minor) named.add(line.name);
    }
  }
  const side = sideLegend(names);
  return makeFigure({
    title: input.title,
    ...(input.subtitle === undefined ? {} : { subtitle: input.subtitle }),
    text: input.text,
    data: [...bands, ...data],
    plotHeight: gridHeight(grid),
    above: input.panels.length > 1 ? 28 : 10,
    margin: { l: 70, r: side.width, b: 50 },
    layout: { ...axes, annotations, shapes, ...side.layout },
  });
}
