import { expect, test } from 'vitest';
import { type ClusteredTasksOptions, clusteredTasks, noiseTask, relatedTasks, type Simulation } from '../../src/data/simulators';
import {
  type Affinity,
  adjustedRandIndex,
  clusterTasks,
  labelSimilarity,
  pairwiseScores,
  planGroups,
  weightCosineAffinity,
} from '../../src/grouping';
import { fitLinear, ridge, sharedInputs } from '../../src/linear';
import { asLabels, labelsOf, rowsOf } from '../data/simulators/helpers';

function weightsAffinity(s: Simulation<object>): Affinity {
  const fit = fitLinear(sharedInputs(rowsOf(s), labelsOf(s)), ridge(), { lambda: 1e-3 });
  return weightCosineAffinity(fit.tasks, fit.weights);
}

const labelAffinity = (s: Simulation<object>): Affinity => labelSimilarity(asLabels(s), { replicates: 50 });

/** Mean adjusted Rand index over seeds. */
function recovery(affinity: (s: Simulation<object>) => Affinity, options: ClusteredTasksOptions, seeds: number): number {
  let sum = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const s = clusteredTasks({ ...options, seed });
    sum += adjustedRandIndex(clusterTasks(affinity(s)).labels, Object.values(s.truth.groups));
  }
  return sum / seeds;
}

test('planted groups are recovered at the documented signal, from weights and from labels', () => {
  expect(recovery(weightsAffinity, {}, 5)).toBe(1);
  expect(recovery(labelAffinity, {}, 5)).toBe(1);
  expect(recovery(labelAffinity, { nonLinear: true }, 5)).toBe(1);
  expect(recovery(labelAffinity, { kind: 'binary', rows: 600 }, 5)).toBe(1);
});

test('recovery rises with the signal, from none to all', () => {
  const curve = [0, 0.3, 0.6, 0.9].map((similarity) => recovery(weightsAffinity, { similarity, noise: 1 }, 6));
  expect(curve[0]).toBeLessThan(0.1);
  for (let i = 1; i < curve.length; i++) expect(curve[i]).toBeGreaterThanOrEqual(curve[i - 1]! - 0.05);
  expect(curve[3]).toBe(1);
});

test('a noise task is left alone', () => {
  for (const affinity of [weightsAffinity, labelAffinity]) {
    for (let seed = 0; seed < 4; seed++) {
      const s = noiseTask(clusteredTasks({ seed, groups: 2, features: 100, rows: 1000 }), 'hum', 'regression', seed);
      const { plan } = clusterTasks(affinity(s));
      expect(plan.groups.find((g) => g.serve.includes('hum'))!.serve).toEqual(['hum']);
      expect(plan.groups.map((g) => g.serve.length).sort()).toEqual([1, 4, 4]);
    }
  }
});

test('the planner with the right budget finds the planted groups too', () => {
  for (let seed = 0; seed < 3; seed++) {
    const s = clusteredTasks({ seed });
    const { plan } = planGroups(pairwiseScores(weightsAffinity(s)), { budget: 3 });
    const found = Object.keys(s.tasks).map((t) => plan.groups.findIndex((g) => g.serve.includes(t)));
    expect(adjustedRandIndex(found, Object.values(s.truth.groups))).toBe(1);
  }
});

test('affinity follows the dial of relatedness', () => {
  for (const affinity of [weightsAffinity, labelAffinity]) {
    const found = [-0.5, 0, 0.5, 0.9].map((correlation) => affinity(relatedTasks({ correlation, features: 20, sines: 2 })).values[0]![1]!);
    for (let i = 1; i < found.length; i++) expect(found[i]).toBeGreaterThan(found[i - 1]!);
  }
});

test('140 tasks in 7 groups, from weights to groups', () => {
  const s = clusteredTasks({ groups: 7, tasksPerGroup: 20, features: 147, rows: 400 });
  const affinity = weightsAffinity(s);
  expect(adjustedRandIndex(clusterTasks(affinity).labels, Object.values(s.truth.groups))).toBe(1);
});
