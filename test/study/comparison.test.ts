import { describe, expect, it } from 'vitest';
import { fromJSON } from '../../src/study/comparison';
import { madeComparison } from './support/made-comparison';

const clear = { single: [0.7, 0.9], good: [0.8, 0.8], bad: [0.6, 1] };

describe('comparison', () => {
  it('turns gains so that positive is better, whatever the metric', () => {
    const verdicts = madeComparison({ means: clear }).verdicts();
    expect(verdicts.map(({ method, task, verdict }) => [method, task, verdict])).toEqual([
      ['good', 't0', 'positive'],
      ['good', 't1', 'positive'],
      ['bad', 't0', 'negative'],
      ['bad', 't1', 'negative'],
    ]);
    for (const { effect, ci } of verdicts) {
      expect(Math.abs(Math.abs(effect) - 0.1)).toBeLessThan(0.02);
      expect(ci[0]).toBeLessThan(effect);
      expect(ci[1]).toBeGreaterThan(effect);
    }
  });

  it('survives JSON whole, NaN included', () => {
    const comparison = madeComparison({
      means: clear,
      change: (run) =>
        run.method === 'bad' && run.seed === 2
          ? { ...run, metrics: { t0: { rocAuc: Number.NaN }, t1: { relativeRmse: Number.NaN } }, failure: 'diverged' }
          : run,
      rest: { features: Number.NaN },
    });
    const again = fromJSON(JSON.parse(JSON.stringify(comparison)));
    expect(again.data).toEqual(comparison.data);
    expect(again.verdicts()).toEqual(comparison.verdicts());
    expect(again.toString()).toBe(comparison.toString());
    expect(again.report()).toBe(comparison.report());
    expect(() => fromJSON({ format: 'other' })).toThrow(/expected a Taskloom comparison.*got format "other"/);
  });

  it('shows failed runs and counts what is left', () => {
    const comparison = madeComparison({
      means: clear,
      change: (run) =>
        run.method === 'good' && run.seed < 3
          ? { ...run, metrics: { t0: { rocAuc: Number.NaN }, t1: { relativeRmse: Number.NaN } }, failure: `diverged in seed ${run.seed}` }
          : run,
    });
    const table = comparison.table();
    const at = table.columns.indexOf('runs that count');
    expect(table.rows.map((row) => row[at])).toEqual(['10 of 10', '7 of 10', '10 of 10']);
    const frame = comparison.toFrame();
    expect(frame.shape[0]).toBe(3 * 10 * 2);
    expect((frame.column('failure').values as string[]).filter((text) => text.startsWith('diverged'))).toHaveLength(6);
    const [verdict] = comparison.verdicts();
    expect([verdict!.seeds, verdict!.dropped]).toEqual([7, 3]);
    // A run that failed is not dropped: it counts with the worst gain that was seen.
    expect(verdict!.sentence).toContain('It failed in 3 of 10 seeds: each counts as its worst gain.');
    // The column is there only where it says something.
    expect(madeComparison({ means: clear }).table().columns).not.toContain('runs that count');
  });

  it('draws what it says: averages on top, every gain with its interval, odds, margin and seeds', () => {
    const comparison = madeComparison({ means: { single: [0.7, 0.8], good: [0.72, 0.75] }, noise: 0.02, seeds: 12 });
    const [average] = comparison.averages();
    const figure = comparison.plot.gains('emotions');
    expect(figure.layout.title.text).toContain('Gain over single: 2 tasks of emotions, 100 rows, 12 seeds');
    const marks = figure.data.filter(({ error_x }) => error_x !== undefined);
    const drawn = marks.flatMap(({ x, error_x, text }) =>
      (x as number[]).map((value, i) => {
        const { array, arrayminus } = error_x as { array: number[]; arrayminus: number[] };
        return { value, low: value - arrayminus[i]!, high: value + array[i]!, text: (text as string[])[i]! };
      }),
    );
    const said = [{ ...average!, task: 'average of 2 tasks' }, ...comparison.verdicts()];
    expect(drawn).toHaveLength(3);
    for (const { task, effect, ci, pGain } of said) {
      const mark = drawn.find(({ text }) => text.startsWith(`good, ${task}<br>`))!;
      // Figures keep four digits.
      for (const [shown, value] of [
        [mark.value, effect],
        [mark.low, ci[0]],
        [mark.high, ci[1]],
      ] as const)
        expect(Math.abs(shown - value)).toBeLessThan(1e-3 * Math.max(...ci.map(Math.abs)));
      expect(mark.text).toMatch(pGain! > 0.99 ? /P\(gain\) &gt; 99 %$/ : new RegExp(`P\\(gain\\) ${Math.round(100 * pGain!)} %$`));
    }
    const seeds = figure.data.filter(({ name }) => name === 'one seed').flatMap(({ x }) => x as number[]);
    expect(seeds).toHaveLength(3 * 12);
    for (const { effect } of said) {
      const found = [0, 12, 24].map((from) => seeds.slice(from, from + 12).reduce((a, b) => a + b, 0) / 12);
      expect(Math.min(...found.map((mean) => Math.abs(mean - effect)))).toBeLessThan(1e-3 * Math.max(...seeds.map(Math.abs)));
    }
    const bands = (figure.layout.shapes as { type: string; x1: number }[]).filter(({ type }) => type === 'rect').map(({ x1 }) => x1);
    expect(bands).toEqual([1, 0.01, 0.02]);
    // One task is its own average, with the word of the question that was asked first.
    const one = madeComparison({ means: { single: [0.7], good: [0.702] }, noise: 0.005, seeds: 12 });
    expect(one.averages()[0]).toMatchObject({ direction: 'open', asGood: true });
    expect(
      one.plot
        .gains()
        .data.filter(({ error_x }) => error_x !== undefined)
        .map(({ name }) => name),
    ).toEqual(['at least as good']);
  });

  it('says of one seed what can be said', () => {
    const comparison = madeComparison({ means: clear, seeds: 1 });
    for (const verdict of comparison.verdicts()) {
      expect(verdict.verdict).toBe('not enough evidence');
      expect(verdict.sentence).toContain('that is what happened on this split and initialization');
      expect(verdict.ci.every(Number.isNaN)).toBe(true);
    }
    expect(comparison.table().rows).toHaveLength(3);
    expect(comparison.plot.gains().data.length).toBeGreaterThan(0);
    expect(comparison.plot.scores().data.length).toBeGreaterThan(0);
  });

  it('shows every metric in its own direction', () => {
    const tasks = ['t0', 't1'].map((name) => ({
      name,
      kind: 'proportion',
      classes: [],
      metric: 'relativeDeviance',
      better: 'lower' as const,
    }));
    const metrics = { t0: { relativeDeviance: 0.5, deviance: 1 }, t1: { relativeDeviance: 0.6, deviance: 2 } };
    const { plot } = madeComparison({ means: clear, change: (run) => ({ ...run, metrics }), rest: { tasks } });
    for (const metric of [undefined, 'deviance']) expect(JSON.stringify(plot.scores(metric).layout)).toContain('lower is better');
  });

  it('shows a metric that no test part defines', () => {
    const comparison = madeComparison({
      means: clear,
      change: (run) => ({ ...run, metrics: { ...run.metrics, t0: { rocAuc: Number.NaN } } }),
    });
    expect(comparison.table().rows[0]![1]).toBe('n/a');
    const [first, second] = comparison.verdicts();
    expect(first!.verdict).toBe('not enough evidence');
    expect(first!.sentence).toContain('no seed has a score');
    expect(second!.verdict).toBe('positive');
    expect(comparison.report()).toContain('n/a');
  });

  it('pools reliability bins over the runs', () => {
    const comparison = madeComparison({
      means: clear,
      seeds: 2,
      change: (run) => ({
        ...run,
        metrics: { ...run.metrics, t0: { rocAuc: 0.7, calibrationError: run.seed === 0 ? 0.1 : 0.3 } },
        reliability: {
          t0: [
            { low: 0, high: 0.5, count: 0, confidence: Number.NaN, frequency: Number.NaN },
            run.seed === 0
              ? { low: 0.5, high: 1, count: 1, confidence: 0.6, frequency: 1 }
              : { low: 0.5, high: 1, count: 3, confidence: 0.8, frequency: 0 },
          ],
        },
      }),
    });
    const [trace] = comparison.plot.reliability('t0').data;
    // Weighted by rows: (1 x 0.6 + 3 x 0.8) / 4 and 1 / 4; the empty bin is left out.
    expect(trace!.x).toEqual([0.75]);
    expect(trace!.y).toEqual([0.25]);
    expect(String(trace!.name)).toContain('0.2');
    expect(() => comparison.plot.reliability('t1')).toThrow(/no probabilities of a task "t1".*tasks with probabilities: t0/);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: damaged on purpose
type Loose = any;

describe('fromJSON', () => {
  const text = JSON.stringify(madeComparison({ means: clear, seeds: 3 }));

  it.each([
    [/fromJSON\.tasks: expected an array, got nothing/, (json: Loose) => delete json.tasks],
    [/fromJSON\.tasks\[0\]\.kind: expected one of "binary"/, (json: Loose) => Object.assign(json.tasks[0], { kind: 'constructor' })],
    [/fromJSON\.tasks\[1\]\.better: expected one of "higher", "lower"/, (json: Loose) => Object.assign(json.tasks[1], { better: 1 })],
    [/fromJSON\.tasks: "t0" is there twice/, (json: Loose) => Object.assign(json.tasks[1], { name: 't0' })],
    [/fromJSON\.methods\[0\]\.definition\.architecture/, (json: Loose) => Object.assign(json.methods[0], { definition: {} })],
    [
      /fromJSON\.methods\[0\]\.definition\.options\.trunk\.options: expected an object, got null/,
      (json: Loose) => Object.assign(json.methods[0].definition.options, { trunk: { encoder: 'mlp', options: null } }),
    ],
    [
      /definition\.options\.parts\[1\]\.options\.encoders: expected an array, got 3/,
      (json: Loose) =>
        Object.assign(json.methods[0].definition.options, { parts: [1, { encoder: 'sequential', options: { encoders: 3 } }] }),
    ],
    [/fromJSON\.baseline: expected one of single, good, bad, got "none"/, (json: Loose) => Object.assign(json, { baseline: 'none' })],
    [/fromJSON\.alpha: expected a finite number from 0 to 1/, (json: Loose) => Object.assign(json, { alpha: 2 })],
    [/fromJSON\.rho/, (json: Loose) => Object.assign(json, { rho: null })],
    [/fromJSON\.seeds\[0\]: expected a whole number/, (json: Loose) => Object.assign(json, { seeds: [0.5] })],
    [/fromJSON\.runs\[0\]\.method: expected one of/, (json: Loose) => Object.assign(json.runs[0], { method: 'x' })],
    [/fromJSON\.runs\[0\]\.seed: expected one of 0, 1, 2/, (json: Loose) => Object.assign(json.runs[0], { seed: 9 })],
    [/fromJSON\.runs: .* is there twice/, (json: Loose) => json.runs.push(json.runs[0])],
    [/fromJSON\.runs\[2\]\.metrics: expected those of "t1"/, (json: Loose) => delete json.runs[2].metrics.t1],
    [
      /fromJSON\.runs\[2\]\.metrics\.t1\.extra: expected a number, got "1"/,
      (json: Loose) => Object.assign(json.runs[2].metrics.t1, { extra: '1' }),
    ],
    [/fromJSON\.runs\[2\]\.steps/, (json: Loose) => Object.assign(json.runs[2], { steps: -1 })],
    [/fromJSON\.margin\.t1/, (json: Loose) => delete json.margin.t1],
    [/fromJSON\.notes\[0\]: expected a text/, (json: Loose) => Object.assign(json, { notes: [{}] })],
    [/expected a Taskloom comparison/, (json: Loose) => Object.assign(json, { version: 2 })],
  ])('refuses what is not a comparison, and names the place: %s', (message, change) => {
    const json = JSON.parse(text);
    change(json);
    expect(() => fromJSON(json)).toThrow(TypeError);
    expect(() => fromJSON(json)).toThrow(message);
  });

  it.each([[null], [undefined], [1], ['x'], [[]]])('refuses %s', (json) => {
    expect(() => fromJSON(json)).toThrow(/expected a Taskloom comparison/);
  });
});
