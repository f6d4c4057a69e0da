import type { PlotValue } from './figure';
import { clip, label, textWidth } from './text';
import { font, ink } from './theme';

/** Which direction of a measure is better. */
export type Better = 'higher' | 'lower';

/** Attributes of a plotly object. */
export type Attributes = { readonly [attribute: string]: PlotValue };

/** Where one panel of a figure lies, and the names of its axes. */
export interface Panel {
  readonly row: number;
  readonly column: number;
  /** Names as traces refer to the axes: `'x'`, `'x2'`, ... */
  readonly x: string;
  readonly y: string;
  /** Names as the layout defines them: `'xaxis'`, `'xaxis2'`, ... */
  readonly xKey: string;
  readonly yKey: string;
  readonly xDomain: readonly [number, number];
  readonly yDomain: readonly [number, number];
}

/** Rows and columns of panels. */
export interface Grid {
  readonly count: number;
  readonly columns: number;
  /** Height of the panels of each row, in pixels. */
  readonly rowHeights: readonly number[];
  /** Space between rows, in pixels. */
  readonly gap: number;
  /** Space between columns, as a part of the width. */
  readonly columnGap: number;
}

/** Height of a grid of panels, in pixels. */
export function gridHeight(grid: Grid): number {
  return grid.rowHeights.reduce((sum, height) => sum + height, 0) + grid.gap * (grid.rowHeights.length - 1);
}

/** Lays panels out row by row from the top left. */
export function panels(grid: Grid): Panel[] {
  const height = gridHeight(grid);
  const width = (1 - grid.columnGap * (grid.columns - 1)) / grid.columns;
  return Array.from({ length: grid.count }, (_, index) => {
    const row = Math.floor(index / grid.columns);
    const column = index % grid.columns;
    const above = grid.rowHeights.slice(0, row).reduce((sum, rowHeight) => sum + rowHeight + grid.gap, 0);
    const left = column * (width + grid.columnGap);
    const suffix = index === 0 ? '' : String(index + 1);
    return {
      row,
      column,
      x: `x${suffix}`,
      y: `y${suffix}`,
      xKey: `xaxis${suffix}`,
      yKey: `yaxis${suffix}`,
      xDomain: [left, Math.min(1, left + width)],
      yDomain: [Math.max(0, 1 - (above + (grid.rowHeights[row] as number)) / height), 1 - above / height],
    };
  });
}

/** The name of a panel, above its left corner. */
export function panelTitle(panel: Panel, text: string, limit = 26): Attributes {
  return {
    text: `<b>${label(text, limit)}</b>`,
    x: panel.xDomain[0],
    xref: 'paper',
    xanchor: 'left',
    y: panel.yDomain[1],
    yref: 'paper',
    yanchor: 'bottom',
    showarrow: false,
    font: { size: font.size },
  };
}

/** A numeric axis in the theme's look. */
export function valueAxis(title: string | undefined, more: Attributes = {}): Attributes {
  return {
    ...(title === undefined ? {} : { title: { text: title, font: { size: font.size, color: ink.soft }, standoff: 8 } }),
    gridcolor: ink.grid,
    linecolor: ink.line,
    tickcolor: ink.line,
    ticks: 'outside',
    ticklen: 4,
    tickangle: 0,
    tickfont: { size: font.small },
    zeroline: false,
    ...more,
  };
}

/** A vertical axis of names at 0, 1, 2, ... from the top. */
export function nameAxis(names: readonly string[], more: Attributes = {}): Attributes {
  return {
    tickmode: 'array',
    tickvals: names.map((_, index) => index),
    ticktext: names.map((name) => label(name, nameLimit)),
    tickfont: { size: font.small },
    range: [names.length - 0.5, -0.5],
    showgrid: false,
    zeroline: false,
    linecolor: ink.line,
    ticks: '',
    ...more,
  };
}

const nameLimit = 26;

/** How much wider than estimated a reader's font may be. */
const widest = 1.12;

/** Pixels that the labels of a vertical `nameAxis` need on its left. */
export function nameWidth(names: readonly string[]): number {
  return 14 + Math.max(0, ...names.map((name) => widest * textWidth(clip(name, nameLimit), font.small)));
}

/** A legend right of the drawing area, for names in the order of the traces, and the margin it needs, in pixels. */
export function sideLegend(names: readonly string[]): { readonly layout: Attributes; readonly width: number } {
  // A validator stumbles over a legend that is not shown.
  if (names.length < 2) return { layout: { showlegend: false }, width: 20 };
  return {
    layout: {
      showlegend: true,
      legend: {
        x: 1.01,
        xanchor: 'left',
        y: 1,
        yanchor: 'top',
        orientation: 'v',
        font: { size: font.small },
        itemsizing: 'constant',
        tracegroupgap: 0,
      },
    },
    width: 54 + Math.max(0, ...names.map((name) => widest * textWidth(clip(name, 28), font.small))),
  };
}

/** The names in the order of their first appearance. */
export function distinct(names: Iterable<string>): string[] {
  return [...new Set(names)];
}

/** Plotly's error bars for the intervals `[low, high]` around `values`; a missing end draws no bar. */
export function intervalBars(
  values: readonly number[],
  low: readonly number[],
  high: readonly number[],
  more: Attributes = {},
): Attributes {
  return {
    type: 'data',
    symmetric: false,
    array: values.map((value, index) => (high[index] as number) - value),
    arrayminus: values.map((value, index) => value - (low[index] as number)),
    thickness: 1.5,
    width: 3,
    ...more,
  };
}

/** Smallest and largest finite value with some air around; around 0 where there is none. */
export function paddedRange(values: Iterable<number>, air = 0.06): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [-1, 1];
  const padding = low === high ? Math.max(Math.abs(low) * 0.1, 1e-3) : (high - low) * air;
  return [low - padding, high + padding];
}

/** Throws where there is nothing to draw. */
export function requireSome(what: string, items: { readonly length: number }, name: string): void {
  if (items.length === 0) throw new RangeError(`Cannot draw ${what}: ${name} is empty, expected at least one`);
}

/** Throws where an array has not the length that another one gives. */
export function requireLength(what: string, name: string, got: { readonly length: number } | undefined, expected: number): void {
  if (got !== undefined && got.length !== expected) {
    throw new TypeError(`Cannot draw ${what}: ${name} has length ${got.length}, expected ${expected}`);
  }
}
