import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pareto, paretoFront } from '../../src/plots/pareto';
import { checkFigure, countOf, textsOf, traces } from './check-figure';

const higher = (name: string) => ({ name, better: 'higher' }) as const;

test('paretoFront: points on a falling line are all on the front, of a rising line only the best', () => {
  const line = [0, 1, 2, 3];
  expect(
    paretoFront(
      line.map((v) => [v, -v]),
      [higher('a'), higher('b')],
    ),
  ).toEqual([true, true, true, true]);
  expect(
    paretoFront(
      line.map((v) => [v, v]),
      [higher('a'), higher('b')],
    ),
  ).toEqual([false, false, false, true]);
  expect(
    paretoFront(
      line.map((v) => [v, v]),
      [higher('a'), { name: 'b', better: 'lower' }],
    ),
  ).toEqual([true, true, true, true]);
  expect(
    paretoFront(
      [
        [1, 1],
        [1, 1],
      ],
      [higher('a'), higher('b')],
    ),
  ).toEqual([true, true]);
});

test('paretoFront: the best of any weighted sum with positive weights is on the front', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
        minLength: 1,
      }),
      fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
      (points, weights) => {
        const sums = points.map((point) => point.reduce((sum, value, axis) => sum + value * (weights[axis] as number), 0));
        expect(paretoFront(points, ['a', 'b', 'c'].map(higher))[sums.indexOf(Math.max(...sums))]).toBe(true);
      },
    ),
  );
});

const points = [
  { method: 'hard', values: [0.7, 2, 5, 1], note: 'weight 0.5' },
  { method: 'hard', values: [0.8, 3, 5, 1] },
  { method: 'mmoe', values: [0.6, 3, 4, 0] },
];

test('pareto: two objectives in a plane, right and up better, full markers on the front', () => {
  const figure = pareto({
    objectives: [higher('AUC'), { name: 'RMSE', better: 'lower' }],
    points: points.map((point) => ({ ...point, values: point.values.slice(0, 2) })),
  });
  expect(figure.layout.yaxis).toMatchObject({ autorange: 'reversed' });
  expect(figure.layout.xaxis).not.toHaveProperty('autorange');
  expect(traces(figure, { name: 'hard' })[0]?.marker).toMatchObject({ symbol: ['circle', 'circle'] });
  expect(traces(figure, { name: 'mmoe' })[0]?.marker).toMatchObject({ symbol: ['square-open'] });
  expect(figure.text).toBe('Pareto plot of AUC, RMSE: 2 of 3 points on the front');
  const svg = checkFigure(figure);
  expect(countOf(svg, 'point')).toBe(3);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['AUC (higher is better)', 'RMSE (lower is better)', 'hard', 'mmoe']));
});

test('pareto: three objectives as a panel per pair', () => {
  const figure = pareto({
    objectives: ['a', 'b', 'c'].map(higher),
    points: points.map((point) => ({ ...point, values: point.values.slice(0, 3) })),
  });
  const svg = checkFigure(figure);
  expect(countOf(svg, 'point')).toBe(9);
  expect(textsOf(svg).filter((text) => text === 'hard')).toHaveLength(1);
});

test('pareto: more objectives as parallel coordinates, the best on top of each axis', () => {
  const figure = pareto({ objectives: [...['a', 'b', 'c'].map(higher), { name: 'd', better: 'lower' as const }], points });
  const line = traces(figure, { name: 'mmoe' })[0];
  expect(line?.y).toEqual([0, 1, 0, 1]);
  const svg = checkFigure(figure);
  expect(countOf(svg, 'js-line')).toBe(3);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['a', 'd', '0.8', '0.6']));
});

test('pareto: bad input', () => {
  expect(() => pareto({ objectives: [higher('a')], points })).toThrow('1 objectives, expected at least 2');
  expect(() => pareto({ objectives: [higher('a'), higher('b')], points })).toThrow('points[0].values has length 4, expected 2');
});
