import { expect, test } from 'vitest';
import { trajectories } from '../../src/plots/trajectories';
import { checkFigure, countOf, textsOf, traces } from './check-figure';

const axis = [-1, 0, 1, 2];
const surface = { x: axis, y: axis, z: axis.map((y) => axis.map((x) => x * x + y * y)) };
const path = (name: string) => ({ name, points: Array.from({ length: 1000 }, (_, step) => [step / 500, Math.cos(step / 20)] as const) });

test('trajectories: contours, a line with start and end per path, targets and front', () => {
  const figure = trajectories(
    {
      surface,
      paths: [path('sum'), path('pcgrad')],
      targets: [[0, 0]],
      front: [
        [0, 0],
        [1, 1],
      ],
    },
    { xTitle: 'θ1' },
  );
  const [sum] = traces(figure, { type: 'scatter', name: 'sum', mode: 'lines' });
  const ends = traces(figure, { type: 'scatter', name: 'sum', mode: 'markers' })[0];
  expect(ends).toMatchObject({ x: [0, 1.998], y: [1, Number(Math.cos(999 / 20).toPrecision(4))] });
  expect((sum as { x?: number[] }).x?.at(-1)).toBe(1.998);
  const svg = checkFigure(figure);
  expect(countOf(svg, 'contourlevel')).toBeGreaterThan(5);
  expect(countOf(svg, 'js-line')).toBe(3);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['sum', 'pcgrad', 'optimum', 'Pareto set', 'θ1']));
});

test('trajectories: no surface is needed, but its shape must fit', () => {
  checkFigure(trajectories({ paths: [path('sum')] }));
  expect(() => trajectories({ surface: { ...surface, z: [[1]] }, paths: [path('a')] })).toThrow('surface.z has length 1, expected 4');
  expect(() => trajectories({ paths: [] })).toThrow(RangeError);
});
