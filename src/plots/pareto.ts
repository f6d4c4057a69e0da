import { withDefaults } from '../options/check';
import {
  type Attributes,
  type Better,
  distinct,
  gridHeight,
  type Panel,
  panels,
  requireLength,
  requireSome,
  sideLegend,
  valueAxis,
} from './axes';
import { type Figure, type FigureParts, makeFigure, type Trace } from './figure';
import { escapeHtml, formatNumber, label } from './text';
import { font, ink, seriesStyle } from './theme';

/** What a Pareto plot shows. */
export interface ParetoInput {
  /** At least two. */
  readonly objectives: readonly { readonly name: string; readonly better: Better }[];
  readonly points: readonly {
    readonly method: string;
    /** `[objectives]`. */
    readonly values: readonly number[];
    /** Shown on hover, for instance the weights that gave the point. */
    readonly note?: string;
  }[];
}

/** How a Pareto plot is drawn. */
export interface ParetoOptions {
  readonly title?: string;
  readonly subtitle?: string;
}

type Objectives = ParetoInput['objectives'];

/** Values with the sign turned where lower is better. */
function oriented(values: readonly number[], objectives: Objectives): number[] {
  return values.map((value, index) => (objectives[index]?.better === 'lower' ? -value : value));
}

/** For each point, whether no other point is at least as good everywhere and better somewhere. */
export function paretoFront(points: readonly (readonly number[])[], objectives: Objectives): boolean[] {
  const turned = points.map((values) => oriented(values, objectives));
  return turned.map(
    (point) =>
      !turned.some(
        (other) =>
          other.every((value, index) => value >= (point[index] as number)) &&
          other.some((value, index) => value > (point[index] as number)),
      ),
  );
}

function titleOf(objective: Objectives[number]): string {
  return `${label(objective.name)} (${objective.better} is better)`;
}

/** What both ways of drawing need. */
interface Drawing {
  readonly objectives: Objectives;
  readonly points: ParetoInput['points'];
  /** Per point, whether it is on the front. */
  readonly front: readonly boolean[];
  readonly methods: readonly string[];
  readonly hover: (index: number) => string;
}

/** A figure's data, axes and whatever else is its own. */
type Drawn = Pick<FigureParts, 'subtitle' | 'data' | 'plotHeight'> & {
  readonly margin: { readonly l: number; readonly b: number };
  readonly layout: Attributes;
};

/** Parallel coordinates: an axis per objective, from the worst value up to the best, and a line per point. */
function parallel({ objectives, points, front, methods, hover }: Drawing, subtitle: string): Drawn {
  const scales = objectives.map((objective, axis) => {
    const values = points.map((point) => point.values[axis] as number).filter(Number.isFinite);
    const ends: [number, number] = [Math.min(...values), Math.max(...values)];
    return objective.better === 'lower' ? ([ends[1], ends[0]] as const) : ends;
  });
  const height = (value: number, axis: number): number => {
    const [bottom, top] = scales[axis] as readonly [number, number];
    return top === bottom ? 0.5 : (value - bottom) / (top - bottom);
  };
  const data = points
    .map((_, index) => index)
    .sort((a, b) => Number(front[a]) - Number(front[b]))
    .map((index): Trace => {
      const point = points[index] as ParetoInput['points'][number];
      const style = seriesStyle(methods.indexOf(point.method));
      return {
        type: 'scatter',
        mode: 'lines+markers',
        name: label(point.method),
        legendgroup: point.method,
        showlegend: points.findIndex((other) => other.method === point.method) === index,
        x: objectives.map((_, axis) => axis),
        y: point.values.map(height),
        opacity: front[index] ? 1 : 0.3,
        line: { color: style.color, width: front[index] ? 2 : 1 },
        marker: { color: style.color, symbol: style.symbol, size: front[index] ? 7 : 4 },
        hoverinfo: 'text',
        text: hover(index),
      };
    });
  const end = (axis: number, which: 0 | 1): Attributes => ({
    text: formatNumber((scales[axis] as readonly [number, number])[which]),
    x: axis,
    xref: 'x',
    y: which,
    yref: 'y',
    yanchor: which === 1 ? 'bottom' : 'top',
    yshift: which === 1 ? 6 : -6,
    showarrow: false,
    font: { size: font.small, color: ink.soft },
  });
  return {
    subtitle: `${subtitle} Axes run from the worst value up to the best.`,
    data,
    plotHeight: 320,
    margin: { l: 40, b: 60 },
    layout: {
      xaxis: {
        tickmode: 'array',
        tickvals: objectives.map((_, axis) => axis),
        ticktext: objectives.map((objective) => label(objective.name, Math.max(6, Math.floor(100 / objectives.length)))),
        range: [-0.3, objectives.length - 0.7],
        gridcolor: ink.line,
        zeroline: false,
        tickangle: 0,
        ticks: '',
      },
      yaxis: { range: [-0.12, 1.12], visible: false },
      annotations: objectives.flatMap((_, axis) => [end(axis, 0), end(axis, 1)]),
    },
  };
}

/** The points of one pair of objectives, joined where they are on the front and the pair is all there is. */
function pairTraces({ points, front, methods, hover }: Drawing, panel: Panel, [h, v]: readonly [number, number], isOnly: boolean): Trace[] {
  const at = (index: number, which: number): number => points[index]?.values[which] as number;
  const indices = points.map((_, index) => index);
  const axes = { xaxis: panel.x, yaxis: panel.y };
  const joined = indices.filter((index) => front[index]).sort((a, b) => at(a, h) - at(b, h));
  const line: Trace = {
    type: 'scatter',
    mode: 'lines',
    x: joined.map((index) => at(index, h)),
    y: joined.map((index) => at(index, v)),
    line: { color: ink.line, width: 1.5, dash: 'dot' },
    hoverinfo: 'skip',
    showlegend: false,
    ...axes,
  };
  const markers = methods.map((method, index): Trace => {
    const style = seriesStyle(index);
    const group = indices.filter((point) => points[point]?.method === method);
    return {
      type: 'scatter',
      mode: 'markers',
      name: label(method),
      legendgroup: method,
      showlegend: panel.column === 0,
      x: group.map((point) => at(point, h)),
      y: group.map((point) => at(point, v)),
      marker: {
        color: style.color,
        symbol: group.map((point) => (front[point] ? style.symbol : `${style.symbol}-open`)),
        size: group.map((point) => (front[point] ? 10 : 7)),
      },
      hoverinfo: 'text',
      text: group.map(hover),
      ...axes,
    };
  });
  return isOnly ? [line, ...markers] : markers;
}

/** A plane per pair of objectives. */
function planes(drawing: Drawing, subtitle: string): Drawn {
  const { objectives } = drawing;
  const pairs: readonly (readonly [number, number])[] =
    objectives.length === 2
      ? [[0, 1]]
      : [
          [0, 1],
          [0, 2],
          [1, 2],
        ];
  const isOnly = pairs.length === 1;
  const grid = { count: pairs.length, columns: pairs.length, rowHeights: [isOnly ? 380 : 240], gap: 0, columnGap: 0.1 };
  const axis = (which: number): Attributes => {
    const objective = objectives[which] as Objectives[number];
    return valueAxis(isOnly ? titleOf(objective) : label(objective.name, 24), {
      ...(objective.better === 'lower' ? { autorange: 'reversed' } : {}),
      nticks: isOnly ? 8 : 4,
    });
  };
  const data: Trace[] = [];
  const axes: Record<string, Attributes> = {};
  for (const panel of panels(grid)) {
    const pair = pairs[panel.column] as readonly [number, number];
    axes[panel.xKey] = { ...axis(pair[0]), domain: panel.xDomain, anchor: panel.y };
    axes[panel.yKey] = { ...axis(pair[1]), domain: panel.yDomain, anchor: panel.x };
    data.push(...pairTraces(drawing, panel, pair, isOnly));
  }
  const backwards = objectives.some((objective) => objective.better === 'lower') ? ' (axes of losses run backwards)' : '';
  return {
    subtitle: `${subtitle} Right and up are better${backwards}.`,
    data,
    plotHeight: gridHeight(grid),
    margin: { l: 70, b: 50 },
    layout: axes,
  };
}

/**
 * Trade-offs between objectives; points that nothing beats are full and joined. Two objectives: a plane; three: a panel per pair;
 * more: parallel coordinates. Right and up are better, axes of what is better when lower run backwards.
 *
 * @throws RangeError when there are fewer than two objectives or no points; TypeError when a point has not one value an objective.
 */
export function pareto(input: ParetoInput, options: ParetoOptions = {}): Figure {
  const { objectives, points } = input;
  const { title, subtitle } = withDefaults<Required<ParetoOptions>>('plots.pareto', options, {
    title: 'Trade-off between tasks',
    subtitle: 'Full markers: points that no other point beats.',
  });
  requireSome('a Pareto plot', points, 'points');
  if (objectives.length < 2) throw new RangeError(`Cannot draw a Pareto plot: ${objectives.length} objectives, expected at least 2`);
  for (const [index, point] of points.entries()) requireLength('a Pareto plot', `points[${index}].values`, point.values, objectives.length);
  const front = paretoFront(
    points.map((point) => point.values),
    objectives,
  );
  const best = front.filter(Boolean).length;
  const methods = distinct(points.map((point) => point.method));
  const hover = (index: number): string => {
    const point = points[index] as ParetoInput['points'][number];
    const values = objectives.map((objective, axis) => `${label(objective.name)} ${formatNumber(point.values[axis] as number)}`);
    return [escapeHtml(point.method), ...values, ...(point.note === undefined ? [] : [escapeHtml(point.note)])].join('<br>');
  };
  const drawing: Drawing = { objectives, points, front, methods, hover };
  const drawn = objectives.length > 3 ? parallel(drawing, subtitle) : planes(drawing, subtitle);
  const side = sideLegend(methods);
  return makeFigure({
    ...drawn,
    title,
    text: `Pareto plot of ${objectives.map((objective) => objective.name).join(', ')}: ${best} of ${points.length} points on the front`,
    margin: { ...drawn.margin, r: side.width },
    layout: { ...drawn.layout, ...side.layout },
  });
}
