import { expect, test } from 'vitest';
import { adjustedRandIndex } from '../../src/grouping/adjusted-rand';
import type { Affinity } from '../../src/grouping/affinity';
import { type ClusterMethod, clusterTasks, type GroupCountRule } from '../../src/grouping/cluster';
import { random } from '../../src/random/random';

/** Affinity `inside` within a group and `between` else, with noise. A group named 'alone' has no mates. */
function planted(
  groups: readonly (number | 'alone')[],
  options: { inside?: number; between?: number; noise?: number; seed?: number; ceiling?: number },
): Affinity {
  const { inside = 0.8, between = 0, noise = 0.1, seed = 0, ceiling } = options;
  const r = random(seed, 'planted affinity');
  const values = groups.map(() => groups.map(() => 1));
  for (let i = 0; i < groups.length; i++) {
    for (let j = 0; j < i; j++) {
      const v = (groups[i] === groups[j] && groups[i] !== 'alone' ? inside : between) + noise * r.normal();
      values[i]![j] = v;
      values[j]![i] = v;
    }
  }
  return {
    kind: 'other',
    tasks: groups.map((_, i) => `t${i}`),
    values,
    directed: false,
    neutral: 0,
    notes: [],
    ...(ceiling === undefined ? {} : { ceiling }),
  };
}

const methods: ClusterMethod[] = ['hierarchical', 'spectral', 'k-medoids'];
const rules: GroupCountRule[] = ['silhouette', 'gap'];

test.each(methods.flatMap((method) => rules.map((rule) => ({ method, rule }))))(
  'clusterTasks recovers planted groups: $method, $rule',
  ({ method, rule }) => {
    const truth = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0];
    for (let seed = 0; seed < 5; seed++) {
      const c = clusterTasks(planted(truth, { seed, ceiling: 1 }), { method, rule });
      expect(adjustedRandIndex(c.labels, truth)).toBe(1);
      expect(c.structure).toBe(true);
      expect(c.plan.groups[0]!.serve).toEqual(['t0', 't3', 't6', 't9']);
      // Also where the affinity has no ceiling and another scale, as that of TAG.
      const tag = planted(truth, { inside: 0.02, between: -0.01, noise: 0.003, seed });
      expect(adjustedRandIndex(clusterTasks(tag, { method, rule }).labels, truth)).toBe(1);
    }
  },
);

test.each(rules)('clusterTasks leaves noise tasks alone: %s', (rule) => {
  for (let seed = 0; seed < 5; seed++) {
    const c = clusterTasks(planted([0, 0, 0, 0, 1, 1, 1, 'alone'], { seed, ceiling: 1 }), { rule });
    expect(c.plan.groups.map((g) => g.serve.length)).toEqual([4, 3, 1]);
    expect(c.plan.groups[2]!.serve).toEqual(['t7']);
  }
});

test.each(rules)('clusterTasks says one group where all help each other and all alone where none does: %s', (rule) => {
  let [one, apart] = [0, 0];
  for (let seed = 0; seed < 40; seed++) {
    const all = clusterTasks(planted(new Array(8).fill(0), { inside: 0.6, seed, ceiling: 1 }), { rule });
    const none = clusterTasks(planted(new Array(8).fill('alone'), { between: -0.1, seed, ceiling: 1 }), { rule });
    if (all.plan.groups.length === 1) one++;
    if (none.plan.groups.length === 8) apart++;
  }
  expect(one).toBeGreaterThanOrEqual(36);
  expect(apart).toBeGreaterThanOrEqual(36);
});

test('clusterTasks: unrelated tasks about neutral end alone, whether or not the affinity has intervals', () => {
  let apart = 0;
  for (let seed = 0; seed < 40; seed++) {
    const a = planted(new Array(8).fill('alone'), { seed, ceiling: 1 });
    const bounds = (side: number): number[][] => a.values.map((row) => row.map((v) => v + side * 0.196));
    for (const x of [a, { ...a, low: bounds(-1), high: bounds(1) }]) apart += clusterTasks(x).plan.groups.length === 8 ? 1 : 0;
  }
  // A task stays by chance with probability 0.025; 8 tasks leave all in about 0.85 of the runs.
  expect(apart / 80).toBeGreaterThan(0.7);
});

test('clusterTasks: without a ceiling pure noise is taken for structure about as often as the test allows', () => {
  let structures = 0;
  for (let seed = 0; seed < 100; seed++)
    if (clusterTasks(planted(new Array(8).fill('alone'), { noise: 0.01, seed })).structure) structures++;
  // 5 % wanted; P(Binomial(100, 0.05) > 12) < 0.002.
  expect(structures).toBeLessThanOrEqual(12);
});

test('clusterTasks: few tasks', () => {
  expect(clusterTasks(planted([0], {})).plan.groups.length).toBe(1);
  expect(clusterTasks(planted([0, 0], {})).labels).toEqual([0, 0]);
  expect(clusterTasks(planted([0, 1], { between: -0.5 })).labels).toEqual([0, 1]);
  expect(clusterTasks(planted([0, 0, 1], { ceiling: 1 })).labels).toEqual([0, 0, 1]);
  expect(clusterTasks(planted([0, 0, 1, 1], { ceiling: 1 })).labels).toEqual([0, 0, 1, 1]);
});

test('clusterTasks: a given number of groups, the dendrogram, and the scores by number of groups', () => {
  const a = planted([0, 1, 0, 1, 0, 1], { ceiling: 1 });
  const c = clusterTasks(a, { groups: 2 });
  expect(c).toMatchObject({ labels: [0, 1, 0, 1, 0, 1], rule: 'given', reason: '2 groups were asked for.' });
  expect(c.merges!.length).toBe(5);
  expect(c.counts.map((k) => k.groups)).toEqual([1, 2, 3, 4, 5]);
  expect(clusterTasks(a, { groups: 6 }).labels).toEqual([0, 1, 2, 3, 4, 5]);
  expect(clusterTasks(a, { groups: 3, method: 'k-medoids' }).merges).toBeUndefined();
});

test('clusterTasks: the order of the tasks and the direction of the affinity do not matter', () => {
  const a = planted([0, 0, 0, 1, 1, 1, 2, 2], { ceiling: 1, noise: 0.2 });
  const order = [5, 2, 7, 0, 1, 6, 3, 4];
  const moved = { ...a, tasks: order.map((i) => a.tasks[i]!), values: order.map((i) => order.map((j) => a.values[i]![j]!)) };
  const groups = (c: { plan: { groups: readonly { serve: readonly string[] }[] } }): string[] =>
    c.plan.groups.map((g) => [...g.serve].sort().join()).sort();
  expect(groups(clusterTasks(moved))).toEqual(groups(clusterTasks(a)));
  const directed = { ...a, directed: true, values: a.values.map((row, i) => row.map((v, j) => (i < j ? v + 0.2 : i > j ? v - 0.2 : v))) };
  expect(clusterTasks(directed).labels).toEqual(clusterTasks(a).labels);
});

test('clusterTasks: unknown pairs are neutral and noted; wide intervals break up a group', () => {
  const a = planted([0, 0, 0, 1, 1, 1], { ceiling: 1, noise: 0.01 });
  const holes = {
    ...a,
    values: a.values.map((row, i) => row.map((v, j) => (i !== j && i >= 2 && i <= 3 && j >= 2 && j <= 3 ? Number.NaN : v))),
  };
  const c = clusterTasks(holes);
  expect(c.labels).toEqual([0, 0, 0, 1, 1, 1]);
  expect(c.notes).toEqual(['1 pairs of tasks have no known affinity and count as neutral']);
  const spread = (width: number): Affinity => ({
    ...a,
    low: a.values.map((row) => row.map((v) => v - width)),
    high: a.values.map((row) => row.map((v) => v + width)),
  });
  // The mean affinity with two mates is about 0.8: kept for half-widths below 0.8 * sqrt(2) = 1.13.
  expect(clusterTasks(spread(1.05)).labels).toEqual([0, 0, 0, 1, 1, 1]);
  expect(clusterTasks(spread(1.2)).labels).toEqual([0, 1, 2, 3, 4, 5]);
});

test('clusterTasks says what is wrong', () => {
  const a = planted([0, 1], {});
  expect(() => clusterTasks(a, { group: 2 } as never)).toThrow('unknown option "group" (did you mean "groups"?)');
  expect(() => clusterTasks(a, { groups: 3 })).toThrow('groups must be at most the number of tasks (2), got 3');
  expect(() => clusterTasks(a, { method: 'kmeans' as never })).toThrow("method must be 'hierarchical', 'spectral' or 'k-medoids', got");
  expect(() => clusterTasks({ ...a, tasks: [], values: [] })).toThrow('has no tasks');
});
