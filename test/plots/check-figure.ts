import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';
import { expect } from 'vitest';
import type { Figure, Trace } from '../../src/plots/figure';
import { figureToSvg, plotlyPath } from '../../src/plots/svg';

type Validate = (data: unknown, layout: unknown) => { readonly msg: string }[] | undefined;

let validate: Validate | undefined;

/** Plotly's own check of a figure, from the bundle that ships. */
function plotlyValidate(): Validate {
  if (validate === undefined) {
    const { window } = new JSDOM('<!doctype html><body></body>', { runScripts: 'outside-only' });
    window.URL.createObjectURL = () => '';
    (window.HTMLCanvasElement.prototype as unknown as Record<string, unknown>).getContext = () => null;
    window.eval(`var module = { exports: {} };${readFileSync(plotlyPath(), 'utf8')};window.Plotly = module.exports;`);
    validate = (window as unknown as { Plotly: { validate: Validate } }).Plotly.validate;
  }
  return validate;
}

function pointsOf(trace: Trace): number {
  return Array.isArray(trace.x) ? trace.x.length : 0;
}

/** What every figure must be: valid for plotly, plain JSON, short lines, drawable. Returns its SVG. */
export function checkFigure(figure: Figure): string {
  const json = JSON.parse(JSON.stringify(figure)) as { data: unknown; layout: unknown };
  expect(json).toEqual(figure);
  // Plotly reports what it would ignore or correct.
  expect(plotlyValidate()(json.data, json.layout)?.map((fault) => fault.msg) ?? []).toEqual([]);
  for (const trace of figure.data) if (trace.fill !== 'toself') expect(pointsOf(trace)).toBeLessThanOrEqual(200);
  expect(figure.layout.height).toBeGreaterThan(100);
  expect('width' in figure.layout).toBe(false);
  expect(figure.text).not.toMatch(/\n|undefined|NaN/);
  const svg = figureToSvg(figure);
  // Plotly's own class of a bar's legend mark is `legendundefined`.
  expect(svg.replace(/legendundefined/g, '')).not.toMatch(/NaN|undefined|Infinity/);
  return svg;
}

/** The texts of a drawing, in its order. */
export function textsOf(svg: string): string[] {
  const document = new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document;
  return [...document.querySelectorAll('text')].map((text) => text.textContent ?? '');
}

/** How many elements of a class the drawing area has; the legend does not count. */
export function countOf(svg: string, name: string): number {
  return new JSDOM(svg, { contentType: 'image/svg+xml' }).window.document.querySelectorAll(`.cartesianlayer .${name}`).length;
}

/** The traces of a figure by a test on their attributes. */
export function traces(figure: Figure, attributes: Readonly<Record<string, unknown>>): Trace[] {
  return figure.data.filter((trace) => Object.entries(attributes).every(([name, value]) => trace[name] === value));
}

/** Relative luminance (WCAG 2.1). */
export function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
