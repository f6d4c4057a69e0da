import { withDefaults } from '../options/check';
import { requireSome } from './axes';
import { type Figure, makeFigure, type Trace } from './figure';
import { escapeHtml, formatNumber, label, textWidth } from './text';
import { font, ink, palette } from './theme';

/** Mean ranks of methods over data sets or tasks. */
export interface CriticalDifferenceInput {
  /** Mean ranks; 1 is best. */
  readonly methods: readonly { readonly name: string; readonly rank: number }[];
  /** Ranks that are closer than this are not told apart (Nemenyi). */
  readonly criticalDifference: number;
}

/** How ranks are drawn. */
export interface CriticalDifferenceOptions {
  readonly title?: string;
  readonly subtitle?: string;
}

/** Largest runs of methods, sorted by rank, whose ranks lie within `difference`; runs of one are left out. */
function cliques(ranks: readonly number[], difference: number): [number, number][] {
  const runs: [number, number][] = [];
  for (const [first, rank] of ranks.entries()) {
    let last = first;
    while (last + 1 < ranks.length && (ranks[last + 1] as number) - rank <= difference) last++;
    const before = runs.at(-1);
    if (last > first && (before === undefined || last > before[1])) runs.push([first, last]);
  }
  return runs;
}

/** Rows below the axis between two bars, in row heights. */
const barStep = 0.45;

/** Where everything is, in ranks to the side and row heights down. */
interface Places {
  /** Best first. */
  readonly methods: CriticalDifferenceInput['methods'];
  readonly ranks: readonly number[];
  /** Runs of methods that are not told apart. */
  readonly groups: readonly (readonly [number, number])[];
  /** The rank at the left end. */
  readonly worst: number;
  readonly depth: number;
  /** How many names are on the right. */
  readonly right: number;
  readonly level: (index: number) => number;
  readonly edge: (index: number) => number;
  readonly text: (index: number) => string;
}

function placesOf(input: CriticalDifferenceInput, difference: number): Places {
  const methods = [...input.methods].sort((a, b) => a.rank - b.rank);
  const ranks = methods.map((method) => method.rank);
  const worst = Math.max(2, methods.length, Math.ceil(Math.max(...ranks)));
  const groups = cliques(ranks, difference);
  const right = Math.ceil(methods.length / 2);
  // Rows below the axis: first the bars, then the names.
  const nameTop = 0.8 + groups.length * barStep;
  return {
    methods,
    ranks,
    groups,
    worst,
    depth: nameTop + right - 0.5,
    right,
    level: (index) => -(nameTop + (index < right ? index : methods.length - 1 - index)),
    edge: (index) => (index < right ? 1 - 0.04 * (worst - 1) : worst + 0.04 * (worst - 1)),
    text: (index) => `${label((methods[index] as { name: string }).name, 24)} (${formatNumber(ranks[index] as number)})`,
  };
}

/** Stems to the names, bars that join what is not told apart, the ranks, and the critical difference. */
function tracesOf({ methods, ranks, groups, worst, level, edge, text }: Places, difference: number): Trace[] {
  const stems: { x: (number | null)[]; y: (number | null)[] } = { x: [], y: [] };
  for (const [index, rank] of ranks.entries()) {
    stems.x.push(rank, rank, edge(index), null);
    stems.y.push(0, level(index), level(index), null);
  }
  const namesOf = ([first, last]: readonly [number, number]): string =>
    methods
      .slice(first, last + 1)
      .map((method) => escapeHtml(method.name))
      .join(', ');
  return [
    { type: 'scatter', mode: 'lines', x: stems.x, y: stems.y, line: { color: ink.soft, width: 1 }, hoverinfo: 'skip' },
    ...groups.map(
      (group, index): Trace => ({
        type: 'scatter',
        mode: 'lines',
        x: [ranks[group[0]] as number, ranks[group[1]] as number],
        y: [-0.5 - index * barStep, -0.5 - index * barStep],
        line: { color: ink.text, width: 6 },
        hoverinfo: 'text',
        text: `not told apart: ${namesOf(group)}`,
      }),
    ),
    {
      type: 'scatter',
      mode: 'markers',
      x: ranks,
      y: ranks.map(() => 0),
      marker: { color: palette[0] as string, size: 8 },
      hoverinfo: 'text',
      text: methods.map((_, index) => text(index)),
    },
    {
      type: 'scatter',
      mode: 'lines+markers',
      x: [worst, worst - difference],
      y: [1.35, 1.35],
      line: { color: ink.text, width: 2 },
      marker: { symbol: 'line-ns-open', size: 9, color: ink.text },
      hoverinfo: 'text',
      text: `critical difference ${formatNumber(difference)}`,
    },
  ];
}

/**
 * Mean ranks on a line, best on the right; a thick bar joins methods that the data do not tell apart (Demšar 2006, JMLR 7).
 *
 * @throws RangeError when there are no methods or the critical difference is not positive.
 */
export function criticalDifference(input: CriticalDifferenceInput, options: CriticalDifferenceOptions = {}): Figure {
  const { title, subtitle } = withDefaults<Required<CriticalDifferenceOptions>>('plots.criticalDifference', options, {
    title: 'Critical difference of mean ranks',
    subtitle: 'Best on the right; a bar joins methods whose ranks the data do not tell apart.',
  });
  requireSome('a critical-difference diagram', input.methods, 'methods');
  const difference = input.criticalDifference;
  if (!(difference > 0)) {
    throw new RangeError(`Cannot draw a critical-difference diagram: criticalDifference must be positive, got ${difference}`);
  }
  const drawing = placesOf(input, difference);
  const { methods, worst, depth, right, level, edge, text } = drawing;
  const margin = 0.04 * (worst - 1);
  const space = 16 + Math.max(...methods.map((_, index) => textWidth(text(index), font.size)));
  return makeFigure({
    title,
    subtitle,
    text: `Mean ranks, best first: ${methods.map((method) => `${method.name} ${formatNumber(method.rank)}`).join(', ')}; critical difference ${formatNumber(difference)}`,
    data: tracesOf(drawing, difference),
    plotHeight: (depth + 2.1) * 24,
    margin: { l: space, r: space, b: 12 },
    layout: {
      xaxis: {
        range: [worst + margin, 1 - margin],
        side: 'top',
        position: (depth + 0) / (depth + 2.1),
        anchor: 'free',
        tickmode: 'linear',
        tick0: 1,
        dtick: 1,
        showgrid: false,
        zeroline: false,
        linecolor: ink.text,
        ticks: 'outside',
        tickfont: { size: font.small },
      },
      yaxis: { range: [-depth, 2.1], visible: false },
      annotations: [
        {
          text: `CD = ${formatNumber(difference)}`,
          x: worst - difference / 2,
          xref: 'x',
          y: 1.35,
          yref: 'y',
          yanchor: 'bottom',
          yshift: 3,
          showarrow: false,
          font: { size: font.small },
        },
        ...methods.map((_, index) => ({
          text: text(index),
          x: edge(index),
          xref: 'x',
          xanchor: index < right ? 'left' : 'right',
          y: level(index),
          yref: 'y',
          showarrow: false,
          font: { size: font.size },
        })),
      ],
    },
  });
}
