import { expect, test } from 'vitest';
import { gates } from '../../src/plots/gates';
import { checkFigure, textsOf } from './check-figure';

test('gates: shares with each gate’s evenness, its entropy over that of an even gate', () => {
  const figure = gates({
    tasks: ['even', 'two of four', 'one alone'],
    experts: ['e1', 'e2', 'e3', 'e4'],
    use: [
      [0.25, 0.25, 0.25, 0.25],
      [0.5, 0.5, 0, 0], // log 2 / log 4
      [0, 1, 0, 0],
    ],
  });
  expect(figure.data[0]).toMatchObject({ zmin: 0, zmax: 1 });
  expect(textsOf(checkFigure(figure))).toEqual(expect.arrayContaining(['even (1)', 'two of four (0.5)', 'one alone (0)', 'e4', '0.25']));
});

test('gates: a long task name keeps its evenness', () => {
  const figure = gates({ tasks: ['x'.repeat(40)], experts: ['a', 'b'], use: [[1, 0]] });
  expect((figure.layout.yaxis as { ticktext: string[] }).ticktext[0]).toMatch(/^x+… \(0\)$/);
});
