import { expect, test } from 'vitest';
import { fade, palette, seriesStyle } from '../../src/plots/theme';
import { luminance } from './check-figure';

test('every color of the palette stands out from white', () => {
  for (const color of palette) expect(1.05 / (luminance(color) + 0.05)).toBeGreaterThan(2.2);
});

test('no two of the first 32 series look the same', () => {
  const styles = Array.from({ length: 32 }, (_, index) => JSON.stringify(seriesStyle(index)));
  expect(new Set(styles).size).toBe(32);
  expect(fade('#0a10ff', 0.5)).toBe('rgba(10,16,255,0.5)');
});
