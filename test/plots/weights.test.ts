import { expect, test } from 'vitest';
import { weights } from '../../src/plots/weights';
import { checkFigure, countOf, textsOf } from './check-figure';

const history = {
  method: 'uncertainty',
  steps: [0, 10],
  tasks: ['happy', 'sad'],
  weights: [
    [1, 0.5],
    [1, 1.5],
  ],
};

test('weights: a line per task, a panel per method', () => {
  const figure = weights([history, { ...history, method: 'gradnorm' }], { unit: 'epoch' });
  expect(figure.data.map((trace) => trace.y)).toEqual([...history.weights, ...history.weights]);
  const svg = checkFigure(figure);
  expect(countOf(svg, 'js-line')).toBe(4);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['uncertainty', 'gradnorm', 'happy', 'sad', 'epoch', 'weight']));
});

test('weights: bad input', () => {
  expect(() => weights([])).toThrow(RangeError);
  expect(() => weights([{ ...history, weights: [[1, 2]] }])).toThrow('y has length 0, expected 2');
});
