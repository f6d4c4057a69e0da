import { expect, test } from 'vitest';
import type { Affinity } from '../../src/grouping/affinity';
import { type GroupScores, measuredScores, pairwiseScores } from '../../src/grouping/group-scores';
import { type PlanOptions, planGroups } from '../../src/grouping/plan';
import { checkPlan } from '../../src/grouping/sharing-plan';
import { random } from '../../src/random/random';

function randomAffinity(n: number, seed: number, groups?: readonly number[]): Affinity {
  const r = random(seed, 'plan test');
  return {
    kind: 'pairwise',
    tasks: Array.from({ length: n }, (_, i) => `t${i}`),
    values: Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_, j) => r.normal() * 0.3 + (groups?.[i] === groups?.[j] ? 0.5 : -0.5)),
    ),
    directed: true,
    neutral: 0,
    notes: [],
  };
}

/** Arbitrary gains per task and group, so that nothing about pairs helps the search. */
function randomScores(n: number, seed: number): GroupScores {
  const r = random(seed, 'plan scores');
  const table = Array.from({ length: 2 ** n }, () => Array.from({ length: n }, () => r.normal()));
  return {
    tasks: Array.from({ length: n }, (_, i) => `t${i}`),
    gain: (t, group) => table[group.reduce((mask, m) => mask | (1 << m), 0)]![t]!,
  };
}

function partitions(n: number): number[][][] {
  if (n === 0) return [[]];
  return partitions(n - 1).flatMap((p) => [...p.map((part, at) => p.map((q, i) => (i === at ? [...part, n - 1] : q))), [...p, [n - 1]]]);
}

/** Best score over all partitions into at most `budget` parts. */
function bruteForce(s: GroupScores, budget: number, price: number): number {
  return Math.max(
    ...partitions(s.tasks.length)
      .filter((p) => p.length <= budget)
      .map((p) => p.reduce((sum, part) => sum + part.reduce((gain, t) => gain + s.gain(t, part), 0) - price, 0)),
  );
}

/** Best score over all sets of at most `budget` networks, each task served by the best network that trains it. */
function bruteForceWithHelpers(s: GroupScores, budget: number, price: number): number {
  const n = s.tasks.length;
  const sets = Array.from({ length: 2 ** n - 1 }, (_, at) => [...new Array(n).keys()].filter((t) => (at + 1) & (1 << t)));
  let best = Number.NEGATIVE_INFINITY;
  const choose = (from: number, chosen: number[][]): void => {
    const gains = [...new Array(n).keys()].map((t) => Math.max(...chosen.filter((c) => c.includes(t)).map((c) => s.gain(t, c))));
    best = Math.max(best, gains.reduce((a, b) => a + b, 0) - price * chosen.length);
    if (chosen.length < budget) for (let at = from; at < sets.length; at++) choose(at + 1, [...chosen, sets[at]!]);
  };
  choose(0, []);
  return best;
}

test.each([1, 2, 3, 4, 5, 6, 7])('planGroups, exact, is the best of all partitions of %i tasks', (n) => {
  for (let seed = 0; seed < 5; seed++) {
    for (const s of [pairwiseScores(randomAffinity(n, seed)), randomScores(n, seed)]) {
      for (const options of [{}, { budget: Math.ceil(n / 2) }, { price: 0.4 }, { budget: 1 }]) {
        const p = planGroups(s, options);
        expect(p.search).toBe('exact');
        expect(p.score).toBeCloseTo(bruteForce(s, options.budget ?? n, options.price ?? 0), 10);
        checkPlan(p.plan, s.tasks);
        // The plan is worth what it says.
        const worth = p.plan.groups.reduce((sum, g) => {
          const at = g.train.map((t) => s.tasks.indexOf(t));
          return sum + g.serve.reduce((gain, t) => gain + s.gain(s.tasks.indexOf(t), at), 0) - (options.price ?? 0);
        }, 0);
        expect(worth).toBeCloseTo(p.score, 10);
        expect(p.gains.reduce((a, b) => a + b, 0) - (options.price ?? 0) * p.plan.groups.length).toBeCloseTo(p.score, 10);
      }
    }
  }
});

test.each([
  [3, 3],
  [4, 2],
  [4, 3],
  [5, 2],
])('planGroups with helpers, exact, is the best of all sets of networks: %i tasks, budget %i', (n, budget) => {
  for (let seed = 0; seed < 3; seed++) {
    for (const s of [pairwiseScores(randomAffinity(n, seed)), randomScores(n, seed)]) {
      const p = planGroups(s, { budget, helpers: true, price: 0.1 });
      expect(p.score).toBeCloseTo(bruteForceWithHelpers(s, budget, 0.1), 10);
      expect(p.score).toBeGreaterThanOrEqual(planGroups(s, { budget, price: 0.1 }).score - 1e-12);
      checkPlan(p.plan, s.tasks);
    }
  }
});

test('planGroups: the beam finds nearly all of the exact gain, on scores with and without groups', () => {
  let [structured, loose] = [0, 0];
  for (let seed = 0; seed < 10; seed++) {
    for (const groups of [[0, 1, 2, 0, 1, 2, 0, 1, 2, 0], undefined]) {
      const s = pairwiseScores(randomAffinity(10, seed, groups));
      for (const options of [{ price: 0.5 }, { budget: 3 }] as PlanOptions[]) {
        const best = planGroups(s, options).score;
        const found = planGroups(s, { ...options, search: 'beam' }).score;
        expect(found).toBeLessThanOrEqual(best + 1e-10);
        if (groups === undefined) loose += found / best / 20;
        else structured += found / best / 20;
      }
    }
  }
  expect(structured).toBeGreaterThan(0.99);
  expect(loose).toBeGreaterThan(0.97);
});

test('planGroups: of equal plans, fewer networks; a hurtful task trains alone', () => {
  const values = [
    [0, 0.5, 0.5, -1],
    [0.5, 0, 0.5, -1],
    [0.5, 0.5, 0, -1],
    [-1, -1, -1, 0],
  ];
  const a: Affinity = { kind: 'pairwise', tasks: ['a', 'b', 'c', 'd'], values, directed: false, neutral: 0, notes: [] };
  const groups = (options: PlanOptions): string[] => planGroups(pairwiseScores(a), options).plan.groups.map((g) => g.serve.join(''));
  expect(groups({})).toEqual(['abc', 'd']);
  expect(groups({ search: 'beam' })).toEqual(['abc', 'd']);
  expect(groups({ budget: 1 })).toEqual(['abcd']);
  expect(groups({ price: 10 })).toEqual(['abcd']);
});

test('planGroups: a helper is trained where it helps and served elsewhere', () => {
  // c helps a and b a lot, and they harm it.
  const values = [
    [0, 0, -3],
    [0, 0, -3],
    [2, 2, 0],
  ];
  const a: Affinity = { kind: 'pairwise', tasks: ['a', 'b', 'c'], values, directed: true, neutral: 0, notes: [] };
  for (const search of ['exact', 'beam'] as const) {
    const p = planGroups(pairwiseScores(a), { budget: 2, helpers: true, search, price: 0.1 });
    if (search === 'exact') {
      expect(p.plan.groups).toEqual([
        { serve: ['a', 'b'], train: ['a', 'b', 'c'] },
        { serve: ['c'], train: ['c'] },
      ]);
    }
    expect(p.plan.groups.find((g) => g.serve.includes('c'))!.train).toEqual(['c']);
    expect(p.plan.groups.find((g) => g.serve.includes('a'))!.train).toContain('c');
  }
});

test('planGroups on measured networks: only what was trained', () => {
  const s = measuredScores(
    ['a', 'b', 'c'],
    [
      { tasks: ['a'], errors: [1] },
      { tasks: ['b'], errors: [1] },
      { tasks: ['c'], errors: [1] },
      { tasks: ['a', 'b'], errors: [0.8, 0.9] },
      { tasks: ['b', 'c'], errors: [0.5, 1.1] },
    ],
  );
  const p = planGroups(s);
  expect(p.plan.groups.map((g) => g.serve)).toEqual([['a'], ['b', 'c']]);
  expect(p.score).toBeCloseTo(0.4, 12);
  expect(p.gains.map((g) => Number(g.toFixed(12)))).toEqual([0, 0.5, -0.1]);
  expect(planGroups(s, { helpers: true }).score).toBeCloseTo(0.7, 12);
  expect(() => planGroups(s, { budget: 1 })).toThrow('no plan of at most 1 networks has known gains');
});

test('planGroups plans 139 tasks', () => {
  const truth = Array.from({ length: 139 }, (_, i) => i % 7);
  const p = planGroups(pairwiseScores(randomAffinity(139, 1, truth)), { budget: 7, beamWidth: 8 });
  expect(p.search).toBe('beam');
  const found = Array.from({ length: 139 }, (_, i) => p.plan.groups.findIndex((g) => g.serve.includes(`t${i}`)));
  // All mates of a task are in its group.
  for (let i = 0; i < 139; i++) for (let j = 0; j < i; j++) expect(found[i] === found[j]).toBe(truth[i] === truth[j]);
});

test('planGroups says what is wrong', () => {
  const s = pairwiseScores(randomAffinity(17, 0));
  expect(() => planGroups(s, { search: 'exact' })).toThrow('exact search of 17 tasks');
  expect(() => planGroups(s, { budget: 0 })).toThrow('budget must be an integer of at least 1');
  expect(() => planGroups(s, { price: -1 })).toThrow('price must be a number at least 0');
  expect(() => planGroups(s, { search: 'greedy' as never })).toThrow("search must be 'exact' or 'beam'");
  expect(() => planGroups(s, { buget: 2 } as never)).toThrow('did you mean "budget"');
  expect(() => planGroups({ tasks: [], gain: () => 0 })).toThrow('no tasks');
});
