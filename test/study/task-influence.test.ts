import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { describe, expect, it } from 'vitest';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { random } from '../../src/random/random';
import { compare } from '../../src/study/compare';
import { type Comparison, makeComparison } from '../../src/study/comparison';
import { correctedTTest, hierarchicalGains } from '../../src/study/statistics';
import { withTasks } from '../../src/study/subset';
import { type Influence, influenceOf, leaveOneTaskOut, makeInfluence } from '../../src/study/task-influence';
import { madeComparison } from './support/made-comparison';
import { steady, tinyData } from './support/tiny-study';

const pair = (from: string, on: string, effect: number, verdict: Influence['verdict']): Influence => ({
  from,
  on,
  metric: 'rocAuc',
  effect,
  ci: [effect - 0.01, effect + 0.01],
  p: 0.01,
  verdict,
  sentence: `${from} on ${on}`,
});

/**
 * Comparisons of scores that are made up: with all tasks, then without each. The score of a task is 0.7, what its company adds, and normal scores
 * (mean exactly 0) in another order in each.
 */
function studiesOf(
  tasks: readonly string[],
  seeds: number,
  adds: (from: string, on: string) => number,
  noise = 0.007,
  isNoisy: (all: boolean) => boolean = () => true,
): Comparison[] {
  const draws = random(seeds, 'influence');
  const raw = Array.from({ length: seeds }, (_, s) => normalQuantile((s + 0.5) / seeds, 0, 1));
  return [undefined, ...tasks].map((out) => {
    const kept = tasks.filter((task) => task !== out);
    const { data } = madeComparison({ means: { method: Array<number>(2 * kept.length).fill(0) }, seeds });
    const order = Object.fromEntries(kept.map((on) => [on, draws.permutation(seeds)]));
    const score = (on: string, seed: number): number =>
      0.7 +
      kept.reduce((sum, from) => sum + (from === on ? 0 : adds(from, on)), 0) +
      (isNoisy(out === undefined) ? noise * raw[order[on]![seed]!]! : 0);
    return makeComparison({
      ...data,
      tasks: data.tasks.filter((_, t) => t % 2 === 0).map((task, t) => ({ ...task, name: kept[t]! })),
      margin: Object.fromEntries(kept.map((name) => [name, 0.01])),
      runs: data.runs.map((run) => ({ ...run, metrics: Object.fromEntries(kept.map((on) => [on, { rocAuc: score(on, run.seed) }])) })),
    });
  });
}

const scoreOf = ({ data }: Comparison, task: string, seed: number): number =>
  data.runs.find((run) => run.seed === seed)!.metrics[task]!.rocAuc!;

/** The same with all scores moved. */
const shifted = ({ data }: Comparison, by: number): Comparison =>
  makeComparison({
    ...data,
    runs: data.runs.map((run) => ({
      ...run,
      metrics: Object.fromEntries(Object.entries(run.metrics).map(([task, own]) => [task, { rocAuc: own.rocAuc! + by }])),
    })),
  });

describe('leaveOneTaskOut', () => {
  it('is the score with all tasks minus the score without one, on the same splits', async () => {
    const data = tinyData();
    const method = hardSharing(mlp([4]));
    const options = { seeds: 2, epochs: 3, batchSize: 16, optimizer: steady };
    const influence = await leaveOneTaskOut(data, method, options);
    expect(influence.influences.map(({ from, on }) => `${from} ${on}`)).toEqual([
      'up size',
      'up noise',
      'size up',
      'size noise',
      'noise up',
      'noise size',
    ]);
    // Once more by hand, with the splits given.
    const all = await compare(data, { ...options, methods: { method } });
    const { splitData } = await import('../../src/data/split');
    const splits = Object.fromEntries(
      [0, 1].map((seed) => {
        const { train, test } = splitData(data, { test: 0.3, seed });
        return [seed, { train: [...train], test: [...test] }];
      }),
    );
    const without = await compare(withTasks(data, [0, 2]), { ...options, methods: { method }, splits });
    const mean = (comparison: typeof all): number => comparison.data.runs.reduce((sum, run) => sum + run.metrics.up!.rocAuc!, 0) / 2;
    const found = influence.influences.find(({ from, on }) => from === 'size' && on === 'up')!;
    expect(found.effect).toBeCloseTo(mean(all) - mean(without), 6);
  });

  it('leaves harmful company out of the plan', () => {
    const influence = makeInfluence(
      ['a', 'b', 'c'],
      [
        pair('a', 'b', 0.2, 'positive'),
        pair('a', 'c', -0.2, 'negative'),
        pair('b', 'a', 0.1, 'not enough evidence'),
        pair('b', 'c', -0.1, 'not enough evidence'),
        pair('c', 'a', 0, 'none'),
        pair('c', 'b', 0, 'none'),
      ],
      madeComparison({ means: { method: [0.5, 0.5, 0.5] } }),
    );
    expect(influence.partners).toEqual({ a: ['a', 'b', 'c'], b: ['a', 'b', 'c'], c: ['b', 'c'] });
    expect(influence.plan.groups).toEqual([
      { serve: ['a', 'b'], train: ['a', 'b', 'c'] },
      { serve: ['c'], train: ['b', 'c'] },
    ]);
    const [heat] = influence.plot().data;
    expect(heat!.z).toEqual([
      [null, 0.2, -0.2],
      [0.1, null, -0.1],
      [0, 0, null],
    ]);
    expect(String(influence)).toContain('a on b');
  });

  it('drops a helper by the odds, where a test of all pairs shows nothing', () => {
    const open = pair('a', 'b', -0.03, 'not enough evidence');
    const influence = makeInfluence(
      ['a', 'b'],
      [
        { ...open, pGain: 0.05, pHarm: 0.7 },
        { ...pair('b', 'a', -0.001, 'not enough evidence'), pGain: 0.4, pHarm: 0.05 },
      ],
      madeComparison({ means: { method: [0.5, 0.5] } }),
    );
    expect(influence.partners).toEqual({ a: ['a', 'b'], b: ['b'] });
  });

  it('planted: drops the helper that harms and keeps the one that helps, with the reason, where no test of all pairs shows either', () => {
    // Gains of task "a" by company, in margins of 0.01; nobody else is moved by anybody.
    const planted = { harmful: -1.8, helpful: 1.8, other: 0 };
    const tasks = ['a', ...Object.keys(planted)];
    for (const seeds of [10, 20]) {
      const studies = studiesOf(tasks, seeds, (from, on) => (on === 'a' ? 0.01 * planted[from as keyof typeof planted] : 0));
      const { influences, partners, plan, reasons, table } = influenceOf(tasks, studies, 0.05);
      const on = (from: string): Influence => influences.find((one) => one.on === 'a' && one.from === from)!;
      if (seeds === 10) expect(influences.map(({ verdict }) => verdict)).toEqual(Array(12).fill('not enough evidence'));
      expect(on('harmful').pHarm).toBeGreaterThan(0.3);
      expect(on('helpful').pGain).toBeGreaterThan(0.8);
      expect(partners.a).toEqual(['a', 'helpful', 'other']);
      expect(plan.groups.find(({ serve }) => serve.includes('a'))).toEqual({ serve: ['a'], train: ['a', 'helpful', 'other'] });
      expect(reasons.a).toMatch(
        /^Train a without harmful: harmful has a risk of \d+ % of costing it more than 0\.01, and a chance of (\d+ %|less than 1 %) of a gain\.$/,
      );
      for (const name of Object.keys(planted)) {
        expect(partners[name]).toEqual(tasks);
        expect(reasons[name]).toMatch(/^Train \w+ with all tasks: none is likely to harm it; of them \w+ has a risk of/);
      }
      expect(table().notes).toEqual(expect.arrayContaining(Object.values(reasons)));
    }
    // Below 10 seeds there are no odds, and nothing is dropped that was not shown to harm.
    const few = influenceOf(
      tasks,
      studiesOf(tasks, 6, (from, on) => (on === 'a' ? 0.01 * planted[from as keyof typeof planted] : 0)),
      0.05,
    );
    expect(few.influences.every(({ pHarm }) => pHarm === undefined)).toBe(true);
    expect(few.partners.a).toEqual(tasks);
    expect(few.reasons.a).toBe('Train a with all tasks: none was shown to harm it, 10 seeds give odds.');
  });

  it('knows that all gains of a task are against the same runs with all tasks, whose chance they share', () => {
    // Chance in the runs with all tasks alone: all three gains of a task are one and the same, not three that agree.
    const tasks = ['a', 'b', 'c', 'd'];
    const studies = studiesOf(
      tasks,
      10,
      () => 0,
      0.01,
      (all) => all,
    ).map((study, round) => (round === 0 ? shifted(study, -0.012) : study));
    const { influences } = influenceOf(tasks, studies, 0.05);
    const own = influences.filter(({ on }) => on === 'a');
    const { effect, standardError } = correctedTTest(
      studies[0]!.data.seeds.map((seed) => scoreOf(studies[0]!, 'a', seed) - 0.7),
      { rho: 0.3 },
    );
    const estimates = Array(3).fill({ effect: effect / 0.01, standardError: standardError / 0.01, degreesOfFreedom: 9 });
    const together = hierarchicalGains(estimates, { scale: 1, meanStandardError: standardError / 0.01 }).tasks[0]!;
    const apart = hierarchicalGains(estimates, { scale: 1 }).tasks[0]!;
    for (const { pHarm, pGain } of own) {
      expect(pHarm).toBeCloseTo(together.pHarm, 6);
      expect(pGain).toBeCloseTo(together.pGain, 6);
    }
    expect(apart.pHarm).toBeGreaterThan(together.pHarm + 0.02);
  });

  it('needs a method that shares, and two tasks', async () => {
    await expect(leaveOneTaskOut(tinyData(), singleTask(mlp([4])))).rejects.toThrow(/no task can help another/);
    await expect(leaveOneTaskOut(withTasks(tinyData(), [0]), hardSharing(mlp([4])))).rejects.toThrow(/at least 2 tasks/);
    await expect(leaveOneTaskOut(tinyData(), hardSharing(mlp([4])), { seds: 2 } as never)).rejects.toThrow(/did you mean "seeds"/);
  });
});
