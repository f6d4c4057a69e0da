import { expect, test } from 'vitest';
import { matrix } from '../../src/plots/matrix';
import { checkFigure, textsOf } from './check-figure';

const input = {
  rows: ['happy', 'sad'],
  columns: ['happy', 'sad', 'quiet'],
  values: [
    [0, 0.5, -0.25],
    [-1, Number.NaN, 0.125],
  ],
};

test('matrix: numbers in cells, colors symmetric around zero, first row on top', () => {
  const figure = matrix(input, { title: 'Affinity', unit: 'gain' });
  expect(figure.data[0]).toMatchObject({
    zmin: -1,
    zmax: 1,
    z: [
      [0, 0.5, -0.25],
      [-1, null, 0.125],
    ],
  });
  expect(figure.layout.yaxis).toMatchObject({ range: [1.5, -0.5] });
  expect(figure.text).toBe('Affinity: 2 x 3, from -1 to 0.5');
  const texts = textsOf(checkFigure(figure));
  expect(texts).toEqual(expect.arrayContaining(['happy', 'sad', 'quiet', '0.5', '-0.25', '-1', '0.13', 'gain']));
});

test('matrix: intervals below the numbers, bold where they exclude the middle', () => {
  const low = input.values.map((row) => row.map((value) => value - 0.3));
  const high = input.values.map((row) => row.map((value) => value + 0.3));
  const text = matrix({ ...input, low, high }).data[0]?.text as string[][];
  expect(text[0]).toEqual(['0<br>[-0.3, 0.3]', '<b>0.5</b><br>[0.2, 0.8]', '-0.25<br>[-0.55, 0.05]']);
  expect(text[1]?.[1]).toBe('');
  checkFigure(matrix({ ...input, low, high }));
});

test('matrix: small values keep their digits, and many columns show no numbers', () => {
  const small = matrix({ rows: ['a'], columns: ['b', 'c'], values: [[0.0123, -0.04]] }).data[0]?.text;
  expect(small).toEqual([['0.012', '-0.04']]);
  const names = Array.from({ length: 30 }, (_, index) => `a task with a long name ${index}`);
  const figure = matrix({ rows: names, columns: names, values: names.map((_, i) => names.map((_, j) => i - j)) });
  expect(figure.data[0]).not.toHaveProperty('text');
  checkFigure(figure);
});

test('matrix: without a middle, colors run from little to much', () => {
  expect(matrix(input, { middle: null }).data[0]).toMatchObject({ zmin: -1, zmax: 0.5 });
  expect(matrix({ ...input, values: input.values.map((row) => row.map(() => 2)) }, { middle: null }).data[0]).toMatchObject({
    zmin: 1.5,
    zmax: 2.5,
  });
});

test('matrix: bad input', () => {
  expect(() => matrix({ ...input, values: [[1, 2, 3]] })).toThrow(new TypeError('Cannot draw a matrix: values has length 1, expected 2'));
  expect(() => matrix({ ...input, low: [[1], [2]] })).toThrow('low[0] has length 1, expected 3');
  expect(() => matrix({ rows: [], columns: [], values: [] })).toThrow(RangeError);
});
