import { describe, expect, it } from 'vitest';
import { fromJSON } from '../../src/study/comparison';
import { madeComparison } from './support/made-comparison';

const same = (metric: string, better: 'higher' | 'lower') => ({ metric, better });

/** A comparison whose tasks all have one metric. */
const auc = (means: Readonly<Record<string, readonly number[]>>, noise: number, seeds: number, rest: object = {}) => {
  const spread = Object.fromEntries(Object.entries(means).map(([name, list]) => [name, list.flatMap((mean) => [mean, 0])]));
  const { data } = madeComparison({ means: spread, noise, seeds });
  const tasks = data.tasks.filter((_, t) => t % 2 === 0).map((task) => ({ ...task, ...same('rocAuc', 'higher') }));
  const names = new Set(tasks.map(({ name }) => name));
  const only = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
  const runs = data.runs.map((run) => ({ ...run, metrics: only(run.metrics) }));
  return fromJSON({ ...data, tasks, runs, margin: only(data.margin), ...rest });
};

describe('headline', () => {
  it('is one sentence that ends with the call, in every case', () => {
    const cases = [
      auc({ single: [0.7, 0.7], hard: [0.8, 0.78] }, 0.01, 20),
      auc({ single: [0.8, 0.8], hard: [0.7, 0.72] }, 0.01, 20),
      auc({ single: [0.7, 0.7], hard: [0.702, 0.7] }, 0.004, 20),
      auc({ single: [0.7, 0.7], hard: [0.71, 0.69] }, 0.05, 20),
      auc({ single: [0.7, 0.7], hard: [0.71, 0.69] }, 0.05, 5),
    ];
    const lines = cases.map(({ headline }) => headline);
    expect(lines[0]).toMatch(
      /^Proven: train both tasks by hard \(average gain of hard over single \+0\.09\d* rocAuc \[\+0\.0\d+, \+0\.\d+\], shown to be better, more than 99 % chance of a gain; weakest t\d \+0\.\d+ \[.*\], less than 1 % risk of losing more than 0\.01; 20 seeds, trained on 70 % of your rows\): tl\.fit\(data, comparison\.recommend\(\)\)$/,
    );
    expect(lines[1]).toMatch(
      /^Proven: train every task alone by single \(average gain of hard over single -0\.\d+ rocAuc .*, shown to be worse/,
    );
    expect(lines[2]).toContain('at least as good within 0.01 rocAuc: shown');
    expect(lines[3]).toMatch(/better or worse: open, p = 0\.\d+/);
    for (const [i, line] of lines.entries()) {
      expect(line).not.toMatch(/NaN|undefined|\n/);
      expect(line.endsWith('tl.fit(data, comparison.recommend())')).toBe(true);
      expect(cases[i]!.toString().startsWith(line)).toBe(true);
      expect(cases[i]!.report()).toContain(line.slice(0, 30));
      expect(cases[i]!.markdown()).toContain(line.slice(0, 20));
    }
  });

  it('says what is missing where there are too few seeds, or nothing to compare', () => {
    expect(auc({ single: [0.7, 0.7], hard: [0.8, 0.8] }, 0.01, 3).headline).toMatch(
      /^On average over 2 tasks nothing can be said of hard against single: \+0\.\d+ rocAuc in 3 seeds; verdicts need at least 5 seeds, better 10\.$/,
    );
    expect(madeComparison({ means: { single: [0.7, 0.8] } }).headline).toBe(
      'Only single was trained: there is nothing to compare it with.',
    );
  });

  it('never says "helps" or "proven" of one split, and says that it is one', () => {
    const one = auc({ single: [0.7, 0.7], hard: [0.8, 0.78] }, 0.01, 20, { rho: 0 });
    // Without rows nothing can be said beyond these test rows.
    expect(one.averages()[0]).toMatchObject({ direction: 'open', p: Number.NaN });
    expect(one.headline).toContain('on this one split only');
    expect(`${one}${one.recommend()}`).not.toMatch(/helps|Proven/);
  });

  it('gathers what is open in one line, with the closest and what it would take', () => {
    const comparison = auc({ single: [0.7, 0.7, 0.7], hard: [0.71, 0.69, 0.7], mmoe: [0.7, 0.71, 0.69] }, 0.03, 10);
    const lines = comparison
      .toString()
      .split('\n')
      .filter((line) => line.includes('Not enough evidence'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^- Not enough evidence on all 6 pairs of method and task; the closest: \w+ for t\d: gain .*(seeds would show|it takes more rows)/,
    );
  });

  it('says where a proper score disagrees', () => {
    const { data } = auc({ single: [0.7, 0.7], hard: [0.8, 0.8] }, 0.01, 10);
    const runs = data.runs.map((run) => ({
      ...run,
      metrics: Object.fromEntries(
        Object.entries(run.metrics).map(([task, own]) => [
          task,
          { ...own, logLoss: (run.method === 'hard' ? 0.9 : 0.5) + 0.001 * run.seed * (run.method === 'hard' ? 1 : 2) },
        ]),
      ),
    }));
    const tasks = data.tasks.map((task) => ({ ...task, proper: { name: 'logLoss', better: 'lower' as const } }));
    const comparison = fromJSON({ ...data, runs, tasks });
    expect(comparison.toString()).toMatch(
      /The two scores of hard disagree: \+0\.\d+ rocAuc .*, but -0\.\d+ logLoss .* \(positive is better\)/,
    );
    expect(comparison.verdicts()[0]!.proper).toMatchObject({ metric: 'logLoss' });
    expect(comparison.verdicts()[0]!.proper!.effect).toBeLessThan(0);
  });
});

describe('the order of questions', () => {
  it('asks the declared method first, by a test of its own', () => {
    const means = { single: [0.7, 0.7, 0.7], a: [0.7, 0.7, 0.7], b: [0.8, 0.8, 0.8] };
    const first = auc(means, 0.01, 10, { primary: 'b' });
    const [a, b] = first.averages();
    expect(b).toMatchObject({ primary: true, direction: 'better' });
    expect(b).not.toHaveProperty('exploratory');
    // The declared one differs, so what follows counts: a by Holm among the others (one), b's tasks by Holm within b.
    expect(a).not.toHaveProperty('exploratory');
    expect(
      first
        .verdicts()
        .filter(({ method }) => method === 'b')
        .every(({ exploratory }) => !exploratory),
    ).toBe(true);
    expect(
      first
        .verdicts()
        .filter(({ method }) => method === 'a')
        .every(({ exploratory }) => exploratory),
    ).toBe(true);
    // The same data with a declared: b is what was searched.
    const second = auc(means, 0.01, 10, { primary: 'a' }).averages();
    expect(second[1]).toMatchObject({ primary: false, direction: 'better', exploratory: true });
    expect(second[1]!.p).toBeGreaterThan(b!.p);
  });
});
