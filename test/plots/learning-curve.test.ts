import { expect, test } from 'vitest';
import { learningCurve } from '../../src/plots/learning-curve';
import { checkFigure, countOf, textsOf } from './check-figure';

const curve = { method: 'hard', sizes: [50, 100, 200], scores: [0.6, 0.7, 0.75], low: [0.5, 0.65, 0.7], high: [0.65, 0.75, 0.8] };

test('learningCurve: up is better, for errors too', () => {
  expect(learningCurve([curve]).layout.yaxis).not.toHaveProperty('autorange');
  expect(learningCurve([curve], { better: 'lower', metric: 'RMSE' }).layout.yaxis).toMatchObject({ autorange: 'reversed' });
});

test('learningCurve: points and bands of every method, a panel per task', () => {
  const figure = learningCurve([
    { ...curve, task: 'happy' },
    { ...curve, task: 'sad', method: 'single-task' },
  ]);
  expect(figure.data.map((trace) => trace.xaxis)).toEqual(['x', 'x2', 'x', 'x2']);
  expect(figure.data[0]?.y).toEqual([...curve.high, ...[...curve.low].reverse()]);
  const svg = checkFigure(figure);
  expect(countOf(svg, 'point')).toBe(6);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['happy', 'sad', '50', '200', 'training rows']));
  expect(() => learningCurve([{ ...curve, low: [1] }])).toThrow('low has length 1, expected 3');
});
