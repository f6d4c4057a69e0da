import { expect, test } from 'vitest';
import { linePanels } from '../../src/plots/lines';
import { checkFigure, countOf, textsOf, traces } from './check-figure';

const base = { title: 'Lines', text: 'lines', xTitle: 'step', yTitle: 'loss' } as const;
const x = [1, 2, 3];

test('linePanels: a panel per entry, one legend entry a name, bands behind the lines', () => {
  const line = { name: 'a', x, y: [3, 2, 1], low: [2, 1, 0], high: [4, 3, 2] };
  const figure = linePanels({
    ...base,
    panels: [
      { title: 'one', lines: [line, { ...line, name: 'b' }] },
      { title: 'two', lines: [line] },
    ],
  });
  const bands = traces(figure, { fill: 'toself' });
  expect(bands[0]).toMatchObject({ x: [1, 2, 3, 3, 2, 1], y: [4, 3, 2, 0, 1, 2] });
  expect(figure.data.indexOf(bands.at(-1) as never)).toBeLessThan(figure.data.findIndex((trace) => trace.fill === undefined));
  const svg = checkFigure(figure);
  expect(countOf(svg, 'js-line')).toBe(6);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['one', 'two', 'a', 'b', 'step', 'loss']));
  expect(textsOf(svg).filter((text) => text === 'a')).toHaveLength(1);
});

test('linePanels: shortens long lines, more so where there are many', () => {
  const long = Array.from({ length: 5000 }, (_, index) => index);
  const line = (name: string) => ({ name, x: long, y: long.map((step) => Math.sin(step / 50)) });
  const one = linePanels({ ...base, panels: [{ title: '', lines: [line('a')] }] });
  expect((one.data[0] as { x?: unknown[] }).x?.length).toBeLessThanOrEqual(200);
  const many = linePanels({
    ...base,
    panels: Array.from({ length: 20 }, (_, index) => ({ title: `${index}`, lines: Array.from({ length: 10 }, (_, k) => line(`${k}`)) })),
  });
  expect(JSON.stringify(many).length).toBeLessThan(400_000);
  expect((many.data[0] as { x?: unknown[] }).x?.length).toBeGreaterThanOrEqual(20);
});

test('linePanels: a log axis has the points as ticks', () => {
  const sizes = [50, 100, 1000];
  const figure = linePanels({
    ...base,
    xLog: true,
    panels: [{ title: '', lines: [{ name: 'a', x: sizes, y: [1, 2, 3], markers: true }] }],
  });
  expect(figure.layout.xaxis).toMatchObject({ type: 'log', tickvals: sizes, ticktext: ['50', '100', '1000'] });
  expect(countOf(checkFigure(figure), 'point')).toBe(3);
});

test('linePanels: lengths must match', () => {
  expect(() => linePanels({ ...base, panels: [{ title: 'p', lines: [{ name: 'a', x, y: [1] }] }] })).toThrow(
    new TypeError('Cannot draw line "a" of "p": y has length 1, expected 3'),
  );
  expect(() => linePanels({ ...base, panels: [] })).toThrow(RangeError);
});
