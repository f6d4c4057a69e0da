/** A value of a figure's JSON. */
export type PlotValue = string | number | boolean | null | undefined | readonly PlotValue[] | { readonly [attribute: string]: PlotValue };

/** One trace of a figure: plotly's trace object of that type. */
export interface Trace {
  readonly type: 'scatter' | 'bar' | 'heatmap' | 'contour';
  readonly [attribute: string]: PlotValue;
}

/** A figure's layout: plotly's layout object; the height is set, the width follows the page. */
export interface Layout {
  readonly title: { readonly text: string; readonly [attribute: string]: PlotValue };
  /** Pixels. */
  readonly height: number;
  readonly [attribute: string]: PlotValue;
}

/** A plotly figure as plain data, with the line that stands for it where only text is shown. */
export interface Figure {
  readonly data: readonly Trace[];
  readonly layout: Layout;
  readonly text: string;
}
