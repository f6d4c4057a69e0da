import { expect, test } from 'vitest';
import { toBundles } from '../../src/notebook/mime';
import { bars } from '../../src/plots/bars';

const text = (value: unknown, options = {}): string =>
  (toBundles(value, options) as readonly { 'text/plain': string }[])[0]?.['text/plain'] as string;

test('a figure, also one that came as plain JSON or from elsewhere, is a plotly bundle', () => {
  const figure = bars({ labels: ['a'], series: [{ name: 's', values: [1] }] });
  for (const value of [figure, JSON.parse(JSON.stringify(figure))]) {
    const [bundle] = toBundles(value) as readonly Record<string, unknown>[];
    expect(Object.keys(bundle ?? {})).toEqual(['application/vnd.plotly.v1+json', 'image/svg+xml', 'text/plain']);
    expect(bundle?.['text/plain']).toBe('s: a 1');
  }
  expect(text({ data: [], layout: { title: { text: 'Mine' } } })).toBe('Mine');
  expect(text({ data: [], layout: {} })).toBe('Figure');
});

test('what shows itself gives its own bundles: one, several, or later', async () => {
  const one = { 'text/plain': 'one' };
  const two = { 'text/plain': 'two' };
  class Result {
    readonly first = one;
    toMime(): object {
      return this.first;
    }
  }
  expect(toBundles(new Result())).toEqual([one]);
  expect(toBundles({ toMime: () => [one, two] })).toEqual([one, two]);
  expect(toBundles({ [Symbol.for('Jupyter.display')]: () => two })).toEqual([two]);
  expect(await toBundles({ toMime: async () => [one, two] })).toEqual([one, two]);
});

test('a danfojs frame is a table: its first rows, its labels where they say something', () => {
  const frame = {
    columns: ['x', 'y'],
    values: [
      [1, 'a'],
      [null, 'b'],
      [3, 'c'],
    ],
    shape: [3, 2],
    index: [0, 1, 2],
  };
  expect(text(frame, { rows: 2 })).toBe('x  y\n─  ─\n1  a\n   b\n1 more rows');
  expect(text({ ...frame, index: ['p', 'q', 'r'] })).toContain('p  1  a');
  const series = { columns: ['x'], values: [1, 2], shape: [2], index: [0, 1] };
  expect(text(series)).toBe('x\n─\n1\n2');
});

test('a real danfojs frame', async () => {
  const { DataFrame } = await import('danfojs-node');
  const frame = new DataFrame({ name: ['a', 'b'], score: [0.5, 1] });
  expect(text(frame)).toBe('name  score\n────  ─────\na       0.5\nb         1');
  expect(toBundles(frame)).toMatchObject([{ 'text/html': expect.stringContaining('<table') }]);
});

test('plain tables and records are tables', () => {
  expect(text({ columns: ['a'], rows: [['x']] })).toBe('a\n─\nx');
  expect(text([{ a: 1 }, { b: new Date(0), a: 2 }])).toBe('a  b\n─  ────────────────────────\n1\n2  1970-01-01T00:00:00.000Z');
  expect(text([{ a: [1, 2] }])).toContain('[ 1, 2 ]');
  expect(text(Array.from({ length: 30 }, (_, a) => ({ a })))).toContain('10 more rows');
});

test('anything else is text', () => {
  expect([text('as it is'), text(3), text(null), text([1, 2]), text({ a: 1 })]).toEqual(['as it is', '3', 'null', '[ 1, 2 ]', '{ a: 1 }']);
});

test('bad input', () => {
  expect(() => toBundles(Promise.resolve(1))).toThrow(
    new TypeError('Cannot show a promise: await it first, as in show(await compare(...))'),
  );
  expect(() => toBundles('x', { rows: 0 })).toThrow(RangeError);
  expect(() => toBundles('x', { row: 3 } as object)).toThrow('did you mean "rows"?');
});
