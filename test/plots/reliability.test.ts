import { expect, test } from 'vitest';
import { reliability } from '../../src/plots/reliability';
import { checkFigure, countOf, textsOf } from './check-figure';

const curve = { method: 'hard', predicted: [0.1, 0.5, 0.9], observed: [0.2, 0.5, 0.8], counts: [10, 20, 30] };

test('reliability: points with intervals over the diagonal, rows below, error beside the name', () => {
  const low = [0.1, 0.4, 0.6];
  const high = [0.4, 0.6, 0.9];
  const figure = reliability([
    { ...curve, low, high, error: 0.0321 },
    { ...curve, method: 'mmoe' },
  ]);
  expect(figure.data[0]).toMatchObject({ x: curve.predicted, y: curve.observed });
  const bars = figure.data[0]?.error_y as { array: number[]; arrayminus: number[] };
  expect(curve.observed.map((value, bin) => value + (bars.array[bin] as number))).toEqual(high);
  expect(figure.data[1]?.y).toEqual(curve.counts);
  expect(figure.layout.shapes).toMatchObject([{ x0: 0, y0: 0, x1: 1, y1: 1 }]);
  const svg = checkFigure(figure);
  expect(countOf(svg, 'yerror')).toBe(3);
  expect(countOf(svg, 'point')).toBe(6);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['hard (error 0.032)', 'mmoe', 'predicted probability', 'rows']));
});

test('reliability: bad input', () => {
  expect(() => reliability([])).toThrow(RangeError);
  expect(() => reliability([{ ...curve, counts: [1] }])).toThrow('Cannot draw the reliability of "hard": counts has length 1, expected 3');
});
