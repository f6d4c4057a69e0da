import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { pcgrad } from '../../src/balancing';
import type { TaskData } from '../../src/data/data-types';
import { conflictingTasks } from '../../src/data/simulators';
import { taskData } from '../../src/data/task-data';
import { defineArchitecture } from '../../src/models/define-architecture';
import { mlp } from '../../src/models/encoders/mlp';
import { constant } from '../../src/models/network/initial';
import { grouped } from '../../src/models/sharing/grouped';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { random } from '../../src/random/random';
import { type AuxiliaryWeights, auxiliaryWeights, makeAuxiliaryWeights } from '../../src/study/auxiliary-weights';
import { compare } from '../../src/study/compare';
import { equivalenceTest, pairedDifferences } from '../../src/study/statistics';
import { withTasks } from '../../src/study/subset';
import { type Influence, leaveOneTaskOut, makeInfluence, type TaskInfluence } from '../../src/study/task-influence';
import { valuesOf } from '../../src/study/values';
import { madeComparison } from './support/made-comparison';
import { steady, tinyData } from './support/tiny-study';

/** One weight vector for all tasks: what conflict means here has a closed form. */
const oneVector = defineArchitecture({
  name: 'oneVector',
  title: 'One weight vector for all tasks',
  paper: { authors: 'none', year: 2000, title: 'none' },
  options: {},
  read: () => ({}),
  build({ input, tasks }) {
    const shape = [input.shape[0]!, 1];
    return {
      parameters: [{ name: 'weights', shape, role: 'shared', decay: false, initial: constant(0, shape) }],
      forward: (values, x) => tf.tile(tf.matMul(x as tf.Tensor3D, values.weights as tf.Tensor3D), [1, 1, tasks.length]),
    };
  },
});

const NOISE = 0.1;

/** Two tasks at right angles, and a third that is the first with other noise. */
function planted(): TaskData {
  const simulation = conflictingTasks({ conflict: 0.5, features: 4, rows: 400, noise: NOISE, seed: 3 });
  const draws = random(0, 'related');
  const related = (simulation.table.first as number[]).map((value) => value + NOISE * draws.normal());
  return taskData({ ...simulation.table, related }, { tasks: { ...simulation.tasks, related: { kind: 'regression' } } as never });
}

const settings = { epochs: 40, learningRate: 0.02, batchSize: 32 } as const;

describe('on planted conflict', () => {
  const data = planted();
  const method = oneVector();
  let influence: TaskInfluence;
  let soft: AuxiliaryWeights;
  beforeAll(async () => {
    influence = await leaveOneTaskOut(data, method, { ...settings, seeds: 6 });
    soft = await auxiliaryWeights(data, method, influence, { ...settings, margin: 0.05 });
  }, 120_000);

  it('the conflicting task loses weight, the related one keeps it', () => {
    expect(soft.weights.first!.second).toBeLessThan(1);
    expect(soft.weights.related!.second).toBeLessThan(1);
    expect([soft.weights.first!.related, soft.weights.first!.first, soft.weights.related!.first]).toEqual([1, 1, 1]);
    expect(soft.sentences[0]).toMatch(/^Train first without second\. Choosing the weight of second by validation helps first/);
  });

  it('each weight gives the error of the weighted mean of the weight vectors', () => {
    // first and related want u, second wants v with u . v = 0: (2 u + w v) / (2 + w), so the error is that share of v and of u, beside the noise.
    const error = (w: number): number => Math.sqrt(2 * (w / (2 + w)) ** 2 + NOISE ** 2);
    for (const { task, weight, effect, chosen } of soft.remedies) {
      if (task !== 'first') continue;
      expect(Math.abs(effect - (error(1) - error(weight ?? 0)))).toBeLessThan(0.05);
      if (weight !== undefined && weight > 0) expect(chosen).toBe(0);
    }
    const gains = soft.remedies.filter(({ task, weight }) => task === 'first' && weight !== undefined).map(({ effect }) => effect);
    expect([...gains].sort((a, b) => b - a)).toEqual(gains);
  });

  it("the plan's errors are below those of keeping all tasks, by the plan's own networks", async () => {
    const plan = soft.plan.groups;
    expect(plan.find(({ serve }) => serve.includes('first'))).toEqual({ serve: ['first', 'related'], train: ['first', 'related'] });
    const half = { groups: plan.map((group) => ({ ...group, train: ['first', 'second', 'related'], weights: [1, 0.5, 1] })) };
    const trunk = mlp([2], { activation: 'tanh' });
    const comparison = await compare(data, {
      ...settings,
      methods: { keep: hardSharing(trunk), plan: grouped(soft.plan, trunk), half: grouped(half, trunk) },
      seeds: 5,
      baseline: 'keep',
    });
    for (const name of ['first', 'related']) {
      const keep = valuesOf(comparison.data, 'keep', name, 'relativeRmse');
      for (const other of ['plan', 'half']) {
        const gain = pairedDifferences(valuesOf(comparison.data, other, name, 'relativeRmse'), keep, 'lower');
        expect(equivalenceTest(gain, { margin: 0.1, rho: comparison.data.rho }).lowP).toBeLessThan(0.05);
      }
    }
  });

  it('is drawn with an interval for every remedy', () => {
    const figure = soft.plot();
    const shown = figure.data.flatMap(({ x }) => (Array.isArray(x) ? (x as number[]) : [])).filter(Number.isFinite);
    for (const { effect } of soft.remedies) expect(shown.some((value) => Math.abs(value - effect) < 1e-3 * Math.abs(effect))).toBe(true);
    expect(soft.table().rows).toHaveLength(soft.remedies.length);
    expect(soft.toMime()).toHaveLength(2);
    expect(String(soft)).toContain('Train first without second');
  });
});

const harm = (from: string, on: string, verdict: Influence['verdict'] = 'negative'): Influence => ({
  from,
  on,
  metric: 'rocAuc',
  effect: -0.1,
  ci: [-0.2, -0.05],
  p: 0.01,
  verdict,
  sentence: `${from} on ${on}`,
});
const influenceOf = (data: TaskData, influences: readonly Influence[]): TaskInfluence =>
  makeInfluence(
    data.tasks.map(({ name }) => name),
    influences,
    madeComparison({ means: { method: [0.5, 0.5, 0.5] }, seeds: 2 }),
  );

describe('auxiliaryWeights', () => {
  const method = hardSharing(mlp([4]));

  it('trains on further seeds, and weight 0 is training without the task', async () => {
    const data = tinyData();
    const options = { epochs: 5, batchSize: 16, validation: 0.2, optimizer: steady } as const;
    const soft = await auxiliaryWeights(data, method, influenceOf(data, [harm('noise', 'up')]), { ...options, grid: [0] });
    expect(soft.study!.data.seeds).toEqual([2, 3]);
    expect(soft.sentences[0]).toMatch(/ Why: noise was shown to harm it\.$/);
    const { splitData } = await import('../../src/data/split');
    const splits = Object.fromEntries(
      [2, 3].map((seed) => {
        const { train, validation, test } = splitData(data, { test: 0.3, validation: 0.2, seed });
        return [seed, { train: [...train], validation: [...validation], test: [...test] }];
      }),
    );
    const without = await compare(withTasks(data, [0, 1]), { ...options, stopping: 'perTask', methods: { method }, splits });
    for (const [i, value] of valuesOf(without.data, 'method', 'up', 'brier').entries()) {
      expect(valuesOf(soft.study!.data, '"noise" at 0', 'up', 'brier')[i]).toBeCloseTo(value, 5);
    }
  });

  it('chooses by the own validation loss of the task, seed by seed, and by the mean over seeds for the plan', () => {
    // Losses of t0 by weight 0, 0.5 and 1; test scores 0.6, 0.8 and 0.7.
    const losses: Record<string, readonly number[]> = { '"t1" at 0': [5, 1], '"t1" at 0.5': [2, 2], keep: [3, 3] };
    const study = madeComparison({
      means: { keep: [0.7, 1], '"t1" at 0': [0.6, 1], '"t1" at 0.5': [0.8, 1] },
      noise: 0,
      seeds: 2,
      change: (run) => ({
        ...run,
        validationLosses: { t0: [9, losses[run.method]![run.seed]!], t1: [0, 0] },
        bestEpochs: { t0: 2, t1: 1 },
      }),
    });
    const found = makeAuxiliaryWeights(['t0', 't1'], [{ task: 't0', harmful: ['t1'] }], [0, 0.5], study);
    const why = ['t1 has a risk of 80 % of costing it more than 0.01, and a chance of 5 % of a gain'];
    const told = makeAuxiliaryWeights(['t0', 't1'], [{ task: 't0', harmful: ['t1'], why }], [0, 0.5], study);
    expect(told.sentences[0]).toMatch(/^Train t0 with t1 at weight 0\.5\. .* Why: t1 has a risk of 80 % .* of a gain\.$/);
    expect(told.sentences[1]).toBe('Train t1 with all tasks at weight 1: none is likely to harm it.');
    expect(found.remedies.map(({ weight, validationLoss, chosen }) => [weight, validationLoss, chosen])).toEqual([
      [0, 3, 1],
      [0.5, 2, 1],
      [undefined, 1.5, undefined],
    ]);
    // Seed 0 takes 0.5 (gain 0.1), seed 1 takes 0 (loss 0.1).
    expect(found.remedies.map(({ effect }) => Number(effect.toFixed(10)) + 0)).toEqual([-0.1, 0.1, 0]);
    expect(found.weights).toEqual({ t0: { t0: 1, t1: 0.5 }, t1: { t0: 1, t1: 1 } });
    expect(found.plan.groups).toEqual([
      { serve: ['t0'], train: ['t0', 't1'], weights: [1, 0.5] },
      { serve: ['t1'], train: ['t0', 't1'] },
    ]);
  });

  it('trains nothing where no harm was shown', async () => {
    const data = tinyData();
    const soft = await auxiliaryWeights(data, method, influenceOf(data, [harm('up', 'size', 'not enough evidence')]));
    expect(soft.study).toBeUndefined();
    expect(soft.plan.groups).toEqual([{ serve: ['up', 'size', 'noise'], train: ['up', 'size', 'noise'] }]);
    expect(soft.sentences).toHaveLength(3);
    expect(() => soft.plot()).toThrow(/nothing to draw/);
    expect(soft.toMime()).toHaveLength(1);
  });

  it('refuses what it cannot weigh', async () => {
    const data = tinyData();
    const influence = influenceOf(data, [harm('noise', 'up')]);
    await expect(auxiliaryWeights(data, method, influence, { grids: [0] } as never)).rejects.toThrow(/did you mean "grid"/);
    await expect(auxiliaryWeights(data, method, influence, { grid: [1] })).rejects.toThrow(/grid\[0\] must be/);
    await expect(auxiliaryWeights(data, method, influence, { validation: 0 })).rejects.toThrow(/set validation above 0/);
    await expect(auxiliaryWeights(data, method.with(pcgrad()), influence)).rejects.toThrow(/take the place of pcgrad\(\)/);
    await expect(auxiliaryWeights(data, singleTask(mlp([4])), influence)).rejects.toThrow(/no task can harm another/);
    await expect(auxiliaryWeights(withTasks(data, [0, 1]), method, influence)).rejects.toThrow(
      /tasks of data, up, size; got up, size, noise/,
    );
  });
});
