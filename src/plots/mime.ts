import type { Figure } from './figure-types';
import { renderSvg } from './svg';
import { htmlTable, type Table, textTable } from './table';

/** One output in several representations, by mime type; the front end picks. */
export interface MimeBundle {
  readonly [type: string]: string | object;
}

/** Width of the static picture, in pixels: what a notebook's page shows at full size. */
const staticWidth = 800;

/** The bundle of a figure: interactive (plotly), static (SVG) and one line of text. */
export function figureBundle(figure: Figure): MimeBundle {
  return {
    'application/vnd.plotly.v1+json': {
      data: figure.data,
      layout: figure.layout,
      config: { responsive: true, displaylogo: false },
    },
    'image/svg+xml': renderSvg(figure, staticWidth),
    'text/plain': figure.text,
  };
}

/** The bundle of a table: HTML and aligned text. */
export function tableBundle(table: Table): MimeBundle {
  return { 'text/html': htmlTable(table), 'text/plain': textTable(table) };
}
