import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { htmlTable, textTable } from '../../src/plots/table';

const table = {
  title: 'Results <1>',
  columns: ['method', 'AUC', 'note'],
  rows: [
    ['single-task', 0.81234, null],
    ['hard & soft', 0.9, '<b>bold</b>'],
  ],
  notes: ['a note'],
  total: 5,
} as const;

test('textTable: aligned columns, numbers to the right', () => {
  expect(textTable(table)).toBe(
    [
      'Results <1>',
      'method          AUC  note',
      '───────────  ──────  ───────────',
      'single-task  0.8123',
      'hard & soft     0.9  <b>bold</b>',
      '3 more rows',
      'a note',
    ].join('\n'),
  );
});

test('textTable: counts characters, not code units, and keeps a cell on its line', () => {
  expect(
    textTable({
      columns: ['a', 'b'],
      rows: [
        ['😀é', 'x'],
        ['abc', 'y\nz'],
      ],
    }),
  ).toBe('a    b\n───  ───\n😀é   x\nabc  y z');
});

test('htmlTable: escapes every text, aligns, and names no color of its own', () => {
  const html = htmlTable(table);
  const { document } = new JSDOM(html).window;
  expect([...document.querySelectorAll('th')].map((cell) => cell.textContent)).toEqual(table.columns);
  expect([...document.querySelectorAll('td')].map((cell) => cell.textContent)).toEqual([
    'single-task',
    '0.8123',
    '',
    'hard & soft',
    '0.9',
    '<b>bold</b>',
  ]);
  expect(document.querySelectorAll('td b')).toHaveLength(0);
  expect([...document.querySelectorAll('td')].map((cell) => cell.style.textAlign).slice(0, 2)).toEqual(['left', 'right']);
  expect(document.body.textContent).toContain('3 more rows');
  expect(html).not.toMatch(/#[0-9a-f]{3}|rgb|background/i);
});

test('tables: a row of another length is an error', () => {
  const bad = { columns: ['a'], rows: [['x'], ['y', 'z']] };
  expect(() => textTable(bad)).toThrow(new TypeError('Cannot print a table: row 1 has 2 cells, expected 1 (one a column)'));
  expect(() => htmlTable(bad)).toThrow(TypeError);
  expect(textTable({ columns: [], rows: [] })).toBe('\n');
});

test('htmlTable: an interval, a percentage and counts are not broken over lines', () => {
  const html = htmlTable({ columns: ['a / b', 'c'], rows: [['1.5 % [-1 %, 4 %]', '0 / 12 / 3']] });
  expect(html).toContain('1.5\u00a0% [-1\u00a0%,\u00a04\u00a0%]');
  expect(html).toContain('0\u00a0/\u00a012\u00a0/\u00a03');
  expect(html).toContain('a / b');
});

test('a text table shows control characters instead of sending them to the terminal', () => {
  const text = textTable({
    title: '\u001b]0;title\u0007',
    columns: ['a\u001b[31m', 'b'],
    rows: [['\u009bx', '\u202egnp.exe']],
    notes: ['\u0000'],
  });
  expect([...text].filter((c) => c !== '\n' && (c < ' ' || (c >= '\u007f' && c <= '\u009f') || c === '\u202e'))).toEqual([]);
  expect(text).toContain('a\\x1b[31m');
  expect(text).toContain('\\x9bx');
  expect(text).toContain('\\u202egnp.exe');
});

test('a text table of 200,000 rows is written', () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => [i, `r${i}`]);
  const lines = textTable({ columns: ['n', 'name'], rows }).split('\n');
  expect(lines).toHaveLength(200_002);
  expect(lines.at(-1)).toBe('199999  r199999');
});
