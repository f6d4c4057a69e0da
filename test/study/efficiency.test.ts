import { expect, it } from 'vitest';
import { efficiency } from '../../src/study/efficiency';
import { madeComparison } from './support/made-comparison';

it('efficiency: counts what it takes to reach the best loss of the baseline, seed by seed', () => {
  const losses: Record<string, number[]> = { single: [1, 0.8, 0.5, 0.6], fast: [0.9, 0.4, 0.3, 0.2], never: [1, 1, 1, 1] };
  const comparison = madeComparison({
    means: { single: [0.7, 0.8], fast: [0.7, 0.8], never: [0.7, 0.8] },
    seeds: 3,
    change: (run) => ({
      ...run,
      seconds: 8,
      steps: 400,
      validationLosses: { t0: losses[run.method]!, t1: losses[run.method]! },
      ...(run.method === 'fast' && run.seed === 2 ? { failure: 'diverged' } : {}),
    }),
  });
  const { rows, target, plot, table } = efficiency(comparison);
  expect(rows.map(({ method, reached, seeds }) => [method, reached, seeds])).toEqual([
    ['single', 3, 3],
    ['fast', 2, 2],
    ['never', 0, 3],
  ]);
  // The baseline's best loss, 0.5, comes in its third of four epochs; the fast one's second is below it.
  expect(rows[0]).toMatchObject({ epochsToTarget: 3, stepsToTarget: 300, secondsToTarget: 6, seconds: 8, steps: 400 });
  expect(rows[1]).toMatchObject({ epochsToTarget: 2, stepsToTarget: 200, secondsToTarget: 4 });
  // Never there: at least all four epochs.
  expect(rows[2]).toMatchObject({ epochsToTarget: 4, stepsToTarget: 400, secondsToTarget: 8 });
  expect(table().rows[2]![3]).toBe('at least 4');
  expect(target).toContain('validation loss');
  expect(plot().data[0]!.type).toBe('bar');
  expect(table().rows[2]![2]).toBe('0 of 3 seeds');
});

it('efficiency: falls back to training losses, and says so', () => {
  expect(efficiency(madeComparison({ means: { single: [0.7, 0.8] } })).target).toContain('training loss');
});

it('efficiency: who seldom arrives is not fast by the seeds that did', () => {
  // 3 of 8 seeds arrive in epoch 2, the others never; the baseline always in epoch 3.
  const comparison = madeComparison({
    means: { single: [0.7, 0.8], hard: [0.7, 0.8] },
    seeds: 8,
    change: (run) => {
      const losses = run.method === 'single' ? [1, 0.8, 0.5, 0.6] : run.seed < 3 ? [1, 0.5, 0.5, 0.5] : [1, 0.9, 0.9, 0.9];
      return { ...run, validationLosses: { t0: losses, t1: losses } };
    },
  });
  const [single, hard] = efficiency(comparison).rows;
  expect([single!.epochsToTarget, single!.reached]).toEqual([3, 8]);
  expect(hard!.epochsToTarget).toBeCloseTo((3 * 2 + 5 * 4) / 8, 12);
  expect(hard!.reached).toBe(3);
});

it('efficiency: the target of single-task networks is what they keep, each by its own best epoch', () => {
  // The best epochs are the second of t0 and the fourth of t1; the mean curve is at its best, .5, in between.
  const losses = {
    single: { t0: [1, 0.2, 0.5, 0.8], t1: [1, 0.9, 0.5, 0.2] },
    hard: { t0: [1, 0.45, 0.45, 0.3], t1: [1, 0.45, 0.45, 0.3] },
  };
  const comparison = madeComparison({
    means: { single: [0.7, 0.8], hard: [0.7, 0.8] },
    seeds: 2,
    change: (run) => ({ ...run, validationLosses: losses[run.method as 'single' | 'hard'] }),
  });
  const [single, hard] = efficiency(comparison).rows;
  // Mean of .2 and .2, there from the fourth epoch on; hard sharing never comes to .2.
  expect(single!.epochsToTarget).toBe(4);
  expect(hard!.reached).toBe(0);
});
