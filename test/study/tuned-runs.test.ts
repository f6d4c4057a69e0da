import { describe, expect, it } from 'vitest';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { compare } from '../../src/study/compare';
import { fromJSON } from '../../src/study/comparison';
import { scalarization } from '../../src/study/method-search';
import { steady, tinyData } from './support/tiny-study';

const trunk = mlp([4]);
const methods = { single: singleTask(trunk), hard: hardSharing(trunk) };
const options = { methods, seeds: 2, epochs: 6, batchSize: 16, optimizer: steady };
// The given rate learns nothing in 6 epochs; nearly all rates of the range learn.
const tune = { budget: 3, learningRate: [0.02, 0.05], weightDecay: [0], dropout: [] } as const;

describe('tuning', () => {
  it('reports the candidate with the lowest validation loss, as it was trained', async () => {
    const comparison = await compare(tinyData(), { ...options, learningRate: 1e-6, tune, validation: 0.2 });
    const { data } = comparison;
    const { single, hard } = data.tuning!;
    expect(hard!.choices.map(({ seed, task }) => [seed, task])).toEqual([
      [0, null],
      [1, null],
    ]);
    expect(single!.choices.map(({ seed, task }) => `${seed} ${task}`)).toEqual(['0 up', '0 size', '0 noise', '1 up', '1 size', '1 noise']);
    for (const { choices } of [single!, hard!]) {
      for (const { losses, chosen } of choices) expect(losses[chosen]).toBe(Math.min(...losses));
    }
    for (const { chosen } of hard!.choices) expect(chosen).toBeGreaterThan(0);
    // The same candidate trained alone gives the same scores: the test rows had no part in the choice.
    const { chosen } = hard!.choices[0]!;
    const { learningRate } = hard!.candidates[chosen] as { learningRate: number };
    const alone = await compare(tinyData(), { ...options, methods: { hard: methods.hard }, seeds: [0], learningRate, validation: 0.2 });
    const reported = data.runs.find((run) => run.method === 'hard' && run.seed === 0)!;
    expect(reported.metrics.up!.rocAuc).toBeCloseTo(alone.data.runs[0]!.metrics.up!.rocAuc!, 5);
    expect(fromJSON(JSON.parse(JSON.stringify(comparison))).data).toEqual(comparison.toJSON());
    expect(comparison.report()).toContain('Candidates of hard, chosen on validation rows');
  });

  it('gives each task of single-task learning its own choice', async () => {
    const grid = await compare(tinyData(), { ...options, methods: { single: methods.single }, tune, validation: 0.2, seeds: [3] });
    const { choices, candidates } = grid.data.tuning!.single!;
    const run = grid.data.runs[0]!;
    for (const { task, chosen } of choices) {
      const changes = candidates[chosen] as { learningRate?: number };
      const one = await compare(tinyData(), {
        ...options,
        methods: { single: methods.single },
        seeds: [3],
        validation: 0.2,
        ...(changes.learningRate === undefined ? {} : { learningRate: changes.learningRate }),
      });
      for (const [name, value] of Object.entries(one.data.runs[0]!.metrics[task!]!))
        expect(run.metrics[task!]![name]).toBeCloseTo(value, 4);
    }
  });

  it('halves the field: all candidates briefly, the best for longer', async () => {
    const { data } = await compare(tinyData(), {
      ...options,
      methods: { hard: methods.hard },
      epochs: 9,
      tune: { ...tune, budget: 9, halving: true },
    });
    for (const { epochs, losses, chosen } of data.tuning!.hard!.choices) {
      expect([...epochs].sort((a, b) => a - b)).toEqual([1, 1, 1, 1, 1, 1, 3, 3, 9]);
      expect(epochs[chosen]).toBe(9);
      expect(losses.every(Number.isFinite)).toBe(true);
    }
    expect(data.design.validation).toBe(0.15);
  });

  it('tunes static weights with no further ado', async () => {
    const { data } = await compare(tinyData(), {
      ...options,
      methods: { hard: methods.hard, weighted: scalarization(methods.hard, { candidates: 3 }) },
    });
    expect(Object.keys(data.tuning!)).toEqual(['weighted']);
    expect(data.tuning!.weighted!.candidates.map(({ weights }) => (weights as number[]).length)).toEqual([3, 3, 3]);
    expect(data.methods[1]!.definition).toMatchObject({ architecture: 'hardSharing', search: 'scalarization' });
    expect(data.runs).toHaveLength(4);
  });

  it('needs validation rows', async () => {
    await expect(compare(tinyData(), { ...options, tune: true, validation: 0 })).rejects.toThrow(/set validation above 0/);
  });
});
