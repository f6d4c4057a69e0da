import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { bars } from '../../src/plots/bars';
import type { Figure } from '../../src/plots/figure';
import { matrix } from '../../src/plots/matrix';
import { figureToSvg } from '../../src/plots/svg';

const one = bars({ labels: ['a', 'b'], series: [{ name: 's', values: [1, 2] }] });
const two = matrix({ rows: ['a'], columns: ['b', 'c'], values: [[1, -1]] });

test('figureToSvg: the same figure gives the same bytes, whatever was drawn between', () => {
  const first = figureToSvg(one);
  figureToSvg(two);
  expect(figureToSvg(one)).toBe(first);
  expect(figureToSvg(JSON.parse(JSON.stringify(one)) as Figure)).toBe(first);
});

test('figureToSvg: leaves the figure alone and draws it at the width asked for', () => {
  const before = JSON.stringify(one);
  const svg = figureToSvg(one, { width: 500 });
  expect(JSON.stringify(one)).toBe(before);
  const root = new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document.documentElement;
  expect([root.getAttribute('width'), root.getAttribute('height')]).toEqual(['500', String(one.layout.height)]);
});

test('figureToSvg: is well-formed, self-contained and without scripts', () => {
  for (const figure of [one, two]) {
    const svg = figureToSvg(figure);
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toMatch(/<script|href="http|TOBESTRIPPED|url\('#|url\(http/);
  }
});

test('figureToSvg: a heat map is a picture with the cells’ colors', () => {
  expect(figureToSvg(two)).toMatch(/<image[^>]+href="data:image\/png;base64,iVBOR/);
});

test('figureToSvg: all labels lie within the picture', () => {
  const figure = bars(
    { labels: ['a task with quite a long name', 'b'], series: ['x', 'y'].map((name) => ({ name: `series ${name}`, values: [1, 2] })) },
    { unit: 'seconds' },
  );
  const document = new JSDOM(figureToSvg(figure), { contentType: 'image/svg+xml' }).window.document;
  const labels = [...document.querySelectorAll('.ytick text')];
  expect(labels).toHaveLength(2);
  for (const text of labels) {
    // Labels of a vertical axis end left of it: their length is what must fit.
    const end = Number(text.getAttribute('x'));
    expect(end - 0.5 * 11 * (text.textContent ?? '').length).toBeGreaterThan(-8);
  }
});

test('figureToSvg: finds room for the labels of a figure that leaves its margins to plotly', () => {
  const names = ['a very long name indeed, longer than any margin', 'b'];
  const figure = {
    data: [{ type: 'bar', orientation: 'h', x: [1, 2], y: names }],
    layout: { title: { text: 't' }, height: 300, margin: { l: 10 }, yaxis: { automargin: true } },
    text: 't',
  } satisfies Figure;
  const document = new JSDOM(figureToSvg(figure), { contentType: 'image/svg+xml' }).window.document;
  expect(Number(document.querySelector('.ytick text')?.getAttribute('x'))).toBeGreaterThan(200);
});

test('figureToSvg: bad input', () => {
  expect(() => figureToSvg(one, { width: 0 })).toThrow(RangeError);
  expect(() => figureToSvg(one, { widht: 3 } as object)).toThrow('did you mean "width"?');
});
