import { describe, expect, it } from 'vitest';
import { type Affinity, pairwiseAffinity } from '../../src/grouping/affinity';
import { pairwiseScores } from '../../src/grouping/group-scores';
import { groupTasks } from '../../src/grouping/group-tasks';
import { harmOdds } from '../../src/grouping/harm-odds';
import { planGroups } from '../../src/grouping/plan';
import { random } from '../../src/random/random';
import { hierarchicalGains } from '../../src/study/statistics';
import { tinyData } from '../study/support/tiny-study';

const tasks = ['up', 'size', 'noise'];

/** What the row adds to the column, as a share of its error: "up" and "size" help each other; "noise" is helped by both and harms "up". */
const planted = [
  [0, 0.08, 0.09],
  [0.08, 0, 0.09],
  [-0.03, 0.05, 0],
];

/** Affinity by pairs, from made-up errors. */
function affinityOf(runs: number, effects: readonly (readonly number[])[] = planted): Affinity {
  const draws = random(1, 'harm odds');
  return pairwiseAffinity(
    tasks,
    Array.from({ length: runs }, () => ({
      alone: [1, 1, 1],
      pairs: effects.map((row) => row.map((effect) => 1 - effect - 0.02 * draws.normal())),
    })),
  );
}

describe('harmOdds', () => {
  it('are those of the hierarchical model of all mates of a task', () => {
    const affinity = affinityOf(12);
    const odds = harmOdds(affinity)!;
    const [from, other, on] = [0, 1, 2];
    // The standard error again: half an interval over the t quantile of 11 degrees of freedom, 2.200985.
    const estimates = [from, other].map((mate) => ({
      effect: affinity.values[mate]![on]!,
      standardError: (affinity.high![mate]![on]! - affinity.low![mate]![on]!) / 2 / 2.200985,
      degreesOfFreedom: 11,
    }));
    const [wanted] = hierarchicalGains(estimates, { scale: 0.02 }).tasks;
    expect(odds.of(from, on)!.pGain).toBeCloseTo(wanted!.pGain, 6);
    expect(odds.of(from, on)!.pHarm).toBeCloseTo(wanted!.pHarm, 6);
    expect(odds.of(on, on)).toBeUndefined();
  });

  it('planted: the mate that harms is one, those that help or do nothing are none', () => {
    const { harms } = harmOdds(affinityOf(12))!;
    const found = tasks.map((_, from) => tasks.map((__, on) => harms(from, on)));
    expect(found).toEqual([
      [false, false, false],
      [false, false, false],
      [true, false, false],
    ]);
    const nothing = harmOdds(
      affinityOf(30, [
        [0, 0.001, 0.002],
        [0.001, 0, 0.001],
        [0.002, 0.001, 0],
      ]),
    )!;
    expect(tasks.some((_, from) => tasks.some((__, on) => nothing.harms(from, on)))).toBe(false);
  });

  it('are none below ten runs, and none of what is no share of an error', () => {
    expect(harmOdds(affinityOf(9))).toBeUndefined();
    expect(harmOdds({ ...affinityOf(12), kind: 'tag' })).toBeUndefined();
    expect(harmOdds({ ...affinityOf(12), kind: 'leave-one-out' })).toBeDefined();
  });
});

describe('groups', () => {
  it('drop a mate that is likely to harm a task, keep it for those that it helps, and say why', async () => {
    const data = tinyData();
    const { plan, reasons } = await groupTasks(data, { affinity: affinityOf(12), budget: 1 });
    // One network is all that the budget allows: together, and said.
    expect(plan.groups.map(({ train }) => train)).toEqual([tasks]);
    expect(reasons.join(' ')).toMatch(
      /The budget of 1 keeps tasks together though some are likely to be harmed; without it: up is trained without noise/,
    );
    const free = await groupTasks(data, { affinity: affinityOf(12), by: 'search' });
    expect(free.plan.groups).toEqual([
      { serve: ['up'], train: ['up', 'size'] },
      { serve: ['size', 'noise'], train: tasks },
    ]);
    expect(free.reasons.join(' ')).toMatch(
      /up is trained without noise, which has a risk of \d+ % of costing it more than 2 % of its error, and a chance of (\d+ %|less than 1 %) of a gain\./,
    );
    expect(String(free)).toContain('up is trained without noise');
    const few = await groupTasks(data, { affinity: affinityOf(5), by: 'search' });
    expect(few.plan.groups.map(({ train }) => train)).toEqual([tasks]);
    expect(few.reasons.join(' ')).toContain('Groups follow the mean affinity: 5 runs give no odds of harm, 10 do.');
    const fine = await groupTasks(data, {
      affinity: affinityOf(
        12,
        planted.map((row) => row.map(Math.abs)),
      ),
      by: 'search',
    });
    expect(fine.reasons.join(' ')).toContain('No mate is dropped: none is likely to harm another in its group.');
  });

  it('have no helper that is likely to harm what it helps, though the sum of gains would', () => {
    // A third task lifts "up" by more than it costs "size".
    const gains = [0, 0.3, -0.1] as const;
    const scores = (harms?: (from: number, on: number) => boolean) => ({
      tasks: ['size', 'up', 'helper'],
      ...(harms ? { harms } : {}),
      gain(task: number, members: readonly number[]): number {
        const together = members.includes(0) && members.includes(1) ? 0.2 : 0;
        if (task === 2) return members.length > 1 ? -1 : 0;
        return together + (members.includes(2) ? [gains[2], gains[1]][task]! : 0);
      },
    });
    for (const search of ['exact', 'beam'] as const) {
      const options = { helpers: true, search, budget: 2 } as const;
      expect(planGroups(scores(), options).plan.groups[0]).toEqual({ serve: ['size', 'up'], train: ['size', 'up', 'helper'] });
      const careful = planGroups(
        scores((from, on) => from === 2 && on === 0),
        options,
      ).plan.groups;
      for (const { serve, train } of careful) expect(serve.includes('size') && train.includes('helper')).toBe(false);
      expect(
        planGroups(
          scores((from, on) => from === 0 && on === 2),
          options,
        ).plan.groups[0]!.train,
      ).toHaveLength(3);
    }
  });

  it('take the odds from the affinity', () => {
    expect(pairwiseScores(affinityOf(12)).harms!(2, 0)).toBe(true);
    expect(pairwiseScores(affinityOf(12)).harms!(0, 2)).toBe(false);
    expect(pairwiseScores(affinityOf(3)).harms).toBeUndefined();
  });
});
