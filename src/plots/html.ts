import { readFileSync } from 'node:fs';
import type { Figure } from './figure';
import { plotlyPath } from './svg';
import { escapeHtml } from './text';

/** What stands around the figures of an HTML page. */
export interface HtmlOptions {
  readonly title: string;
  /**
   * HTML of the page, trusted as it is: escape what comes from users. `<div data-figure="0"></div>` marks where the first figure
   * goes; figures that are not marked follow at the end.
   * @default only the title
   */
  readonly body?: string;
}

const style = `
body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; color: #202428; background: #ffffff; }
table { font-size: 13px; margin: 0.5rem 0; }
[data-figure] { margin: 1rem 0; }
`;

/** A self-contained HTML page with interactive figures: plotly itself is inside, nothing is fetched. */
export function figureToHtml(figures: readonly Figure[], options: HtmlOptions): string {
  const body = options.body ?? `<h1>${escapeHtml(options.title)}</h1>`;
  const unplaced = figures.map((_, index) => index).filter((index) => !body.includes(`data-figure="${index}"`));
  // `<` is the only character of JSON that can end a script early.
  const json = JSON.stringify(figures.map(({ data, layout }) => ({ data, layout }))).replace(/</g, '\\u003c');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(options.title)}</title>
<style>${style}</style>
<script>${readFileSync(plotlyPath(), 'utf8')}</script>
</head>
<body>
${body}
${unplaced.map((index) => `<div data-figure="${index}"></div>`).join('\n')}
<script>
${json}.forEach((figure, index) => {
  for (const element of document.querySelectorAll('[data-figure="' + index + '"]')) {
    Plotly.newPlot(element, figure.data, figure.layout, { responsive: true, displaylogo: false });
  }
});
</script>
</body>
</html>
`;
}
