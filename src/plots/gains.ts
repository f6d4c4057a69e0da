import { withDefaults } from '../options/check';
import {
  type Attributes,
  type Better,
  distinct,
  gridHeight,
  intervalBars,
  nameWidth,
  type Panel,
  paddedRange,
  panels,
  requireSome,
  valueAxis,
} from './axes';
import { type Figure, makeFigure, type Trace } from './figure';
import { clip, escapeHtml, formatInterval, formatNumber, label, textWidth } from './text';
import { fade, font, pageInk, pageVerdictColors } from './theme';

/** What a comparison says of one method on one task. */
export type GainVerdict = 'positive' | 'negative' | 'none' | 'as good' | 'unclear' | 'not judged';

/** The paired difference of one method to the baseline on one task, or on the average over the tasks. */
export interface Gain {
  readonly task: string;
  readonly method: string;
  /** Method minus baseline, in units of the metric; NaN where it could not be had. */
  readonly effect: number;
  /** Ends of the interval around `effect`. */
  readonly low: number;
  readonly high: number;
  readonly verdict: GainVerdict;
  /** `margins`: in units of each task's margin. @default 'score' */
  readonly metric?: string;
  /** Of a metric that is better when lower the difference is drawn with its sign turned. @default 'higher' */
  readonly better?: Better;
  /** Whether `task` names an average over the tasks: its row stands on top. @default false */
  readonly average?: boolean;
  /** The smallest difference that matters, above 0: what is smaller is shaded. @default none is shown */
  readonly margin?: number;
  /**
   * Probability of a gain, in [0, 1]: stands beside the mark, and the surer it is either way, the stronger is the color.
   * @default none is shown
   */
  readonly pGain?: number;
  /** The difference that is believed, shrunken toward those of the other tasks. @default none is shown */
  readonly believed?: number;
  /** `[seeds]` the difference in each seed; not drawn where all rows together have more than 500. @default none is shown */
  readonly seeds?: ArrayLike<number>;
}

/** How gains are drawn. */
export interface GainsOptions {
  readonly title?: string;
  /** What the methods are compared with. @default 'single-task' */
  readonly baseline?: string;
  /** What the bars are. @default '95 % interval' */
  readonly interval?: string;
}

const verdicts: Readonly<
  Record<GainVerdict, { readonly name: string; readonly word: string; readonly symbol: string; readonly color: string }>
> = {
  positive: { name: 'positive transfer', word: 'better', symbol: 'triangle-right', color: pageVerdictColors.positive },
  negative: { name: 'negative transfer', word: 'worse', symbol: 'triangle-left', color: pageVerdictColors.negative },
  none: { name: 'no transfer', word: 'no difference', symbol: 'square', color: pageVerdictColors.none },
  'as good': { name: 'at least as good', word: 'as good', symbol: 'triangle-right-open', color: pageVerdictColors.positive },
  unclear: { name: 'not enough evidence', word: 'open', symbol: 'circle-open', color: pageVerdictColors.unclear },
  'not judged': { name: 'not judged by itself', word: '', symbol: 'circle', color: pageVerdictColors.unclear },
};
const kinds = Object.keys(verdicts) as GainVerdict[];

/** Pixels: a lane where a row has one and where it has several, the space between rows of several, and how far below the mark seeds are. */
const size = { alone: 24, lane: 16, between: 9, below: 6 } as const;

/** Characters of a task's and of a method's name. */
const limits = { task: 22, method: 16 } as const;

const mostSeeds = 500;
const mostPoints = 200;

/** One method in a row: `y` in pixels from the top of its panel. */
interface Lane {
  readonly gain: Gain;
  readonly y: number;
}

interface Row {
  readonly task: string;
  readonly average: boolean;
  readonly margin: number | undefined;
  readonly top: number;
  readonly bottom: number;
  readonly lanes: readonly Lane[];
}

/** Where a column of texts stands right of the drawing area, in pixels. */
interface Column {
  readonly shift: number;
  readonly width: number;
}

/** How wide texts may be in a reader's font. */
const widest = (texts: readonly string[]): number => Math.ceil(1.25 * Math.max(...texts.map((text) => textWidth(text, font.small))));

/** The rows of one metric. */
interface Block {
  readonly metric: string;
  readonly change: string;
  readonly rows: readonly Row[];
  readonly height: number;
}

/** Turns the sign of what is better when lower, so that more is better. */
function oriented(gain: Gain): Gain {
  if (gain.better !== 'lower') return gain;
  const { effect, low, high, believed, seeds } = gain;
  return {
    ...gain,
    effect: -effect,
    low: -high,
    high: -low,
    ...(believed === undefined ? {} : { believed: -believed }),
    ...(seeds === undefined ? {} : { seeds: Array.from(seeds, (value) => -value) }),
  };
}

/** Averages on top, then the tasks from the largest gain of the first method to the smallest; what has none at the end. */
function sortedTasks(gains: readonly Gain[], methods: readonly string[]): { readonly task: string; readonly average: boolean }[] {
  const first = (task: string, average: boolean): number => {
    const own = gains.filter((gain) => gain.task === task && (gain.average === true) === average && Number.isFinite(gain.effect));
    const [best] = own.sort((a, b) => methods.indexOf(a.method) - methods.indexOf(b.method));
    return best?.effect ?? Number.NEGATIVE_INFINITY;
  };
  const named = (average: boolean): { readonly task: string; readonly average: boolean; readonly effect: number }[] =>
    distinct(gains.filter((gain) => (gain.average === true) === average).map(({ task }) => task)).map((task) => ({
      task,
      average,
      effect: first(task, average),
    }));
  const falling = (a: { readonly effect: number }, b: { readonly effect: number }): number =>
    a.effect === b.effect ? 0 : b.effect - a.effect;
  return [...named(true).sort(falling), ...named(false).sort(falling)];
}

function blockOf(gains: readonly Gain[], methods: readonly string[]): Block {
  const { metric = 'score', better } = gains[0]!;
  const lane = methods.length > 1 ? size.lane : size.alone;
  const between = methods.length > 1 ? size.between : 0;
  let bottom = 0;
  const rows = sortedTasks(gains, methods).map(({ task, average }): Row => {
    const own = methods.flatMap((method) =>
      gains.filter((gain) => gain.method === method && gain.task === task && (gain.average === true) === average),
    );
    const top = bottom;
    bottom += between + lane * own.length;
    const lanes = own.map((gain, i) => ({ gain, y: top + between / 2 + lane * (i + 0.5) }));
    return { task, average, margin: own.find(({ margin }) => margin !== undefined)?.margin, top, bottom, lanes };
  });
  return { metric, change: better === 'lower' ? 'reduction' : 'gain', rows, height: bottom };
}

const lanesOf = ({ rows }: Block): Lane[] => rows.flatMap(({ lanes }) => lanes);

const percent = (share: number): string => (share < 0.01 ? '< 1 %' : share > 0.99 ? '> 99 %' : `${Math.round(100 * share)} %`);

/** What stands right of a lane: the probability of a gain, and the verdict. */
function wordsOf({ effect, pGain, verdict }: Gain): string {
  if (!Number.isFinite(effect)) return 'n/a';
  return [...(pGain === undefined ? [] : [percent(pGain)]), verdicts[verdict].word].filter((word) => word !== '').join(', ');
}

/** The stronger, the surer a gain or a loss is. */
const strengthOf = ({ pGain }: Gain): number => (pGain === undefined ? 1 : 0.55 + 0.45 * Math.abs(2 * pGain - 1));

/** The marks of a block with their intervals, a trace for each verdict. */
function marksOf(block: Block, panel: Panel, baseline: string): Trace[] {
  return kinds.flatMap((verdict): Trace[] => {
    const group = lanesOf(block).filter(({ gain }) => gain.verdict === verdict && Number.isFinite(gain.effect));
    if (group.length === 0) return [];
    const { color, symbol, name } = verdicts[verdict];
    const values = group.map(({ gain }) => gain.effect);
    return [
      {
        type: 'scatter',
        mode: 'markers',
        name,
        x: values,
        y: group.map(({ y }) => y),
        error_x: intervalBars(
          values,
          group.map(({ gain }) => gain.low),
          group.map(({ gain }) => gain.high),
          { color },
        ),
        marker: { color: group.map(({ gain }) => fade(color, strengthOf(gain))), symbol, size: 9, line: { width: 1.5, color } },
        hoverinfo: 'text',
        text: group.map(
          ({ gain: { method, task, effect, low, high, pGain } }) =>
            `${escapeHtml(method)}, ${escapeHtml(task)}<br>${escapeHtml(block.metric)} ${block.change} over ${escapeHtml(baseline)}: ` +
            `${formatNumber(effect)} ${formatInterval(low, high)}<br>${name}${pGain === undefined ? '' : `<br>P(gain) ${escapeHtml(percent(pGain))}`}`,
        ),
        xaxis: panel.x,
        yaxis: panel.y,
      },
    ];
  });
}

/** Points without a name of their own: single seeds, and what is believed. */
function pointsOf(points: readonly Point[], panel: Panel, name: string, marker: Attributes): Trace[] {
  return Array.from({ length: Math.ceil(points.length / mostPoints) }, (_, i): Trace => {
    const own = points.slice(i * mostPoints, (i + 1) * mostPoints);
    return {
      type: 'scatter',
      mode: 'markers',
      name,
      x: own.map(({ x }) => x),
      y: own.map(({ y }) => y),
      marker,
      hoverinfo: 'skip',
      xaxis: panel.x,
      yaxis: panel.y,
    };
  });
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The gains of single seeds, below their lane's mark. */
const seedsOf = ({ gain, y }: Lane): Point[] =>
  Array.from(gain.seeds ?? [], (x) => ({ x, y: y + size.below })).filter(({ x }) => Number.isFinite(x));

const believedOf = ({ gain: { believed, effect }, y }: Lane): Point[] =>
  believed !== undefined && Number.isFinite(believed) && Number.isFinite(effect) ? [{ x: believed, y }] : [];

/** The margin's band behind the rows, one rectangle for neighbors of one margin, and the line of no difference. */
function groundOf({ rows }: Block, panel: Panel): Attributes[] {
  const bands: { readonly margin: number; readonly top: number; bottom: number }[] = [];
  for (const { margin, top, bottom } of rows) {
    const last = bands.at(-1);
    if (margin === undefined) continue;
    if (last && last.margin === margin && last.bottom === top) last.bottom = bottom;
    else bands.push({ margin, top, bottom });
  }
  return [
    ...bands.map(({ margin, top, bottom }) => ({
      type: 'rect',
      ...{ xref: panel.x, x0: -margin, x1: margin },
      ...{ yref: panel.y, y0: top, y1: bottom },
      layer: 'below',
      fillcolor: pageInk.band,
      line: { width: 0 },
    })),
    // Between the averages and the tasks.
    ...rows.slice(1).flatMap(({ average, top }, i) =>
      !average && rows[i]!.average
        ? [
            {
              type: 'line',
              ...{ xref: 'paper', x0: 0, x1: 1 },
              ...{ yref: panel.y, y0: top, y1: top },
              layer: 'below',
              line: { color: pageInk.line, width: 1 },
            },
          ]
        : [],
    ),
    {
      type: 'line',
      ...{ xref: panel.x, x0: 0, x1: 0 },
      ...{ yref: `${panel.y} domain`, y0: 0, y1: 1 },
      layer: 'below',
      line: { color: pageInk.text, width: 1.5 },
    },
  ];
}

/**
 * A text right of the drawing area, `shift` pixels from it, in a column of `width` pixels: its left edge does not depend on the reader's font.
 */
function beside(text: string, panel: Panel, y: number, { shift, width }: Column, color: string): Attributes {
  return {
    text,
    ...{ x: 1, xref: 'paper', xanchor: 'left', xshift: shift, width, align: 'left' },
    ...{ y, yref: panel.y, yanchor: 'middle' },
    showarrow: false,
    font: { size: font.small, color },
  };
}

/** The columns right of the drawing area: methods, where there are several, and words. */
interface Columns {
  readonly method: (Column & { readonly head: string }) | undefined;
  readonly words: Column & { readonly head: string };
}

function columnsOf(lanes: readonly Lane[], methods: readonly string[]): Columns {
  const head = lanes.some(({ gain }) => gain.pGain !== undefined) ? 'P(gain), verdict' : 'verdict';
  const names = widest(['method', ...methods.map((method) => clip(method, limits.method))]);
  const several = methods.length > 1;
  return {
    method: several ? { head: 'method', shift: 6, width: names } : undefined,
    words: { head, shift: several ? names + 14 : 6, width: widest([head, ...lanes.map(({ gain }) => wordsOf(gain))]) },
  };
}

/** What stands right of each lane. */
function textsOf(lanes: readonly Lane[], panel: Panel, { method, words }: Columns): Attributes[] {
  return lanes.flatMap(({ gain, y }) => {
    const decided = gain.verdict === 'positive' || gain.verdict === 'negative';
    const said = escapeHtml(wordsOf(gain));
    const color = decided ? verdicts[gain.verdict].color : pageInk.text;
    return [
      ...(method ? [beside(label(gain.method, limits.method), panel, y, method, pageInk.text)] : []),
      beside(decided ? `<b>${said}</b>` : said, panel, y, words, color),
    ];
  });
}

function axesOf({ rows, metric, change, height }: Block, panel: Panel, range: readonly [number, number]): Record<string, Attributes> {
  const title = metric === 'margins' ? `${change} in margins` : `${escapeHtml(metric)} ${change}`;
  const ink = { gridcolor: pageInk.grid, linecolor: pageInk.line };
  return {
    [panel.xKey]: valueAxis(undefined, {
      ...ink,
      tickcolor: pageInk.line,
      title: { text: title, font: { size: font.size, color: pageInk.soft }, standoff: 8 },
      domain: panel.xDomain,
      anchor: panel.y,
      range,
      nticks: 7,
    }),
    [panel.yKey]: {
      ...ink,
      domain: panel.yDomain,
      anchor: panel.x,
      range: [height, 0],
      tickmode: 'array',
      tickvals: rows.map(({ top, bottom }) => (top + bottom) / 2),
      ticktext: rows.map(({ task, average }) => (average ? `<b>${label(task, limits.task)}</b>` : label(task, limits.task))),
      tickfont: { size: font.small },
      showgrid: true,
      zeroline: false,
      ticks: '',
    },
  };
}

/** One line for plain text: the averages, and how many tasks came to what. */
function textOf(gains: readonly Gain[], baseline: string, methods: number): string {
  const own = gains.filter(({ average }) => average !== true);
  const tasks = distinct(own.map(({ task }) => task)).length;
  const judged = own.some(({ verdict }) => verdict !== 'not judged');
  const usual: readonly GainVerdict[] = judged ? ['positive', 'negative', 'none', 'unclear'] : [];
  const counted = kinds.filter((verdict) => usual.includes(verdict) || own.some((gain) => gain.verdict === verdict));
  const counts = counted.map((verdict) => `${own.filter((gain) => gain.verdict === verdict).length} ${verdicts[verdict].name}`);
  const averages = gains
    .filter(({ average, effect }) => average === true && Number.isFinite(effect))
    .map(
      ({ method, effect, low, high, verdict }) =>
        `${method} ${formatNumber(effect)} ${formatInterval(low, high)} (${verdicts[verdict].word})`,
    );
  const mean = averages.length > 0 ? `on average ${averages.join(', ')}; ` : '';
  return `Gain over ${baseline}, ${methods} method${methods === 1 ? '' : 's'} x ${tasks} task${tasks === 1 ? '' : 's'}: ${mean}${counts.join(', ')}`;
}

/**
 * Who gains and who loses: the average on top, then a row per task with a lane per method, from the largest gain to the smallest. Each lane has
 * the difference to the baseline with its interval, and beside it in words the probability of a gain and the verdict; differences below the
 * margin are shaded. Right of the line is better, for every metric; tasks of another metric have an axis of their own. It has no ground, and
 * reads on a light and on a dark page.
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
  const methods = distinct(rows.map(({ method }) => method));
  const metricOf = ({ better, metric }: Gain): string => `${better ?? 'higher'} ${metric ?? 'score'}`;
  const all = rows.map(oriented);
  const blocks = distinct([...all].sort((a, b) => Number(b.average === true) - Number(a.average === true)).map(metricOf)).map((metric) =>
    blockOf(
      all.filter((gain) => metricOf(gain) === metric),
      methods,
    ),
  );
  const lanes = blocks.flatMap(lanesOf);
  const columns = columnsOf(lanes, methods);
  const drawn = lanes.reduce((sum, { gain }) => sum + (gain.seeds?.length ?? 0), 0) <= mostSeeds ? seedsOf : () => [];

  const grid = { count: blocks.length, columns: 1, rowHeights: blocks.map(({ height }) => Math.max(height, 40)), gap: 58, columnGap: 0 };
  const data: Trace[] = [];
  const axes: Record<string, Attributes> = {};
  const annotations: Attributes[] = [];
  const shapes: Attributes[] = [];
  for (const panel of panels(grid)) {
    const block = blocks[panel.row]!;
    const own = lanesOf(block);
    const seen = own.flatMap(({ gain: { effect, low, high, margin = 0 } }) => [effect, low, high, -margin, margin]);
    const [seeds, believed] = [own.flatMap(drawn), own.flatMap(believedOf)];
    const range = paddedRange([0, ...seen, ...[...seeds, ...believed].map(({ x }) => x)]);
    Object.assign(axes, axesOf(block, panel, range));
    shapes.push(...groundOf(block, panel));
    data.push(
      ...pointsOf(seeds, panel, 'one seed', { size: 3.5, color: fade('#808080', 0.55) }),
      ...marksOf(block, panel, baseline),
      ...pointsOf(believed, panel, 'believed', { symbol: 'line-ns-open', size: 11, color: pageInk.text, line: { width: 2 } }),
    );
    annotations.push(...textsOf(own, panel, columns));
    if (panel.row > 0) continue;
    for (const column of [columns.method, columns.words])
      if (column) annotations.push({ ...beside(column.head, panel, 0, column, pageInk.soft), yanchor: 'bottom', yshift: 2 });
  }
  const marks = [
    'right is better',
    ...(lanes.some(({ gain }) => gain.margin !== undefined) ? ['shaded: less than the margin'] : []),
    ...(lanes.some((lane) => drawn(lane).length > 0) ? ['dots: seeds'] : []),
    ...(lanes.some((lane) => believedOf(lane).length > 0) ? ['upright tick: believed, given the others'] : []),
  ].join('; ');
  const subtitle = `Difference to ${clip(baseline, 28)}, paired over seeds; bars: ${interval}; ${marks}.`;
  return makeFigure({
    title,
    subtitle,
    text: textOf(all, baseline, methods.length),
    data,
    plotHeight: gridHeight(grid),
    above: 26,
    ground: 'page',
    columns: 92,
    margin: {
      l: Math.max(
        ...blocks.flatMap(({ rows: own }) => own.map(({ task, average }) => (average ? 1.12 : 1) * nameWidth([clip(task, limits.task)]))),
      ),
      r: columns.words.shift + columns.words.width + 4,
      b: 50,
    },
    layout: { ...axes, annotations, shapes },
  });
}
