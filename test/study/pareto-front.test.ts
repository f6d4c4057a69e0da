import { describe, expect, it } from 'vitest';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { random } from '../../src/random/random';
import { makeComparison } from '../../src/study/comparison';
import { makeParetoFront, paretoFront, weightGrid } from '../../src/study/pareto-front';
import { madeComparison } from './support/made-comparison';
import { tinyData } from './support/tiny-study';

describe('paretoFront', () => {
  it('weights form the grid of the simplex without its ends', () => {
    expect(weightGrid(2, 4)).toEqual([
      [0.5, 1.5],
      [1, 1],
      [1.5, 0.5],
    ]);
    // C(n - 1, t - 1) points: 5 over 2 for three tasks in sixths.
    expect(weightGrid(3, 6)).toHaveLength(10);
    for (const weights of weightGrid(3, 6)) expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(3, 12);
  });

  it('gives the hypervolume of known points, and what a further method adds', () => {
    // t0 higher is better, t1 lower. Over the reference (0, 1) the two weights cover 0.8 x 0.2 + (0.2 x 0.4) more, by hand:
    // points (0.8, 0.8) and (0.2, 0.4): 0.2 x 0.6 + 0.6 x 0.2 = 0.24. The method (0.8, 0.4) covers 0.8 x 0.6 = 0.48.
    const comparison = madeComparison({ means: { 'w 1': [0.8, 0.8], 'w 2': [0.2, 0.4], better: [0.8, 0.4] }, noise: 0, seeds: 3 });
    const weights = new Map([
      ['w 1', [1.5, 0.5]],
      ['w 2', [0.5, 1.5]],
    ]);
    const front = makeParetoFront(comparison, weights, [0, 1]);
    expect(front.hypervolume.scalarization.value).toBeCloseTo(0.24, 12);
    expect(front.hypervolume.all.value).toBeCloseTo(0.48, 12);
    // A copy of a weight adds nothing where nothing scatters.
    expect(front.hypervolume.added.value).toBeCloseTo(0.24, 12);
    expect(front.points.map(({ onFront }) => onFront)).toEqual([false, false, true]);
    expect(front.plot().layout.title.text).toContain('Trade-off');
    // Without a reference the worst scores serve.
    expect(makeParetoFront(comparison, weights).reference).toEqual([0.2, 0.8]);
  });

  it('adds nothing by plain copies of a weight: below 0 as often as above', () => {
    let [above, significant] = [0, 0];
    const studies = 40;
    for (let study = 0; study < studies; study++) {
      const draws = random(study, 'copies');
      const means = { 'w 1': [0.8, 0.8], 'w 2': [0.7, 0.6], 'w 3': [0.5, 0.5], copy: [0.7, 0.6] };
      const { data } = madeComparison({ means, noise: 0, seeds: 10 });
      const runs = data.runs.map((run) => ({
        ...run,
        metrics: {
          t0: { rocAuc: run.metrics.t0!.rocAuc! + 0.03 * draws.normal() },
          t1: { relativeRmse: run.metrics.t1!.relativeRmse! + 0.03 * draws.normal() },
        },
      }));
      const weights = new Map(['w 1', 'w 2', 'w 3'].map((name, i) => [name, [i, 2 - i]]));
      const { added } = makeParetoFront(makeComparison({ ...data, runs, rho: 0 }), weights, [0.3, 1]).hypervolume;
      if (added.value > 0) above++;
      if (added.low > 0) significant++;
    }
    // One half, but for three binomial standard errors; it once was always above 0, and shown to be in 63 %.
    expect(Math.abs(above / studies - 0.5)).toBeLessThan(3 * Math.sqrt(0.25 / studies));
    expect(significant / studies).toBeLessThan(0.2);
  });

  it('trains the named tasks only', async () => {
    const front = await paretoFront(tinyData(), {
      method: hardSharing(mlp([4])),
      tasks: ['up', 'noise'],
      steps: 2,
      seeds: 2,
      epochs: 1,
      batchSize: 16,
    });
    expect(front.tasks).toEqual(['up', 'noise']);
    expect(front.points).toHaveLength(1);
    expect(front.comparison.data.baseline).toBe('weights 1 : 1');
  });

  it('refuses what trades nothing', async () => {
    const data = tinyData();
    const method = hardSharing(mlp([4]));
    await expect(paretoFront(data, { method: singleTask(mlp([4])) })).rejects.toThrow(/weights trade nothing/);
    await expect(paretoFront(data, { method, tasks: ['up', 'sise'] })).rejects.toThrow(/names "sise".*did you mean "size"/);
    await expect(paretoFront(data, { method, tasks: ['up'] })).rejects.toThrow(/at least 2 different tasks/);
    await expect(paretoFront(data, { method, reference: [1] })).rejects.toThrow(/one finite score a task \(3\)/);
  });
});
