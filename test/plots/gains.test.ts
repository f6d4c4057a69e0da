import { expect, test } from 'vitest';
import type { Figure } from '../../src/plots/figure';
import { type Gain, gains } from '../../src/plots/gains';
import { figureToSvg } from '../../src/plots/svg';
import { pageInk } from '../../src/plots/theme';
import { checkFigure, countOf, luminance, textsOf, traces } from './check-figure';

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

test('gains: draws a panel per metric, a mark per finite effect, and says beside each lane its method and verdict', () => {
  const svg = checkFigure(gains(rows));
  const texts = textsOf(svg);
  expect(texts).toEqual(expect.arrayContaining(['hard', 'mmoe', 'happy', 'sad', 'tempo', 'AUC gain', 'RMSE reduction', 'n/a', 'verdict']));
  expect(countOf(svg, 'point')).toBe(5);
  expect(countOf(svg, 'xerror')).toBe(5);
  expect(texts.filter((text) => text === 'better')).toHaveLength(2);
  expect(texts.filter((text) => ['worse', 'no difference', 'open'].includes(text)).sort()).toEqual(['no difference', 'open', 'worse']);
});

const average: Gain = { ...(rows[0] as Gain), task: 'average of 2 tasks', average: true, verdict: 'as good', margin: 0.01, pGain: 0.974 };
const full: Gain[] = rows
  .slice(0, 4)
  .map((row, i) => ({ ...row, margin: 0.01, pGain: 0.1 * (i + 1), believed: row.effect / 2, seeds: [-0.02, row.effect, 0.05] }));

test('gains: the average is the row on top, then the tasks from the largest gain of the first method to the smallest', () => {
  const figure = gains([...full, { ...average, effect: -1, low: -2, high: 1 }]);
  expect((figure.layout.yaxis as { ticktext: string[] }).ticktext).toEqual(['<b>average of 2 tasks</b>', 'happy', 'sad']);
  // Averages in another unit have an axis of their own, above.
  const margins = gains([...full, { ...average, metric: 'margins', margin: 1 }]);
  expect((margins.layout.yaxis as { ticktext: string[] }).ticktext).toEqual(['<b>average of 2 tasks</b>']);
  expect((margins.layout.xaxis as { title: { text: string } }).title.text).toBe('gain in margins');
});

test('gains: the margin is a band around 0 behind all rows that have it, and in the range of the axis', () => {
  const figure = gains(full.map((row) => ({ ...row, margin: 0.2 })));
  const bands = (figure.layout.shapes as { type: string; x0: number; x1: number; y0: number; y1: number }[]).filter(
    ({ type }) => type === 'rect',
  );
  expect(bands).toHaveLength(1);
  const [top, bottom] = [...(figure.layout.yaxis as { range: number[] }).range].reverse();
  expect(bands[0]).toMatchObject({ x0: -0.2, x1: 0.2, y0: top, y1: bottom });
  const [low, high] = (figure.layout.xaxis as { range: [number, number] }).range;
  expect([low < -0.2, high > 0.2]).toEqual([true, true]);
});

test('gains: odds stand beside each lane, and the surer one is the stronger its color', () => {
  const figure = gains([...full, average]);
  const texts = textsOf(checkFigure(figure));
  expect(texts).toEqual(expect.arrayContaining(['97 %, as good', '10 %, better', '20 %, worse', '40 %, open', 'P(gain), verdict']));
  const opacity = (name: string): number => {
    const [trace] = traces(figure, { name });
    return Number(((trace!.marker as { color: string[] }).color[0] as string).match(/([\d.]+)\)$/)![1]);
  };
  expect(opacity('at least as good')).toBeGreaterThan(opacity('positive transfer'));
  expect(opacity('positive transfer')).toBeGreaterThan(opacity('not enough evidence'));
  const edge = gains([
    { ...average, pGain: 0.999 },
    { ...average, method: 'mmoe', pGain: 0.001 },
  ]);
  expect(textsOf(checkFigure(edge))).toEqual(expect.arrayContaining(['> 99 %, as good', '< 1 %, as good']));
});

test('gains: seeds are dots below their mark while they are few, what is believed is a tick', () => {
  const figure = gains(full);
  expect(traces(figure, { name: 'one seed' }).map(({ x }) => (x as number[]).length)).toEqual([12]);
  expect([...(traces(figure, { name: 'believed' })[0]!.x as number[])].sort()).toEqual([...full.map(({ believed }) => believed!)].sort());
  const many = gains(full.map((row) => ({ ...row, seeds: Array<number>(130).fill(3) })));
  expect(traces(many, { name: 'one seed' })).toEqual([]);
  expect((many.layout.xaxis as { range: number[] }).range[1]).toBeLessThan(0.1);
  // Of a metric that is better when lower they turn with it.
  const lower = gains(full.map((row) => ({ ...row, better: 'lower' as const })));
  expect((traces(lower, { name: 'one seed' })[0]!.x as number[]).slice(0, 3).map(Math.abs).sort()).toEqual([0.02, 0.03, 0.05]);
  expect((traces(lower, { name: 'believed' })[0]!.x as number[]).sort()).toEqual(full.map(({ believed }) => -believed!).sort());
});

test('gains: has no ground, and every color of it stands out from white and from a dark page', () => {
  const figure = gains([...full, average]);
  expect([figure.layout.paper_bgcolor, figure.layout.plot_bgcolor]).toEqual(['rgba(0,0,0,0)', 'rgba(0,0,0,0)']);
  const solid = [...new Set(JSON.stringify(figure).match(/#[0-9a-f]{6}\b/g))];
  expect(solid.length).toBeGreaterThan(2);
  for (const color of solid) {
    const light = luminance(color);
    // WCAG 2.1: 3 to 1 for marks; text is 4.3 to 1, the most that a color can have against both.
    const least = color === pageInk.text ? 4.3 : 3;
    expect(1.05 / (light + 0.05)).toBeGreaterThan(least);
    expect((light + 0.05) / (luminance('#111111') + 0.05)).toBeGreaterThan(least);
  }
});

test('gains: one to forty tasks fit 640 pixels, each row and lane with room for its text', () => {
  for (const [tasks, methods] of [
    [1, 1],
    [6, 3],
    [40, 1],
  ] as const) {
    const many = Array.from({ length: tasks }, (_, task) =>
      Array.from(
        { length: methods },
        (_, method): Gain => ({ ...(full[0] as Gain), task: `task number ${task}`, method: `method number ${method}` }),
      ),
    ).flat();
    const figure = gains(many);
    const { l, r } = figure.layout.margin as { l: number; r: number };
    expect(640 - l - r).toBeGreaterThan(250);
    const lanes = traces(figure, { name: 'positive transfer' })[0]!.y as number[];
    const steps = lanes.slice(1).map((y, i) => y - lanes[i]!);
    expect(Math.min(20, ...steps)).toBeGreaterThanOrEqual(14);
    expect(figureToSvg(figure, { width: 640 })).toContain('width="640"');
  }
});

test('gains: counts the verdicts in its line of text', () => {
  expect(gains(rows, { baseline: 'alone' }).text).toBe(
    'Gain over alone, 2 methods x 3 tasks: 2 positive transfer, 1 negative transfer, 1 no transfer, 2 not enough evidence',
  );
  expect(gains([...rows, average]).text).toContain('x 3 tasks: on average hard 0.02 [0.01, 0.04] (as good); 2 positive');
});

test('gains: eight methods on fourteen tasks with names of any length and characters', () => {
  const many = Array.from({ length: 14 }, (_, task) =>
    Array.from(
      { length: 8 },
      (_, method): Gain => ({ ...(rows[0] as Gain), task: `task <${task}> ${'x'.repeat(40)}`, method: `m&${method}` }),
    ),
  ).flat();
  const svg = checkFigure(gains(many));
  expect(countOf(svg, 'point')).toBe(112);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['m&0', 'm&7']));
});

test('gains: bad input', () => {
  expect(() => gains([])).toThrow('Cannot draw gains: rows is empty');
  expect(() => gains(rows, { baselin: 'x' } as object)).toThrow('unknown option "baselin" (did you mean "baseline"?)');
});
