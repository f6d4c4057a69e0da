import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { bars } from '../../src/plots/bars';
import { figureToHtml } from '../../src/plots/html';

const figure = (title: string) => bars({ labels: ['a', 'b'], series: [{ name: 's', values: [1, 2] }] }, { title });

test('figureToHtml: draws its figures where marked, the others at the end, with nothing fetched', () => {
  const html = figureToHtml([figure('one </script>'), figure('two')], {
    title: 'Report <1>',
    body: '<h1>Report</h1><div data-figure="1"></div><p>After.</p>',
  });
  const page = html.replace(/<script>[\s\S]*?<\/script>/, '');
  expect(page).not.toMatch(/(src|href)=/);
  const calls: [string, string][] = [];
  const { window } = new JSDOM(page, {
    runScripts: 'dangerously',
    beforeParse(view) {
      (view as unknown as Record<string, unknown>).Plotly = {
        newPlot: (element: HTMLElement, _: unknown, layout: { title: { text: string } }) =>
          calls.push([element.previousElementSibling?.tagName ?? '', layout.title.text]),
      };
    },
  });
  expect(window.document.title).toBe('Report <1>');
  expect(calls).toEqual([
    ['P', '<b>one &lt;/script&gt;</b>'],
    ['H1', '<b>two</b>'],
  ]);
});

test('figureToHtml: has plotly inside', () => {
  const { window } = new JSDOM(figureToHtml([], { title: 'Empty' }));
  const [plotly] = window.document.querySelectorAll('head script');
  expect(plotly?.textContent).toContain('plotly.js');
  expect(plotly?.textContent?.length).toBeGreaterThan(1e6);
  expect(window.document.querySelector('h1')?.textContent).toBe('Empty');
});
