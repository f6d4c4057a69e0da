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
  expect(rows[2]!.secondsToTarget).toBeNaN();
  expect(target).toContain('validation loss');
  expect(plot().data[0]!.type).toBe('bar');
  expect(table().rows[2]![2]).toBe('0 of 3 seeds');
});

it('efficiency: falls back to training losses, and says so', () => {
  expect(efficiency(madeComparison({ means: { single: [0.7, 0.8] } })).target).toContain('training loss');
});
