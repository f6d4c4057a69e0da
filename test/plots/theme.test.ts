import { expect, test } from 'vitest';
import { fade, palette, seriesStyle } from '../../src/plots/theme';

/** Relative luminance (WCAG 2.1). */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(color.slice(start, start + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test('every color of the palette stands out from white', () => {
  for (const color of palette) expect(1.05 / (luminance(color) + 0.05)).toBeGreaterThan(2.2);
});

test('no two of the first 32 series look the same', () => {
  const styles = Array.from({ length: 32 }, (_, index) => JSON.stringify(seriesStyle(index)));
  expect(new Set(styles).size).toBe(32);
  expect(fade('#0a10ff', 0.5)).toBe('rgba(10,16,255,0.5)');
});
