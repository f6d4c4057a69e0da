import { expect, it } from 'vitest';
import { regularization } from '../../src/study/regularization';
import { correctedTTest } from '../../src/study/statistics/corrected-t-test';
import { madeComparison } from './support/made-comparison';

/** Training scores better than test scores by `by`, whatever the metric. */
const gapped = madeComparison({
  means: { single: [0.7, 0.8], hard: [0.7, 0.8] },
  change: (run) => {
    const by = (run.method === 'single' ? 0.2 : 0.05) + 0.001 * (run.seed % 3);
    return {
      ...run,
      trainMetrics: {
        t0: { rocAuc: run.metrics.t0!.rocAuc! + by },
        t1: { relativeRmse: run.metrics.t1!.relativeRmse! - by },
      },
    };
  },
});

it('regularization: gaps are positive for overfitting, and narrower than the baseline where they are', () => {
  const result = regularization(gapped);
  const of = (method: string, task: string) => result.rows.find((row) => row.method === method && row.task === task)!;
  for (const task of ['t0', 't1']) {
    expect(of('single', task).gap.value).toBeCloseTo(0.2009, 10);
    expect(of('hard', task).gap.value).toBeCloseTo(0.0509, 10);
    expect(of('hard', task).narrowing!.value).toBeCloseTo(0.15, 10);
    expect(of('single', task).narrowing).toBeUndefined();
  }
  // Equal in all seeds: there is no spread to judge by, and so no claim.
  expect(of('hard', 't0').p).toBeNaN();
  expect(of('single', 't0')).not.toHaveProperty('p');
  expect(result.plot().data).toHaveLength(2);
  expect(result.table().rows).toHaveLength(4);
});

it('regularization: sentences follow the interval', () => {
  const made = (extra: (seed: number) => number) =>
    madeComparison({
      means: { single: [0.7, 0.8], hard: [0.7, 0.8] },
      change: (run) => ({
        ...run,
        trainMetrics: {
          t0: { rocAuc: run.metrics.t0!.rocAuc! + (run.method === 'single' ? 0.1 : 0.1 + extra(run.seed)) },
          t1: { relativeRmse: 1 },
        },
      }),
    });
  const first = (extra: (seed: number) => number): string => regularization(made(extra)).sentences[0]!;
  expect(first((seed) => -0.05 + 0.001 * seed)).toContain('hard overfits t0 less than single');
  // Two narrowings are one family: the p value is twice that of one.
  const rows = regularization(made((seed) => 0.01 * (seed % 3) - 0.012)).rows.filter(({ p }) => p !== undefined);
  expect(rows).toHaveLength(2);
  const alone = correctedTTest(
    Array.from({ length: 10 }, (_, seed) => 0.012 - 0.01 * (seed % 3)),
    { rho: 0.3 },
  ).p;
  expect(rows[0]!.p).toBeCloseTo(Math.min(1, 2 * alone), 10);
  expect(first((seed) => 0.05 + 0.001 * seed)).toContain('hard overfits t0 more than single');
  expect(first((seed) => (seed % 2 === 0 ? 0.05 : -0.05))).toContain('not told apart');
});
