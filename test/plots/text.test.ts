import { expect, test } from 'vitest';
import { clip, escapeHtml, formatInterval, formatNumber, label, textWidth, wrap } from '../../src/plots/text';

test('textWidth is within 10 % of Liberation Sans (Arial metrics)', () => {
  // Widths in em, by Pillow's ImageFont.getlength on LiberationSans-Regular.ttf at 100 px.
  const measured: readonly (readonly [string, number])[] = [
    ['Gain over single-task', 9.3925],
    ['transcription factors & DNA', 12.059],
    ['hard + uncertainty', 8.032],
    ['MMoE (4 experts)', 7.946],
    ['0.123 [-0.045, 0.301]', 9.229],
  ];
  for (const [text, em] of measured) expect(Math.abs(textWidth(text, 1) / em - 1)).toBeLessThan(0.1);
  expect(textWidth('abc', 24)).toBeCloseTo(2 * textWidth('abc', 12));
});

test('formatNumber keeps significant digits and names what is no number', () => {
  expect([0.123456, 1234.56, 12, 1e7, 1.5e-6, 0, -0, Number.NaN, Number.POSITIVE_INFINITY].map((x) => formatNumber(x))).toEqual([
    '0.123',
    '1230',
    '12',
    '1.00e+7',
    '1.50e-6',
    '0',
    '0',
    'n/a',
    '∞',
  ]);
  expect(formatInterval(-0.01234, 2)).toBe('[-0.0123, 2]');
});

test('labels are shortened by characters, then escaped', () => {
  expect(clip('abcdef', 6)).toBe('abcdef');
  expect(clip('abcdefg', 6)).toBe('abcde…');
  expect(clip('😀😀😀', 2)).toBe('😀…');
  expect(label('<b>&', 4)).toBe('&lt;b&gt;&amp;');
  expect(escapeHtml('"')).toBe('&quot;');
});

test('wrap breaks at spaces only', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('incomprehensible', 5)).toEqual(['incomprehensible']);
});
