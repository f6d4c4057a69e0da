import { withDefaults } from '../options/check';
import { requireLength, requireSome, sideLegend, valueAxis } from './axes';
import { decimate } from './decimate';
import { type Figure, makeFigure, type Trace } from './figure';
import { escapeHtml, label } from './text';
import { ink, seriesStyle } from './theme';

/** A point of a plane. */
export type Point = readonly [x: number, y: number];

/** Paths of optimizers over a surface. */
export interface TrajectoriesInput {
  /** A function on a grid, drawn as contours. */
  readonly surface?: {
    readonly x: readonly number[];
    readonly y: readonly number[];
    /** `[y, x]`. */
    readonly z: readonly (readonly number[])[];
  };
  readonly paths: readonly { readonly name: string; readonly points: readonly Point[] }[];
  /** Points that are marked with a star, for instance optima. */
  readonly targets?: readonly Point[];
  /** A line of good points, for instance the Pareto set. */
  readonly front?: readonly Point[];
}

/** How paths are drawn. */
export interface TrajectoriesOptions {
  readonly title?: string;
  readonly subtitle?: string;
  readonly xTitle?: string;
  readonly yTitle?: string;
}

/** Points of a path that are kept: those that its x or its y needs. */
function thin(points: readonly Point[]): Point[] {
  const half = (axis: 0 | 1): number[] =>
    decimate(
      points.map((point) => point[axis]),
      100,
    );
  return [...new Set([...half(0), ...half(1)])].sort((a, b) => a - b).map((index) => points[index] as Point);
}

const hovertemplate = '%{fullData.name}: %{x:.4~g}, %{y:.4~g}<extra></extra>';

/** A function as contours. @throws TypeError when its shape is not `[y, x]` */
function contours({ x, y, z }: NonNullable<TrajectoriesInput['surface']>): Trace {
  requireLength('trajectories', 'surface.z', z, y.length);
  for (const [index, row] of z.entries()) requireLength('trajectories', `surface.z[${index}]`, row, x.length);
  return {
    type: 'contour',
    x,
    y,
    z,
    ncontours: 24,
    colorscale: [
      [0, '#8a94a0'],
      [1, '#e9ecef'],
    ],
    contours: { coloring: 'lines' },
    line: { width: 1 },
    showscale: false,
    hoverinfo: 'skip',
  };
}

function frontLine(front: readonly Point[]): Trace {
  return {
    type: 'scatter',
    mode: 'lines',
    name: 'Pareto set',
    x: front.map((point) => point[0]),
    y: front.map((point) => point[1]),
    line: { color: ink.line, width: 7 },
    opacity: 0.6,
    hoverinfo: 'name',
  };
}

/** A path, and markers at its ends. */
function pathTraces(path: TrajectoriesInput['paths'][number], index: number): Trace[] {
  const style = seriesStyle(index);
  const points = thin(path.points);
  const ends = [points[0], points.at(-1)].filter((point) => point !== undefined);
  const named = { type: 'scatter', name: label(path.name), legendgroup: path.name, hovertemplate } as const;
  return [
    {
      ...named,
      mode: 'lines',
      x: points.map((point) => point[0]),
      y: points.map((point) => point[1]),
      line: { color: style.color, width: 2, dash: style.dash },
    },
    {
      ...named,
      mode: 'markers',
      showlegend: false,
      x: ends.map((point) => point[0]),
      y: ends.map((point) => point[1]),
      marker: { color: style.color, symbol: ['circle-open', style.symbol], size: [8, 10] },
    },
  ];
}

function stars(targets: readonly Point[]): Trace {
  return {
    type: 'scatter',
    mode: 'markers',
    name: 'optimum',
    x: targets.map((point) => point[0]),
    y: targets.map((point) => point[1]),
    marker: { symbol: 'star', size: 14, color: '#f0c000', line: { color: ink.text, width: 1 } },
    hovertemplate,
  };
}

/**
 * Paths of optimizers in a plane, over the contours of a function: each starts at its open circle and ends at its full marker.
 *
 * @throws RangeError when there are no paths; TypeError when the surface's shape is not `[y, x]`.
 */
export function trajectories(input: TrajectoriesInput, options: TrajectoriesOptions = {}): Figure {
  const { surface, paths, targets = [], front = [] } = input;
  const { title, subtitle, xTitle, yTitle } = withDefaults<Required<TrajectoriesOptions>>('plots.trajectories', options, {
    title: 'Paths of optimization',
    subtitle: 'Open circle: start; full marker: end.',
    xTitle: '',
    yTitle: '',
  });
  requireSome('trajectories', paths, 'paths');
  // Contours are grid enough.
  const grid = surface === undefined ? {} : { showgrid: false, gridcolor: undefined };
  const data: Trace[] = [
    ...(surface === undefined ? [] : [contours(surface)]),
    ...(front.length > 0 ? [frontLine(front)] : []),
    ...paths.flatMap(pathTraces),
    ...(targets.length > 0 ? [stars(targets)] : []),
  ];
  const side = sideLegend([...paths.map((path) => path.name), 'Pareto set']);
  return makeFigure({
    title,
    subtitle,
    text: `Paths of ${paths.map((path) => path.name).join(', ')}`,
    data,
    plotHeight: 400,
    margin: { l: 64, r: side.width, b: 48 },
    layout: {
      xaxis: valueAxis(escapeHtml(xTitle), grid),
      yaxis: valueAxis(escapeHtml(yTitle), grid),
      ...side.layout,
    },
  });
}
