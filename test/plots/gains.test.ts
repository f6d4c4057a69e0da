import { expect, test } from 'vitest';
import type { Figure } from '../../src/plots/figure';
import { type Gain, gains } from '../../src/plots/gains';
import { checkFigure, countOf, textsOf, traces } from './check-figure';

const rows: Gain[] = [
  { task: 'happy', method: 'hard', effect: 0.02, low: 0.01, high: 0.04, verdict: 'positive', metric: 'AUC' },
  { task: 'sad', method: 'hard', effect: -0.03, low: -0.05, high: -0.01, verdict: 'negative', metric: 'AUC' },
  { task: 'happy', method: 'mmoe', effect: 0.001, low: -0.002, high: 0.003, verdict: 'none', metric: 'AUC' },
  { task: 'sad', method: 'mmoe', effect: 0.01, low: -0.02, high: 0.05, verdict: 'unclear', metric: 'AUC' },
  { task: 'tempo', method: 'hard', effect: -2, low: -3, high: -1.5, verdict: 'positive', metric: 'RMSE', better: 'lower' },
  {
    task: 'tempo',
    method: 'mmoe',
    effect: Number.NaN,
    low: Number.NaN,
    high: Number.NaN,
    verdict: 'unclear',
    metric: 'RMSE',
    better: 'lower',
  },
];

/** Value and interval ends of the mark of one method on one task, read back from the figure. */
function markOf(figure: Figure, method: string, task: string): { value: number; low: number; high: number; name: string } {
  for (const trace of figure.data) {
    const index = (trace.text as string[]).findIndex((text) => text.startsWith(`${method}, ${task}<br>`));
    if (index < 0) continue;
    const value = (trace.x as number[])[index] as number;
    const bars = trace.error_x as { array: number[]; arrayminus: number[] };
    return {
      value,
      low: value - (bars.arrayminus[index] as number),
      high: value + (bars.array[index] as number),
      name: trace.name as string,
    };
  }
  throw new Error(`no mark of ${method} on ${task}`);
}

test('gains: interval bars are the given intervals, and the verdict is the mark', () => {
  const figure = gains(rows);
  for (const row of rows.slice(0, 4)) {
    const mark = markOf(figure, row.method, row.task);
    expect(mark.value).toBeCloseTo(row.effect, 6);
    expect(mark.low).toBeCloseTo(row.low, 6);
    expect(mark.high).toBeCloseTo(row.high, 6);
  }
  expect(markOf(figure, 'hard', 'happy').name).toBe('positive transfer');
  expect(markOf(figure, 'hard', 'sad').name).toBe('negative transfer');
  expect(markOf(figure, 'mmoe', 'happy').name).toBe('no transfer');
  expect(markOf(figure, 'mmoe', 'sad').name).toBe('not enough evidence');
});

test('gains: of a metric that is better when lower, a fall is drawn to the right', () => {
  const mark = markOf(gains(rows), 'hard', 'tempo');
  expect([mark.value, mark.low, mark.high]).toEqual([2, 1.5, 3]);
});

test('gains: draws a panel per method and metric, a mark per finite effect, and says n/a for the others', () => {
  const svg = checkFigure(gains(rows));
  const texts = textsOf(svg);
  expect(texts).toEqual(expect.arrayContaining(['hard', 'mmoe', 'happy', 'sad', 'tempo', 'AUC gain', 'RMSE reduction', 'n/a']));
  expect(countOf(svg, 'point')).toBe(5);
  expect(countOf(svg, 'xerror')).toBe(5);
  expect(texts.filter((text) => text === 'positive transfer')).toHaveLength(1);
});

test('gains: counts the verdicts in its line of text', () => {
  expect(gains(rows, { baseline: 'alone' }).text).toBe(
    'Gain over alone, 2 methods x 3 tasks: 2 positive transfer, 1 negative transfer, 1 no transfer, 2 not enough evidence',
  );
});

test('gains: eight methods on fourteen tasks with names of any length and characters', () => {
  const many = Array.from({ length: 14 }, (_, task) =>
    Array.from(
      { length: 8 },
      (_, method): Gain => ({ ...(rows[0] as Gain), task: `task <${task}> ${'x'.repeat(40)}`, method: `m&${method}` }),
    ),
  ).flat();
  const figure = gains(many);
  const svg = checkFigure(figure);
  expect(countOf(svg, 'point')).toBe(112);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['m&0', 'm&7']));
  expect(traces(figure, { showlegend: true })).toHaveLength(1);
});

test('gains: bad input', () => {
  expect(() => gains([])).toThrow('Cannot draw gains: rows is empty');
  expect(() => gains(rows, { baselin: 'x' } as object)).toThrow('unknown option "baselin" (did you mean "baseline"?)');
});
