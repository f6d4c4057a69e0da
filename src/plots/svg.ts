import type { DOMWindow } from 'jsdom';
import { withDefaults } from '../options/check';
import type { Figure } from './figure-types';
import { encodePng } from './png';
import { textWidth } from './text';

/** How a figure is drawn as SVG. */
export interface SvgOptions {
  /** Pixels. @default 800 */
  readonly width?: number;
}

interface Plotly {
  newPlot(element: HTMLElement, data: unknown, layout: unknown, config: unknown): unknown;
  readonly Snapshot: { toSVG(element: HTMLElement, format: 'svg', scale: number): string };
}

interface PlotLayout {
  readonly margin?: { readonly [side: string]: number | boolean };
}

interface PlotElement extends HTMLElement {
  readonly _fullLayout: { readonly _size: { readonly l: number; readonly r: number; readonly t: number; readonly b: number } };
}

interface Renderer {
  readonly window: DOMWindow;
  readonly plotly: Plotly;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The value of a style property that `element` has or inherits. */
function inherited(element: Element, property: 'fontSize' | 'textAnchor', attribute: string): string {
  for (let node: Element | null = element; node !== null; node = node.parentElement) {
    const value = (node as SVGElement).style?.[property] || node.getAttribute(attribute);
    if (value) return value;
  }
  return '';
}

function fontSize(element: Element): number {
  return Number.parseFloat(inherited(element, 'fontSize', 'font-size')) || 12;
}

function lineWidth(line: Element): number {
  let width = 0;
  for (const node of line.childNodes) {
    width += node.nodeType === 3 ? textWidth(node.textContent ?? '', fontSize(line)) : lineWidth(node as Element);
  }
  return width;
}

/** Where a text would lie, by its own `x` and `y` alone. */
function textBox(text: Element): Box {
  const lines = [...text.querySelectorAll('tspan.line')];
  const size = fontSize(text);
  const width = Math.max(0, ...(lines.length > 0 ? lines : [text]).map(lineWidth));
  const anchor = inherited(text, 'textAnchor', 'text-anchor');
  const x = Number.parseFloat(text.getAttribute('x') ?? '') || 0;
  const y = Number.parseFloat(text.getAttribute('y') ?? '') || 0;
  const left = x - (anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0);
  const top = y - 0.8 * size;
  return { left, top, right: left + width, bottom: top + size * (0.2 + 1.3 * (Math.max(1, lines.length) - 1) + 0.8) };
}

type Place = (x: number, y: number) => readonly [number, number];

/** What an element's `transform` does to a point: the kinds that plotly writes. */
function placeOf(transform: string): Place {
  const steps = [...transform.matchAll(/(translate|rotate|scale)\(([^)]*)\)/g)].map(([, kind, list]): Place => {
    const [a = 0, b, c = 0] = (list as string).split(/[ ,]+/).map(Number);
    if (kind === 'translate') return (x, y) => [x + a, y + (b ?? 0)];
    if (kind === 'scale') return (x, y) => [x * a, y * (b ?? a)];
    const [cos, sin] = [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)];
    const [centerX, centerY] = [b ?? 0, c];
    return (x, y) => [centerX + cos * (x - centerX) - sin * (y - centerY), centerY + sin * (x - centerX) + cos * (y - centerY)];
  });
  // The last transform of the list comes first.
  steps.reverse();
  return (x, y) => {
    let point: readonly [number, number] = [x, y];
    for (const step of steps) point = step(point[0], point[1]);
    return point;
  };
}

/** The box around `box` after the transforms of `element` and its ancestors below `frame`. */
function moved(box: Box, element: Element, frame: Element | null): Box {
  let corners: (readonly [number, number])[] = [
    [box.left, box.top],
    [box.right, box.top],
    [box.left, box.bottom],
    [box.right, box.bottom],
  ];
  for (let node: Element | null = element; node !== null && node !== frame; node = node.parentElement) {
    const transform = node.getAttribute('transform');
    if (!transform) continue;
    const place = placeOf(transform);
    corners = corners.map(([x, y]) => place(x, y));
  }
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** The box of an element's texts, in the coordinates of `frame`: all that plotly measures are texts and groups of texts. */
function boxOf(element: Element, frame: Element | null): Box {
  const texts = element.nodeName === 'text' ? [element] : [...element.querySelectorAll('text')];
  const boxes = texts.filter((text) => text.textContent !== '').map((text) => moved(textBox(text), text, frame));
  if (boxes.length === 0) return { left: 0, top: 0, right: 0, bottom: 0 };
  return {
    left: Math.min(...boxes.map((box) => box.left)),
    top: Math.min(...boxes.map((box) => box.top)),
    right: Math.max(...boxes.map((box) => box.right)),
    bottom: Math.max(...boxes.map((box) => box.bottom)),
  };
}

/** The part of a canvas that plotly's heat maps use. */
class Canvas {
  fillStyle = '#000000';
  private pixels: Uint8ClampedArray;

  constructor(private readonly element: HTMLCanvasElement) {
    this.pixels = new Uint8ClampedArray(element.width * element.height * 4);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const color = this.fillStyle.match(/[\d.]+/g)?.map(Number) ?? [];
    if (!this.fillStyle.startsWith('rgb') || color.length < 3) {
      throw new Error(`Cannot draw a heat map: unexpected fill style ${JSON.stringify(this.fillStyle)}`);
    }
    const rgba = [color[0] as number, color[1] as number, color[2] as number, (color[3] ?? 1) * 255];
    for (let row = Math.max(0, Math.round(y)); row < Math.min(this.element.height, Math.round(y + height)); row++) {
      for (let column = Math.max(0, Math.round(x)); column < Math.min(this.element.width, Math.round(x + width)); column++) {
        this.pixels.set(rgba, (row * this.element.width + column) * 4);
      }
    }
  }

  createImageData(width: number, height: number): { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number } {
    return { data: new Uint8ClampedArray(width * height * 4), width, height };
  }

  putImageData(image: { readonly data: Uint8ClampedArray }): void {
    this.pixels = image.data;
  }

  toDataUrl(): string {
    return `data:image/png;base64,${encodePng(this.pixels, this.element.width, this.element.height).toString('base64')}`;
  }
}

/** Gives jsdom the measures and the canvas that plotly asks a browser for. */
function addShims(window: DOMWindow): void {
  const svg = window.SVGElement.prototype as unknown as Record<string, unknown>;
  svg.getBBox = function (this: Element): object {
    const { left, top, right, bottom } = boxOf(this, this);
    return { x: left, y: top, width: right - left, height: bottom - top };
  };
  svg.getComputedTextLength = function (this: Element): number {
    return lineWidth(this);
  };
  svg.getBoundingClientRect = function (this: Element): object {
    const box = boxOf(this, null);
    return { ...box, x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top };
  };
  window.URL.createObjectURL = () => '';
  const canvases = new WeakMap<HTMLCanvasElement, Canvas>();
  const canvas = window.HTMLCanvasElement.prototype as unknown as Record<string, unknown>;
  canvas.getContext = function (this: HTMLCanvasElement): Canvas {
    const context = new Canvas(this);
    canvases.set(this, context);
    return context;
  };
  canvas.toDataURL = function (this: HTMLCanvasElement): string {
    return (canvases.get(this) as Canvas).toDataUrl();
  };
}

/** The file of plotly.js that draws in Node and goes into HTML reports. */
export function plotlyPath(): string {
  return require.resolve('plotly.js-cartesian-dist-min');
}

let renderer: Renderer | undefined;

/** Loads jsdom and plotly, once: half a second that only those pay who draw. */
function loadRenderer(): Renderer {
  if (renderer === undefined) {
    const { JSDOM } = require('jsdom') as typeof import('jsdom');
    const { readFileSync } = require('node:fs') as typeof import('node:fs');
    const { window } = new JSDOM('<!doctype html><body></body>', { runScripts: 'outside-only' });
    addShims(window);
    window.eval(`var module = { exports: {} };${readFileSync(plotlyPath(), 'utf8')};window.Plotly = module.exports;`);
    renderer = { window, plotly: (window as unknown as { Plotly: Plotly }).Plotly };
  }
  return renderer;
}

/**
 * Draws a figure as SVG, without a browser or the network; the same figure gives the same text.
 *
 * @param width pixels
 */
export function renderSvg(figure: Figure, width: number): string {
  const { window, plotly } = loadRenderer();
  // Plotly names its clip paths by random numbers of the window's own `Math`: the same ones for each figure.
  let state = 1;
  (window.eval('Math') as Math).random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const data = JSON.stringify(figure.data);
  const draw = (layout: object): PlotElement => {
    const element = window.document.createElement('div') as unknown as PlotElement;
    window.document.body.append(element);
    // Plotly writes into what it is given: a copy.
    plotly.newPlot(element, JSON.parse(data), JSON.parse(JSON.stringify({ ...layout, width })), { staticPlot: true });
    element.remove();
    return element;
  };
  let layout = figure.layout as PlotLayout;
  if (layout.margin?.autoexpand !== false) {
    // A figure that lets plotly find its margins is drawn once to find them; with margins given, all is drawn when `newPlot` returns.
    const { l, r, t, b } = draw(layout)._fullLayout._size;
    layout = { ...layout, margin: { l, r, t, b, autoexpand: false } };
  }
  // Plotly's mark for a quote inside an attribute, which it takes out again only where a browser has put quotes around it.
  return plotly.Snapshot.toSVG(draw(layout), 'svg', 1).replace(/TOBESTRIPPED/g, "'");
}

/**
 * Draws a figure as a self-contained SVG text, without a browser or the network; the same figure gives the same text.
 *
 * @throws RangeError when `width` is not a positive number.
 */
export function figureToSvg(figure: Figure, options: SvgOptions = {}): string {
  const { width } = withDefaults<Required<SvgOptions>>('figureToSvg', options, { width: 800 });
  if (!(width > 0)) throw new RangeError(`Cannot draw a figure: width must be a positive number of pixels, got ${width}`);
  return renderSvg(figure, width);
}
