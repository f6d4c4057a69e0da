import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { compare } from '../../src/study/compare';
import { fromJSON } from '../../src/study/comparison';
import { scalarization } from '../../src/study/method-search';
import { methodOf } from '../../src/study/planned-methods';
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

  it('draws candidates for each seed where asked for: other runs, another claim, a plan that one of them makes', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'draws-'));
    try {
      const study = (draws: 'joint' | 'perSeed', kept?: string) =>
        compare(tinyData(), {
          ...options,
          tune: { ...tune, draws },
          validation: 0.2,
          seeds: 3,
          ...(kept === undefined ? {} : { directory: kept }),
        });
      const joint = await study('joint', directory);
      const before = readdirSync(join(directory, 'runs')).length;
      const own = await study('perSeed', directory);
      const { hard, single } = own.data.tuning!;
      expect(hard!.candidates).toEqual([]);
      const rates = hard!.choices.flatMap(({ candidates }) => candidates!.slice(1).map(({ learningRate }) => learningRate));
      expect(new Set(rates).size).toBe(2 * 3);
      // Seeds draw the same for all methods; only candidates as given are those of the joint study: 2 of 3 of each method and seed are new.
      expect(single!.choices[0]!.candidates).toEqual(hard!.choices[0]!.candidates);
      expect(readdirSync(join(directory, 'runs')).length).toBe(before + 2 * 3 * 2);
      const fresh = await study('perSeed');
      expect(fresh.data.tuning!.hard!.choices).toEqual(hard!.choices);
      expect(fresh.data.runs.map(({ metrics }) => metrics)).toEqual(own.data.runs.map(({ metrics }) => metrics));
      // The record says of each seed which of its own was chosen: trained alone it has the same scores.
      const { seed, chosen, candidates } = hard!.choices[1]!;
      const { learningRate = 1e-3 } = candidates![chosen] as { learningRate?: number };
      const alone = await compare(tinyData(), {
        ...options,
        methods: { hard: methods.hard },
        seeds: [seed],
        learningRate,
        validation: 0.2,
      });
      const reported = own.data.runs.find((run) => run.method === 'hard' && run.seed === seed)!;
      expect(reported.metrics.up!.rocAuc).toBeCloseTo(alone.data.runs[0]!.metrics.up!.rocAuc!, 5);
      // What is claimed says what was varied.
      expect(joint.data.notes.join()).toContain('all seeds tuned single and hard over the same candidates');
      expect(own.data.notes.join()).toContain('each seed tuned single and hard over candidates of its own');
      expect(joint.report()).toContain(
        'Seeds vary the split and initialization and batch orders. All seeds tuned over the same candidates',
      );
      expect(own.report()).toContain('the split, initialization and batch orders and the candidates of tuning.');
      expect(own.markdown()).toMatch(/tune: \{"budget":3,.*"draws":"perSeed"/);
      expect(own.report()).toContain('Candidates of hard that seeds drew and chose on validation rows');
      // The plan trains a candidate that was chosen: that of the median learning rate.
      const sorted = hard!.choices
        .map((choice) => (choice.candidates![choice.chosen] as { learningRate?: number }).learningRate ?? 1e-3)
        .sort((a, b) => a - b);
      expect(methodOf(own.data, 'hard').learningRate).toBe(sorted[1]);
      expect(fromJSON(JSON.parse(JSON.stringify(own))).data).toEqual(own.toJSON());
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('draws static weights for each seed where asked for', async () => {
    const weighted = scalarization(methods.hard, { candidates: 3, draws: 'perSeed' });
    const { data } = await compare(tinyData(), { ...options, methods: { hard: methods.hard, weighted } });
    const [first, second] = data.tuning!.weighted!.choices.map(({ candidates }) => candidates!.map(({ weights }) => weights as number[]));
    expect(first![0]).toEqual(second![0]);
    expect(first![1]).not.toEqual(second![1]);
    for (const weights of [...first!, ...second!]) expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(3, 12);
    expect(() => scalarization(methods.hard, { draws: 'own' as never })).toThrow(/draws must be 'joint' or 'perSeed', got "own"/);
  });

  it('needs validation rows', async () => {
    await expect(compare(tinyData(), { ...options, tune: true, validation: 0 })).rejects.toThrow(/set validation above 0/);
  });
});
