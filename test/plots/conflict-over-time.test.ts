import { expect, test } from 'vitest';
import { conflictOverTime } from '../../src/plots/conflict-over-time';
import { checkFigure, countOf, textsOf } from './check-figure';

const steps = [0, 1, 2, 3];

test('conflictOverTime: lines within [-1, 1] around a zero line, and the share below it', () => {
  const figure = conflictOverTime([
    { name: 'happy/sad', steps, cosine: [0.5, -0.1, -0.2, 0.3] },
    { name: 'happy/quiet', steps, cosine: [0.5, 0.1, 0.2, 0.3], low: [0.4, 0, 0.1, 0.2], high: [0.6, 0.2, 0.3, 0.4] },
  ]);
  expect(figure.text).toBe('Gradient cosines over training: 25 % below zero');
  expect(figure.layout.yaxis).toMatchObject({ range: [-1.05, 1.05] });
  expect(figure.layout.shapes).toMatchObject([{ y0: 0, y1: 0 }]);
  const svg = checkFigure(figure);
  expect(countOf(svg, 'js-line')).toBe(3);
  expect(textsOf(svg)).toContain('happy/sad');
});

test('conflictOverTime: histories of one panel are drawn together', () => {
  const figure = conflictOverTime(
    ['layer 1', 'layer 2'].flatMap((panel) => ['a', 'b'].map((name) => ({ name, panel, steps, cosine: steps }))),
  );
  expect(figure.data.map((trace) => trace.xaxis)).toEqual(['x', 'x', 'x2', 'x2']);
  expect(() => conflictOverTime([])).toThrow(RangeError);
});
