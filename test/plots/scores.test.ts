import { expect, test } from 'vitest';
import { type Score, scores } from '../../src/plots/scores';
import { checkFigure, countOf, textsOf } from './check-figure';

const rows: Score[] = ['happy', 'sad', 'tempo'].flatMap((task, t) =>
  ['single-task', 'hard'].map(
    (method, m): Score => ({
      task,
      method,
      value: 0.5 + 0.1 * t + 0.02 * m,
      low: 0.4 + 0.1 * t,
      high: 0.7 + 0.1 * t,
      ...(task === 'tempo' ? { metric: 'RMSE', better: 'lower' } : { metric: 'AUC' }),
    }),
  ),
);

test('scores: values and intervals are the given ones; dots of a task stay in its row', () => {
  const figure = scores(rows);
  for (const trace of figure.data) {
    const bars = trace.error_x as { array: number[]; arrayminus: number[] };
    for (const [index, text] of (trace.text as string[]).entries()) {
      const row = rows.find((one) => text.startsWith(`${one.method}, ${one.task}<br>`)) as Score;
      const value = (trace.x as number[])[index] as number;
      expect(value).toBe(row.value);
      expect(value - (bars.arrayminus[index] as number)).toBeCloseTo(row.low);
      expect(value + (bars.array[index] as number)).toBeCloseTo(row.high);
      const position = row.task === 'sad' ? 1 : 0;
      expect(Math.abs(((trace.y as number[])[index] as number) - position)).toBeLessThan(0.4);
    }
  }
});

test('scores: right is better: the axis of an error runs backwards', () => {
  const { layout } = scores(rows);
  const range = (name: string): number[] => (layout[name] as { range: number[] }).range;
  expect((range('xaxis')[0] as number) < (range('xaxis')[1] as number)).toBe(true);
  expect((range('xaxis2')[0] as number) > (range('xaxis2')[1] as number)).toBe(true);
});

test('scores: draws every score and names each method once in the legend', () => {
  const svg = checkFigure(scores(rows));
  expect(countOf(svg, 'point')).toBe(6);
  expect(textsOf(svg).filter((text) => text === 'hard')).toHaveLength(1);
  expect(textsOf(svg)).toContain('RMSE (lower is better: the axis runs backwards)');
  expect(() => scores([])).toThrow(RangeError);
});
