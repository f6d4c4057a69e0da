import { expect, test } from 'vitest';
import { conflict } from '../../src/plots/conflict';
import { checkFigure, textsOf } from './check-figure';

test('conflict: colors span [-1, 1], and the line names the strongest conflict', () => {
  const figure = conflict({
    tasks: ['happy', 'sad', 'quiet'],
    cosine: [
      [1, -0.6, 0.2],
      [-0.6, 1, -0.1],
      [0.2, -0.1, 1],
    ],
  });
  expect(figure.data[0]).toMatchObject({ zmin: -1, zmax: 1 });
  expect(figure.text).toBe('Gradient conflict between tasks: strongest between happy and sad, cosine -0.6');
  expect(textsOf(checkFigure(figure))).toContain('-0.6');
});

test('conflict: one task conflicts with none', () => {
  expect(conflict({ tasks: ['a'], cosine: [[1]] }).text).toBe('Gradient conflict between tasks: 1 x 1, from 1 to 1');
  expect(() => conflict({ tasks: ['a', 'b'], cosine: [[1]] })).toThrow(TypeError);
});
