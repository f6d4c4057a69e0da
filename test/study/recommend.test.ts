import { describe, expect, it } from 'vitest';
import { fromJSON } from '../../src/study/comparison';
import { recommend } from '../../src/study/recommend';
import { madeComparison } from './support/made-comparison';

describe('recommend', () => {
  it('trains together what gains, and splits off what would be harmed', () => {
    // t0: both help, b more; t1 (lower is better): both harm.
    const advice = recommend(madeComparison({ means: { single: [0.7, 0.8], a: [0.8, 0.9], b: [0.85, 0.9] } }));
    expect(advice.tasks.map(({ task, method, why }) => [task, method, why])).toEqual([
      ['t0', 'b', 'helps'],
      ['t1', 'single', 'fallback'],
    ]);
    expect(advice.tasks[0]!.sentence).toMatch(/^Train t0 by b\. b helps t0.*Risk of losing more than 0\.01: less than 1 %\.$/);
    expect(advice.tasks[1]!.sentence).toBe('Train t1 alone (single): nothing was shown to help it; a and b harmed it.');
    expect(advice.one.method).toBe('single');
    expect(advice.standing).toBe('best bet');
    expect(advice.sentence).toBe('Best bet: train t0 by b, and t1 by single.');
    // The whole of b's network, and t1's own one.
    expect(advice.parameters).toBe(102 + 50);
    expect(advice.seconds).toBeCloseTo(0.5 + 0.25, 12);
    expect(advice.risk.pGain).toBeGreaterThan(0.99);
  });

  it('is proven where a test of the declared method says so on every kept task', () => {
    const advice = recommend(madeComparison({ means: { single: [0.7, 0.9, 0.7], a: [0.75, 0.8, 0.78] }, seeds: 20 }));
    expect([advice.standing, advice.method, advice.one.method]).toEqual(['proven', 'a', 'a']);
    expect(advice.risk.pHarm).toBeLessThan(0.01);
    expect(advice.risk.expectedLoss).toBeLessThan(0.01);
    // And the other way round: the baseline.
    const worse = recommend(madeComparison({ means: { single: [0.7, 0.9], a: [0.6, 1] }, seeds: 12 }));
    expect([worse.standing, worse.method, worse.tasks[0]!.why]).toEqual(['proven', 'single', 'fallback']);
  });

  it('bets on a gain on average that no task shows by itself', () => {
    const means = (gain: number): number[] => Array.from({ length: 12 }, (_, t) => 0.7 + (t % 2 === 0 ? gain : -gain));
    const comparison = madeComparison({ means: { single: means(0), a: means(0.01) }, noise: 0.01, rest: { rho: 0.1 } });
    const [average] = comparison.averages();
    expect(average!.direction).toBe('better');
    const advice = recommend(comparison);
    expect([advice.method, advice.tasks.filter(({ method }) => method === 'a').length]).toEqual(['a', 12]);
  });

  it('does not fall for a better mean without evidence: too risky a task stays alone', () => {
    const advice = recommend(madeComparison({ means: { single: [0.7, 0.8], a: [0.705, 0.8] }, noise: 0.05 }));
    expect(advice.tasks[0]).toMatchObject({ method: 'single', why: 'fallback' });
    expect(advice.tasks[0]!.sentence).toMatch(/a has a risk of \d+ % of losing more than 0\.01/);
  });

  it('takes one chance in twenty of a loss beyond the margin, not more', () => {
    const found = Array.from({ length: 25 }, (_, i) => {
      const comparison = madeComparison({ means: { single: [0.7, 0.7, 0.7], a: [0.75, 0.6, 0.71 - 0.001 * i] }, noise: 0.01 });
      const { pHarm } = comparison.verdicts().at(-1)!;
      return { pHarm: pHarm!, together: comparison.recommend().tasks[2]!.method === 'a' };
    });
    for (const { pHarm, together } of found) expect(together).toBe(pHarm <= 0.05);
    // A chance in ten was taken once.
    expect(found.filter(({ pHarm }) => pHarm > 0.05 && pHarm <= 0.1).length).toBeGreaterThan(0);
    expect(found.some(({ together }) => together)).toBe(true);
  });

  it('says nothing by odds below ten seeds, and nothing at all below five', () => {
    const few = madeComparison({ means: { single: [0.7, 0.8], a: [0.71, 0.79] }, seeds: 9, noise: 0.05 });
    expect(few.averages()[0]!.pGain).toBeUndefined();
    expect([few.recommend().standing, few.recommend().method]).toEqual(['open', 'single']);
    expect(few.recommend().sentence).toBe(
      'Open: 9 seeds show nothing either way, 10 give odds; until then train every task alone by single.',
    );
    expect(few.recommend().toString()).toContain('probabilities need at least 10 seeds');
    // A proof needs no odds.
    const clear = madeComparison({ means: { single: [0.7, 0.8], a: [0.9, 0.5] }, seeds: 6 });
    expect([clear.recommend().standing, clear.recommend().method]).toEqual(['proven', 'a']);
    const three = madeComparison({ means: { single: [0.7, 0.8], a: [0.9, 0.5] }, seeds: 3 });
    expect(three.recommend().method).toBe('single');
    expect(three.recommend().sentence).toMatch(/^Open: 3 seeds say nothing, verdicts need 5 and odds 10; until then /);
    expect(three.averages()[0]).toMatchObject({ verdict: 'not enough evidence', p: Number.NaN });
  });

  it('trains all tasks together where the average is shown to be better by one task with few labels, known less exactly than the others', () => {
    // Even tasks are scores, odd ones errors; all but t4 are known within a fifth of the margin, and stand at a tenth of it below 0.
    const means = { single: [0.9, 0.5, 0.9, 0.5, 0.7, 0.5], a: [0.899, 0.502, 0.899, 0.502, 0.77, 0.502] };
    const wiggle = [0.03, -0.05, 0.04, -0.02, 0.05, -0.04, 0.02, -0.03, 0.01, -0.01];
    const scarce = madeComparison({
      means,
      noise: 0.003,
      change: (run) => {
        const t4 = { ...run.metrics.t4, rocAuc: run.metrics.t4!.rocAuc! + (run.method === 'a' ? wiggle[run.seed]! : 0) };
        return { ...run, metrics: { ...run.metrics, t4 } };
      },
      rest: { rho: 0.05 },
    });
    const [average] = scarce.averages();
    expect(average!.direction).toBe('better');
    // The odds of the average never contradict its test: 97.5 % one-sided, less a little for the prior.
    expect(average!.pGain).toBeGreaterThan(0.95);
    const advice = scarce.recommend();
    expect(advice.tasks.map(({ method }) => method)).toEqual(Array.from({ length: 6 }, () => 'a'));
    expect(advice.standing).toBe('proven');
  });

  it('is the same from a file', () => {
    const comparison = madeComparison({ means: { single: [0.7, 0.9, 0.7], a: [0.75, 0.8, 0.78] }, seeds: 20 });
    const again = fromJSON(JSON.parse(JSON.stringify(comparison)));
    expect(again.recommend().toString()).toBe(comparison.recommend().toString());
    const { parts, settings } = again.recommend().plan();
    expect(parts.map(({ method, tasks }) => [method.architecture.name, tasks])).toEqual([['hardSharing', ['t0', 't1', 't2']]]);
    expect(settings).toMatchObject({ epochs: 2, batchSize: 16 });
  });

  it('is not led by a task of which no seed has a score, nor by a failing method', () => {
    const undefinedTask = madeComparison({
      means: { single: [0.7, 0.9, 0.7], a: [0.8, 0.8, 0.8] },
      change: (run) => ({ ...run, metrics: { ...run.metrics, t2: { rocAuc: Number.NaN } } }),
    }).recommend();
    expect(undefinedTask.toString()).not.toContain('NaN');
    expect(undefinedTask.tasks[2]).toMatchObject({ method: 'single', why: 'fallback' });
    const failing = madeComparison({
      means: { single: [0.7, 0.9], a: [0.8, 0.8] },
      seeds: 5,
      change: (run) =>
        run.method === 'a' && run.seed < 3
          ? { ...run, metrics: { t0: { rocAuc: Number.NaN }, t1: { relativeRmse: Number.NaN } }, failure: 'diverged' }
          : run,
    });
    // Two good seeds of five once were "a helps t0", p = .004.
    expect(failing.verdicts().map(({ verdict, p }) => [verdict, p])).toEqual([
      ['not enough evidence', Number.NaN],
      ['not enough evidence', Number.NaN],
    ]);
    expect(failing.recommend().method).toBe('single');
  });
});
