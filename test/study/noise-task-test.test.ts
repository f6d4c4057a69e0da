import { describe, expect, it } from 'vitest';
import { makeNoiseTaskResult, noiseTaskTest, withNoiseTasks } from '../../src/study/noise-task-test';
import { madeComparison } from './support/made-comparison';
import { studyOptions, tinyData } from './support/tiny-study';

describe('noiseTaskTest', () => {
  it('adds coins on every row and leaves the rest alone', () => {
    const noisy = withNoiseTasks(tinyData(), 2);
    expect(noisy.tasks.map(({ name }) => name)).toEqual(['up', 'size', 'noise', 'noise 1', 'noise 2']);
    const [first, second] = noisy.labels.slice(3).map(({ values }) => [...values]);
    expect(new Set(first)).toEqual(new Set([0, 1]));
    expect(first).not.toEqual(second);
    expect(noisy.labels.slice(0, 3)).toEqual(tinyData().labels);
    // Other coins for another seed: one draw would do the same in all of them.
    expect([...withNoiseTasks(tinyData(), 1, 1).labels[3]!.values]).not.toEqual(first);
  });

  it('cannot change single-task learning: the control has an effect of exactly 0', async () => {
    const result = await noiseTaskTest(tinyData(), { ...studyOptions(), seeds: 2, epochs: 2 });
    const single = result.effects.filter(({ method }) => method === 'single');
    expect(single).toHaveLength(3);
    for (const { effect } of single) expect(Math.abs(effect)).toBeLessThan(1e-6);
    expect(result.effects.some(({ method, effect }) => method === 'hard' && effect !== 0)).toBe(true);
    expect(result.with.data.tasks).toHaveLength(4);
    expect(result.with.data.runs.map(({ method, seed }) => [method, seed])).toEqual([
      ['single', 0],
      ['single', 1],
      ['hard', 0],
      ['hard', 1],
    ]);
  });

  it('turns harm negative, whatever the metric', () => {
    const without = madeComparison({ means: { single: [0.8, 0.8], hard: [0.8, 0.8] } });
    const noisy = madeComparison({ means: { single: [0.8, 0.8, 0.5], hard: [0.7, 0.9, 0.5] } });
    const result = makeNoiseTaskResult(without, noisy);
    const hard = result.effects.filter(({ method }) => method === 'hard');
    expect(hard.map(({ task, verdict }) => [task, verdict])).toEqual([
      ['t0', 'negative'],
      ['t1', 'negative'],
    ]);
    for (const { effect } of hard) expect(effect).toBeCloseTo(-0.1, 1);
    expect(hard[0]!.sentence).toContain('Noise beside hard harms t0');
    expect(result.plot().layout.title.text).toContain('1 task of pure noise does');
  });
});
