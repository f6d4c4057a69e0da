import { expect, test } from 'vitest';
import { bars } from '../../src/plots/bars';
import { checkFigure, countOf, textsOf } from './check-figure';

test('bars: one series with its numbers at the ends', () => {
  const figure = bars({ labels: ['hard', 'mmoe'], series: [{ name: 'seconds', values: [1.5, 20] }] }, { unit: 's' });
  expect(figure.text).toBe('seconds: hard 1.5, mmoe 20');
  const svg = checkFigure(figure);
  expect(countOf(svg, 'point')).toBe(2);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['hard', 'mmoe', '1.5', '20', 's']));
});

test('bars: groups with intervals, first label on top', () => {
  const series = ['train', 'test'].map((name) => ({ name, values: [0.5, 0.6], low: [0.4, 0.55], high: [0.7, 0.65] }));
  const figure = bars({ labels: ['a', 'b'], series }, { title: 'Gap', log: true });
  const error = figure.data[0]?.error_x as { array: number[]; arrayminus: number[] };
  expect(error.array.map((distance, index) => distance + ([0.5, 0.6][index] as number))).toEqual([0.7, 0.65]);
  expect(error.arrayminus).toEqual([0.1, 0.05]);
  expect(figure.layout.yaxis).toMatchObject({ range: [1.5, -0.5], ticktext: ['a', 'b'] });
  expect(figure.layout.xaxis).toMatchObject({ type: 'log' });
  const svg = checkFigure(figure);
  expect(countOf(svg, 'point')).toBe(4);
  expect(countOf(svg, 'xerror')).toBe(4);
});

test('bars: bad input', () => {
  expect(() => bars({ labels: ['a'], series: [] })).toThrow(RangeError);
  expect(() => bars({ labels: ['a'], series: [{ name: 's', values: [] }] })).toThrow(
    'Cannot draw bars of "s": values has length 0, expected 1',
  );
});
