import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { makeFigure } from '../../src/plots/figure';
import { checkFigure, textsOf } from './check-figure';

const parts = {
  title: 'A <title>',
  subtitle: 'What the marks mean.',
  text: 'one line',
  data: [{ type: 'scatter', x: [1, 2, 100_003], y: [0.123456, Number.NaN, -1234.567], marker: { color: undefined } }],
  plotHeight: 200,
  margin: { l: 40, r: 10, b: 30 },
  layout: { xaxis: { range: [0, 1 / 3] } },
} as const;

test('makeFigure rounds to 4 significant digits, keeps integers, and writes null for what is not finite', () => {
  const figure = makeFigure(parts);
  expect(figure.data[0]).toEqual({ type: 'scatter', x: [1, 2, 100_003], y: [0.1235, null, -1235], marker: {} });
  expect(figure.layout.xaxis).toEqual({ range: [0, 0.3333] });
});

test('makeFigure escapes the title, sets the height and leaves the width', () => {
  const figure = makeFigure(parts);
  expect(figure.layout.title.text).toContain('<b>A &lt;title&gt;</b><br>');
  const margin = figure.layout.margin as { t: number; b: number };
  expect(figure.layout.height).toBe(200 + margin.t + margin.b);
  expect(textsOf(checkFigure(figure))).toContain('A <title>What the marks mean.');
  const plain = makeFigure({ ...parts, subtitle: '' });
  expect((plain.layout.margin as { t: number }).t).toBeLessThan(margin.t);
});

test('a figure prints as its line, shows as its bundle, and is plain JSON', () => {
  const figure = makeFigure(parts);
  expect(inspect(figure)).toBe('one line');
  expect(Object.keys(figure)).toEqual(['data', 'layout', 'text']);
  const display = (figure as unknown as Record<symbol, () => Record<string, unknown>>)[Symbol.for('Jupyter.display')] as () => object;
  expect(Object.keys(display())).toEqual(['application/vnd.plotly.v1+json', 'image/svg+xml', 'text/plain']);
});
