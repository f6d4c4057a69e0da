import { describe, expect, it } from 'vitest';
import { recommend } from '../../src/study/recommend';
import { madeComparison } from './support/made-comparison';

describe('recommend', () => {
  it('takes per task what was shown to help most, and else says to train it alone', () => {
    // t0: both help, b more; t1 (lower is better): both harm.
    const advice = recommend(madeComparison({ means: { single: [0.7, 0.8], a: [0.8, 0.9], b: [0.85, 0.9] } }));
    expect(advice.tasks.map(({ task, method, why }) => [task, method, why])).toEqual([
      ['t0', 'b', 'helps'],
      ['t1', 'single', 'fallback'],
    ]);
    expect(advice.tasks[0]!.sentence).toMatch(/^Train t0 by b\. b helps t0.*1 more method helped too/);
    expect(advice.tasks[1]!.sentence).toBe('Train t1 alone (single): nothing was shown to help it; a and b harmed it.');
    expect(advice.one.method).toBe('single');
  });

  it('does not fall for a better mean without evidence', () => {
    const advice = recommend(madeComparison({ means: { single: [0.7, 0.8], a: [0.705, 0.8] }, noise: 0.05 }));
    expect(advice.tasks[0]).toMatchObject({ method: 'single', why: 'fallback' });
    expect(advice.tasks[0]!.sentence).toContain('there is not enough evidence on a');
  });

  it('takes the smaller of two that are shown to be as good', () => {
    const comparison = madeComparison({
      means: { single: [0.7, 0.8], a: [0.7, 0.8] },
      noise: 0.002,
      rest: { margin: { t0: 0.05, t1: 0.05 } },
    });
    const { methods } = comparison.data;
    const smaller = { data: { ...comparison.data, methods: [methods[0]!, { ...methods[1]!, parameters: 40 }] } };
    expect(recommend(smaller).tasks[0]).toMatchObject({ method: 'a', why: 'as good' });
    // Not smaller: the baseline stays.
    expect(recommend(comparison).tasks[0]).toMatchObject({ method: 'single', why: 'fallback' });
  });

  it('names one method for all tasks only where it harms none', () => {
    const advice = recommend(madeComparison({ means: { single: [0.7, 0.9], a: [0.9, 1], b: [0.8, 0.9] } }));
    expect(advice.one.method).toBe('b');
    expect(advice.one.sentence).toContain('it was shown to help t0');
    expect(advice.toString()).toContain('One method for all tasks: b');
  });

  it('sees a gain on average that no task shows by itself', () => {
    // Twelve tasks gain half a standard deviation each.
    const means = (gain: number): number[] => Array.from({ length: 12 }, (_, t) => 0.7 + (t % 2 === 0 ? gain : -gain));
    const comparison = madeComparison({ means: { single: means(0), a: means(0.03) }, noise: 0.04, rest: { rho: 0.1 } });
    const { tasks, one } = recommend(comparison);
    expect(tasks.filter(({ why }) => why === 'fallback').length).toBeGreaterThan(6);
    const [delta] = Object.values(comparison.deltaM());
    expect(delta!.total.low).toBeGreaterThan(0);
    expect(one.method).toBe('a');
    expect(one.sentence).toContain('on average over the tasks');
    // One of many methods needs more: the interval is corrected for their number.
    const none = recommend(madeComparison({ means: { single: means(0), a: means(0.001) }, noise: 0.04 }));
    expect(none.one.method).toBe('single');
  });
});
