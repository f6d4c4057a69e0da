import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hypervolume } from '../../../src/study/statistics/hypervolume';
import expected from './expected/statistics.json';

test('hypervolume equals moocore, with duplicates and points beyond the reference', () => {
  for (const c of expected.hypervolume) {
    expect(hypervolume(c.points, c.reference)).toBeCloseTo(c.value, 12);
    const turned = c.points.map((point) => point.map((v) => 1 - v));
    expect(
      hypervolume(
        turned,
        c.reference.map(() => 0),
        'higher',
      ),
    ).toBeCloseTo(c.value, 12);
  }
});

const grid = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }), { maxLength: 8 });

test('hypervolume counts the dominated cells of a grid', () => {
  fc.assert(
    fc.property(grid, (points) => {
      let cells = 0;
      for (let x = 0; x < 4; x++)
        for (let y = 0; y < 4; y++) for (let z = 0; z < 4; z++) if (points.some(([a, b, c]) => a! <= x && b! <= y && c! <= z)) cells++;
      return hypervolume(points, [4, 4, 4]) === cells;
    }),
  );
});

test('hypervolume of one objective, of nothing, and what it refuses', () => {
  expect(hypervolume([[1], [3], [6]], [5])).toBe(4);
  expect(hypervolume([], [1, 1])).toBe(0);
  expect(() => hypervolume([[1, 2, 3, 4]], [1, 1, 1, 1])).toThrow(/1 to 3 objectives/);
  expect(() => hypervolume([[1]], [1, 1])).toThrow(/point 0 has 1 objectives/);
});
