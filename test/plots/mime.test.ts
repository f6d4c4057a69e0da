import { expect, test } from 'vitest';
import { bars } from '../../src/plots/bars';
import { figureBundle, tableBundle } from '../../src/plots/mime';
import { figureToSvg } from '../../src/plots/svg';

test('figureBundle: interactive, static and plain, and neither HTML nor PNG, which front ends would prefer', () => {
  const figure = bars({ labels: ['a'], series: [{ name: 's', values: [1] }] });
  const bundle = figureBundle(figure);
  expect(Object.keys(bundle)).toEqual(['application/vnd.plotly.v1+json', 'image/svg+xml', 'text/plain']);
  expect(bundle['application/vnd.plotly.v1+json']).toMatchObject({ data: figure.data, layout: figure.layout });
  expect(bundle['image/svg+xml']).toBe(figureToSvg(figure, { width: 800 }));
  expect(bundle['text/plain']).toBe('s: a 1');
});

test('tableBundle: HTML and text', () => {
  expect(tableBundle({ columns: ['a'], rows: [[1]] })).toEqual({
    'text/html': expect.stringContaining('<table'),
    'text/plain': 'a\n─\n1',
  });
});
