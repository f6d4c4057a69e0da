import { withDefaults } from '../options/check';
import { nameAxis, nameWidth, requireLength, requireSome } from './axes';
import { type Figure, makeFigure, type PlotValue } from './figure';
import { clip, escapeHtml, formatInterval, formatNumber, textWidth } from './text';
import { diverging, font, ink, sequential } from './theme';

/** A matrix of numbers with names, for instance task affinities: rows help columns. */
export interface MatrixInput {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** `[rows, columns]`; NaN leaves a cell empty. */
  readonly values: readonly (readonly number[])[];
  /** Ends of the intervals, `[rows, columns]`: values whose interval excludes `middle` are bold. */
  readonly low?: readonly (readonly number[])[];
  readonly high?: readonly (readonly number[])[];
}

/** How a matrix is drawn. */
export interface MatrixOptions {
  readonly title?: string;
  readonly subtitle?: string;
  readonly rowTitle?: string;
  readonly columnTitle?: string;
  /** What the colors mean. */
  readonly unit?: string;
  /** The value that is drawn white, with colors on both sides; null: colors from little to much. @default 0 */
  readonly middle?: number | null;
  /** Values at the ends of the colors. @default the largest distance from `middle`, or the smallest and largest value */
  readonly range?: readonly [number, number];
}

/** Numbers are written into cells up to this many columns; past it they show on hover. */
const mostNumbers = 16;
/** Intervals fit below the numbers up to this many columns. */
const mostIntervals = 7;

function colorRange(values: readonly number[], middle: number | null): [number, number] {
  const [low, high] = values.reduce(
    ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  if (values.length === 0) return [0, 1];
  if (middle === null) return low === high ? [low - 0.5, high + 0.5] : [low, high];
  const reach = Math.max(high - middle, middle - low) || 1;
  return [middle - reach, middle + reach];
}

/** Writes what a cell shows: in it, and on hover. */
type CellWriter = (value: number, row: number, column: number) => string;

/** @param range values at the ends of the colors, which say how many decimals there are */
function writers(
  { rows, columns, low, high }: MatrixInput,
  range: readonly [number, number],
  middle: number | null,
  withIntervals: boolean,
): { readonly cell: CellWriter; readonly hover: CellWriter } {
  const interval = (row: number, column: number): [number, number] | undefined => {
    const [a, b] = [low?.[row]?.[column], high?.[row]?.[column]];
    return a === undefined || b === undefined ? undefined : [a, b];
  };
  const decimals = Math.min(6, Math.max(0, 2 - Math.ceil(Math.log10(Math.max(...range.map(Math.abs))))));
  const rounded = (value: number): number => Number(value.toFixed(decimals));
  return {
    cell(value, row, column) {
      if (!Number.isFinite(value)) return '';
      const ends = interval(row, column);
      const certain = ends !== undefined && middle !== null && (ends[0] > middle || ends[1] < middle);
      const number = formatNumber(rounded(value), 4);
      const text = certain ? `<b>${number}</b>` : number;
      return withIntervals && ends !== undefined ? `${text}<br>${formatInterval(rounded(ends[0]), rounded(ends[1]))}` : text;
    },
    hover(value, row, column) {
      const ends = interval(row, column);
      const names = `${escapeHtml(rows[row] as string)}, ${escapeHtml(columns[column] as string)}`;
      return `${names}: ${formatNumber(value)}${ends === undefined ? '' : ` ${formatInterval(...ends)}`}`;
    },
  };
}

/**
 * A matrix as a heat map with its numbers, and intervals where there are some.
 *
 * @throws RangeError when it is empty; TypeError when the shape is not `[rows, columns]`.
 */
export function matrix(input: MatrixInput, options: MatrixOptions = {}): Figure {
  const { rows, columns, values, low, high } = input;
  const { title, subtitle, rowTitle, columnTitle, unit, middle, range } = withDefaults<
    Omit<Required<MatrixOptions>, 'range'> & { readonly range: readonly [number, number] | null }
  >('plots.matrix', options, { title: 'Matrix', subtitle: '', rowTitle: '', columnTitle: '', unit: '', middle: 0, range: null });
  requireSome('a matrix', rows, 'rows');
  requireSome('a matrix', columns, 'columns');
  for (const [name, block] of Object.entries({ values, low, high })) {
    requireLength('a matrix', name, block, rows.length);
    for (const [index, row] of (block ?? []).entries()) requireLength('a matrix', `${name}[${index}]`, row, columns.length);
  }
  const finite = values.flat().filter(Number.isFinite);
  const [from, to] = range ?? colorRange(finite, middle);
  const withIntervals = low !== undefined && high !== undefined && columns.length <= mostIntervals;
  const { cell, hover } = writers(input, [from, to], middle, withIntervals);
  const map = <T extends PlotValue>(write: (value: number, row: number, column: number) => T): T[][] =>
    values.map((line, row) => line.map((value, column) => write(value, row, column)));

  const below = Math.max(...columns.map((name) => textWidth(clip(name, 26), font.small)));
  const flat = below <= 520 / columns.length;
  const rowHeight = withIntervals ? 44 : rows.length <= 20 ? 30 : 18;
  return makeFigure({
    title,
    subtitle,
    text: `${title}: ${rows.length} x ${columns.length}, from ${formatNumber(Math.min(...finite))} to ${formatNumber(Math.max(...finite))}`,
    data: [
      {
        type: 'heatmap',
        z: values,
        x: columns.map((_, index) => index),
        y: rows.map((_, index) => index),
        zmin: from,
        zmax: to,
        colorscale: middle === null ? sequential : diverging,
        xgap: 1,
        ygap: 1,
        hoverongaps: false,
        hoverinfo: 'text',
        hovertext: map(hover),
        ...(columns.length <= mostNumbers
          ? { text: map(cell), texttemplate: '%{text}', textfont: { size: columns.length > 10 ? 9 : font.small } }
          : {}),
        colorbar: {
          thickness: 12,
          outlinewidth: 0,
          tickfont: { size: font.small },
          len: 1,
          nticks: 6,
          title: { text: escapeHtml(unit), side: 'right', font: { size: font.small } },
        },
      },
    ],
    plotHeight: Math.max(90, rows.length * rowHeight),
    margin: { l: nameWidth(rows) + (rowTitle === '' ? 0 : 20), r: 90, b: (flat ? 24 : below * 0.72 + 20) + (columnTitle === '' ? 0 : 24) },
    layout: {
      xaxis: {
        ...nameAxis(columns),
        range: [-0.5, columns.length - 0.5],
        tickangle: flat ? 0 : -45,
        title: { text: escapeHtml(columnTitle), font: { size: font.size, color: ink.soft }, standoff: 6 },
      },
      yaxis: {
        ...nameAxis(rows),
        title: { text: escapeHtml(rowTitle), font: { size: font.size, color: ink.soft }, standoff: 6 },
      },
    },
  });
}
