/** Grays of text, lines and grid. */
export const ink = { text: '#202428', soft: '#5b6168', line: '#9aa0a6', grid: '#e4e7eb', band: '#f5f6f8' } as const;

/**
 * The same for a figure without a ground of its own: text and marks stand out 4.3 to 1 from white as from a notebook's dark page (#111111), the
 * rest is a shade of either.
 */
export const pageInk = {
  text: '#757a81',
  soft: '#757a81',
  line: 'rgba(128,128,128,0.7)',
  grid: 'rgba(128,128,128,0.22)',
  band: 'rgba(128,128,128,0.16)',
} as const;

/** Fonts that are there on each system, in that order; sizes in pixels. */
export const font = { family: 'system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif', size: 12, small: 11 } as const;

/** Distinct colors for series, safe for color-blind readers (Okabe and Ito 2008; yellow replaced, too pale on white). */
export const palette: readonly string[] = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#6a3d9a', '#222222'];

/** Marker shapes: the second sign beside the color. */
export const symbols: readonly string[] = ['circle', 'square', 'diamond', 'triangle-up', 'x', 'triangle-down', 'cross', 'star'];

/** Line styles for series past the palette's end. */
export const dashes: readonly string[] = ['solid', 'dash', 'dashdot', 'longdash'];

/** Colours of what helps, harms, changes nothing, or cannot be told. */
export const verdictColors = { positive: '#0072b2', negative: '#d55e00', none: '#5b6168', unclear: '#9aa0a6' } as const;

/** The same without a ground: 3 to 1 and more from white and from #111111. */
export const pageVerdictColors = { positive: '#1a80c4', negative: '#d55e00', none: '#757a81', unclear: '#757a81' } as const;

/** From harm over zero to help, for values around zero (ColorBrewer RdBu). */
export const diverging: readonly (readonly [number, string])[] = [
  [0, '#b2182b'],
  [0.25, '#ef8a62'],
  [0.42, '#fddbc7'],
  [0.5, '#f7f7f7'],
  [0.58, '#d1e5f0'],
  [0.75, '#67a9cf'],
  [1, '#2166ac'],
];

/** From little to much, for values of one sign (ColorBrewer Blues). */
export const sequential: readonly (readonly [number, string])[] = [
  [0, '#f7fbff'],
  [0.25, '#c6dbef'],
  [0.5, '#6baed6'],
  [0.75, '#2171b5'],
  [1, '#08306b'],
];

/** Colour, marker and line style of the series at `index`. */
export function seriesStyle(index: number): { readonly color: string; readonly symbol: string; readonly dash: string } {
  return {
    color: palette[index % palette.length] as string,
    symbol: symbols[index % symbols.length] as string,
    dash: dashes[Math.floor(index / palette.length) % dashes.length] as string,
  };
}

/** `color` (`#rrggbb`) at `opacity` in `[0, 1]`. */
export function fade(color: string, opacity: number): string {
  const part = (start: number): number => Number.parseInt(color.slice(start, start + 2), 16);
  return `rgba(${part(1)},${part(3)},${part(5)},${opacity})`;
}
