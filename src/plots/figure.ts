import type { Figure, PlotValue, Trace } from './figure-types';
import { figureBundle } from './mime';
import { escapeHtml, wrap } from './text';
import { font, ink, pageInk } from './theme';

export type { Figure, Layout, PlotValue, Trace } from './figure-types';

/** Space around the drawing area, in pixels: left, right, bottom; the top follows the title. */
export interface Margin {
  readonly l: number;
  readonly r: number;
  readonly b: number;
}

/** What `makeFigure` puts together. */
export interface FigureParts {
  readonly title: string;
  /** What the marks mean; broken into lines. */
  readonly subtitle?: string;
  /** One line for plain text: what was found. @default the title */
  readonly text?: string;
  readonly data: readonly Trace[];
  /** Height of the drawing area, in pixels. */
  readonly plotHeight: number;
  readonly margin: Margin;
  /** Space between the titles and the drawing area, in pixels, for what stands above it. @default 8 */
  readonly above?: number;
  /** `page`: no ground of its own, in ink that reads on a light and on a dark page. @default 'white' */
  readonly ground?: 'white' | 'page';
  /** Characters of a line of the subtitle. @default 110 */
  readonly columns?: number;
  /** Further attributes of the layout: axes, shapes, annotations, legend. */
  readonly layout: { readonly [attribute: string]: PlotValue };
}

const titleSize = 15;
const titleBaseline = 26;
const subtitleSize = 12;
const subtitleColumns = 110;

/** Four significant digits for every number that is no integer, null where it is not finite; drops undefined attributes. */
function tidy(value: PlotValue): PlotValue {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return null;
    // JSON knows no -0.
    return Number.isInteger(value) ? value + 0 : Number(value.toPrecision(4));
  }
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, attribute]) => attribute !== undefined)
        .map(([name, attribute]) => [name, tidy(attribute)]),
    );
  }
  return value;
}

/** Puts a figure together: theme, title lines, height, numbers at 4 significant digits. */
export function makeFigure(parts: FigureParts): Figure {
  const lines = parts.subtitle ? wrap(parts.subtitle, parts.columns ?? subtitleColumns) : [];
  // Plotly spaces all lines of a title by 1.3 times the title's size.
  const top = titleBaseline + lines.length * titleSize * 1.3 + 8 + (parts.above ?? 8);
  const { text, soft } = parts.ground === 'page' ? pageInk : ink;
  const ground = parts.ground === 'page' ? 'rgba(0,0,0,0)' : '#ffffff';
  const small = lines.map((line) => `<br><span style="font-size:${subtitleSize}px;color:${soft}">${escapeHtml(line)}</span>`);
  const { l, r, b } = parts.margin;
  // Margins are ours, measured from the labels: plotly's own growing of them would redraw the figure after it was drawn.
  const margin = { l: Math.ceil(l), r: Math.ceil(r), t: Math.ceil(top), b: Math.ceil(b), autoexpand: false };
  const height = Math.ceil(parts.plotHeight) + margin.t + margin.b;
  const figure = tidy({
    data: parts.data,
    layout: {
      font: { family: font.family, size: font.size, color: text },
      paper_bgcolor: ground,
      plot_bgcolor: ground,
      hovermode: 'closest',
      showlegend: false,
      ...parts.layout,
      title: {
        text: `<b>${escapeHtml(parts.title)}</b>${small.join('')}`,
        font: { size: titleSize },
        x: 0,
        xref: 'container',
        xanchor: 'left',
        // The first line's baseline: of a title that hangs from its top, browsers and librsvg place the lines differently.
        y: 1 - titleBaseline / height,
        yref: 'container',
        yanchor: 'bottom',
        pad: { l: 12 },
      },
      margin,
      height,
    },
    text: parts.text ?? parts.title,
  }) as unknown as Figure;
  // Not enumerable, so that a figure stays plain JSON: how Node and tslab print it, and how Deno's kernel shows it.
  return Object.defineProperties(figure, {
    [Symbol.for('nodejs.util.inspect.custom')]: { value: () => figure.text },
    [Symbol.for('Jupyter.display')]: { value: () => figureBundle(figure) },
  });
}
