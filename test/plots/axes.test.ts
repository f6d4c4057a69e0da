import { expect, test } from 'vitest';
import { gridHeight, intervalBars, nameAxis, nameWidth, paddedRange, panels, requireLength, requireSome } from '../../src/plots/axes';

test('panels tile the height by pixels, from the top left, without overlap', () => {
  const grid = { count: 5, columns: 2, rowHeights: [100, 50, 50], gap: 25, columnGap: 0.1 };
  expect(gridHeight(grid)).toBe(250);
  const places = panels(grid);
  expect(places.map(({ x, y, xKey, yKey, row, column }) => [x, y, xKey, yKey, row, column])).toEqual([
    ['x', 'y', 'xaxis', 'yaxis', 0, 0],
    ['x2', 'y2', 'xaxis2', 'yaxis2', 0, 1],
    ['x3', 'y3', 'xaxis3', 'yaxis3', 1, 0],
    ['x4', 'y4', 'xaxis4', 'yaxis4', 1, 1],
    ['x5', 'y5', 'xaxis5', 'yaxis5', 2, 0],
  ]);
  const heights = places.map(({ yDomain: [low, high] }) => (high - low) * 250);
  for (const [index, height] of [100, 100, 50, 50, 50].entries()) expect(heights[index]).toBeCloseTo(height);
  expect(places[0]?.xDomain).toEqual([0, 0.45]);
  expect(places[1]?.xDomain[0]).toBeCloseTo(0.55);
  expect((places[0]?.yDomain[0] as number) - (places[2]?.yDomain[1] as number)).toBeCloseTo(0.1);
});

test('intervalBars are the distances to the ends', () => {
  expect(intervalBars([1, 2], [0.5, 1], [1.25, 4])).toMatchObject({ array: [0.25, 2], arrayminus: [0.5, 1], symmetric: false });
});

test('nameAxis puts the first name on top and escapes names', () => {
  expect(nameAxis(['a<b', 'c'])).toMatchObject({ tickvals: [0, 1], ticktext: ['a&lt;b', 'c'], range: [1.5, -0.5] });
  expect(nameWidth(['a long name of a task'])).toBeGreaterThan(nameWidth(['short']));
});

test('paddedRange ignores what is not finite', () => {
  const [low, high] = paddedRange([1, Number.NaN, 3, Number.POSITIVE_INFINITY]);
  expect(low).toBeCloseTo(1 - 0.12);
  expect(high).toBeCloseTo(3 + 0.12);
  expect(paddedRange([])).toEqual([-1, 1]);
  const [from, to] = paddedRange([2]);
  expect(from).toBeLessThan(2);
  expect(to).toBeGreaterThan(2);
});

test('errors say what was drawn, what was got and expected', () => {
  expect(() => requireSome('gains', [], 'rows')).toThrow(new RangeError('Cannot draw gains: rows is empty, expected at least one'));
  expect(() => requireLength('bars', 'values', [1], 2)).toThrow(new TypeError('Cannot draw bars: values has length 1, expected 2'));
  expect(() => requireLength('bars', 'low', undefined, 2)).not.toThrow();
});
