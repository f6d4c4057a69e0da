import { describe, expect, it } from 'vitest';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { compare } from '../../src/study/compare';
import { withTasks } from '../../src/study/subset';
import { type Influence, leaveOneTaskOut, makeInfluence } from '../../src/study/task-influence';
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

  it('needs a method that shares, and two tasks', async () => {
    await expect(leaveOneTaskOut(tinyData(), singleTask(mlp([4])))).rejects.toThrow(/no task can help another/);
    await expect(leaveOneTaskOut(withTasks(tinyData(), [0]), hardSharing(mlp([4])))).rejects.toThrow(/at least 2 tasks/);
    await expect(leaveOneTaskOut(tinyData(), hardSharing(mlp([4])), { seds: 2 } as never)).rejects.toThrow(/did you mean "seeds"/);
  });
});
