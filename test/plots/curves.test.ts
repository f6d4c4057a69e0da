import { expect, test } from 'vitest';
import { curves } from '../../src/plots/curves';
import { checkFigure, textsOf, traces } from './check-figure';

const epochs = [1, 2, 3];

test('curves: mean and sample standard deviation over the seeds; one that stopped early keeps its last value', () => {
  const figure = curves([
    {
      task: 'a',
      method: 'hard',
      part: 'validation',
      epochs,
      runs: [
        [1, 5, 4],
        [3, 8],
        [5, 11, Number.NaN],
      ],
    },
    {
      task: 'a',
      method: 'hard',
      part: 'train',
      epochs,
      runs: [
        [1, 1, 1],
        [0, 0, 0],
      ],
    },
  ]);
  const [validation, train] = traces(figure, { mode: 'lines', fill: undefined });
  expect(validation).toMatchObject({ x: [1, 2, 3], y: [3, 8, 6], line: { dash: 'solid' }, showlegend: true });
  expect(train).toMatchObject({ y: [0.5, 0.5, 0.5], line: { dash: 'dot' }, showlegend: false });
  // sd of 1, 3, 5 is 2; of 5, 8, 11 is 3; of 4 and 8 (the seed that stopped after two points) it is the root of 8 (figures keep 4 digits).
  const band = traces(figure, { fill: 'toself' })[0]?.y as number[];
  for (const [i, edge] of [5, 11, 6 + Math.sqrt(8), 6 - Math.sqrt(8), 5, 1].entries()) expect(band[i]).toBeCloseTo(edge, 2);
});

test('curves: a panel per task, and one seed needs no band', () => {
  const figure = curves(
    ['happy', 'sad'].map((task) => ({ task, method: 'hard', part: 'validation' as const, epochs, runs: [[3, 2, 1]] })),
    { metric: 'AUC' },
  );
  expect(traces(figure, { fill: 'toself' })).toHaveLength(0);
  expect(traces(figure, { fill: undefined })[0]).toMatchObject({ line: { dash: 'solid' } });
  expect(textsOf(checkFigure(figure))).toEqual(expect.arrayContaining(['happy', 'sad', 'epoch', 'AUC']));
});

test('curves: training alone is what matters, in lines with names', () => {
  const figure = curves([{ task: 'a', method: 'hard', part: 'train', epochs, runs: [[3, 2, 1]] }]);
  expect(traces(figure, { mode: 'lines', fill: undefined })[0]).toMatchObject({ line: { dash: 'solid' }, showlegend: true });
  expect(textsOf(checkFigure(figure)).join()).toContain('On the training rows');
});

test('curves: bad input', () => {
  expect(() => curves([])).toThrow(RangeError);
  expect(() => curves([{ task: 'a', method: 'm', part: 'train', epochs: [1], runs: [[1, 2]] }])).toThrow(
    new TypeError('Cannot draw curves: a run of "m" has 2 points for 1 epochs'),
  );
});
