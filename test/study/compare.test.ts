import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { splitData } from '../../src/data/split';
import { taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { compare } from '../../src/study/compare';
import { fromJSON } from '../../src/study/comparison';
import { binary } from '../../src/tasks/kinds/binary';
import { load } from '../../src/training/checkpoint';
import { fit as train } from '../../src/training/fit';
import { sgd } from '../../src/training/optimizer';
import { studyOptions, tinyData } from './support/tiny-study';

const trunk = mlp([4]);

describe('compare', () => {
  it('runs every method on the same folds', async () => {
    const { seeds: _, ...rest } = studyOptions();
    const comparison = await compare(tinyData(), { ...rest, epochs: 1, design: { folds: 3, repeats: 1 }, validation: 0.1 });
    const { data } = comparison;
    expect(data.seeds).toEqual([0, 1, 2]);
    expect(data.runs.map(({ method, fold }) => `${method} ${fold}`)).toEqual([
      'single 0',
      'single 1',
      'single 2',
      'hard 0',
      'hard 1',
      'hard 2',
    ]);
    expect(data.rho).toBeCloseTo(1 / 3, 12);
    expect(data.runs.every(({ testRows, trainRows }) => testRows === 20 && trainRows === 36)).toBe(true);
    expect(comparison.toFrame().columns).toEqual(expect.arrayContaining(['repeat', 'fold', 'failure']));
    expect(fromJSON(JSON.parse(JSON.stringify(comparison))).data).toEqual(comparison.toJSON());
    expect(comparison.report()).toContain('design: { folds: 3, repeats: 1 }');
  });

  it('varies the initialization alone, or the split alone', async () => {
    const options = { ...studyOptions(), epochs: 1, seeds: 2 };
    const seeds = await compare(tinyData(), { ...options, vary: 'initialization' });
    const splits = await compare(tinyData(), { ...options, vary: 'split' });
    const both = await compare(tinyData(), options);
    const of = (comparison: typeof both, seed: number): unknown =>
      comparison.data.runs.find((run) => run.method === 'hard' && run.seed === seed)!.metrics;
    // Seed 0 is the same run in all three; seed 1 differs.
    expect(of(seeds, 0)).toEqual(of(both, 0));
    expect(of(splits, 0)).toEqual(of(both, 0));
    expect(of(seeds, 1)).not.toEqual(of(both, 1));
    expect(of(splits, 1)).not.toEqual(of(both, 1));
    expect(of(splits, 1)).not.toEqual(of(seeds, 1));
    expect(seeds.data.notes.join()).toContain('others were not tried');
  });

  it('with per-task stopping scores each task at its own best epoch, as a saved and loaded model predicts it', async () => {
    const data = tinyData();
    const split = splitData(data, { test: 0.3, validation: 0.2, seed: 3 });
    const settings = { epochs: 40, batchSize: 16, learningRate: 0.03, stopping: 'perTask', patience: 8 } as const;
    const splits = { 3: { train: [...split.train], validation: [...split.validation], test: [...split.test] } };
    const comparison = await compare(data, { methods: { hard: hardSharing(trunk) }, splits, ...settings });
    const [run] = comparison.data.runs;
    for (const { name } of data.tasks) {
      const curve = run!.validationLosses[name]!;
      expect(curve[run!.bestEpochs[name]! - 1]).toBe(Math.min(...curve));
    }
    expect(new Set(Object.values(run!.bestEpochs)).size).toBeGreaterThan(1);
    const model = await train(data, hardSharing(trunk), { split, seed: 3, ...settings });
    const directory = join(mkdtempSync(join(tmpdir(), 'taskloom-compare-')), 'model');
    await model.save(directory);
    const loaded = await load(directory);
    rmSync(dirname(directory), { recursive: true });
    const predicted = loaded.predictValues(data);
    const rmse = Math.sqrt(
      [...split.test].reduce((sum, row) => sum + (predicted.size![row]! - data.labels[1]!.values[row]!) ** 2, 0) / split.test.length,
    );
    expect(run!.metrics.size!.rmse).toBeCloseTo(rmse, 5);
    const brier =
      [...split.test].reduce((sum, row) => sum + (predicted.up![row]! - data.labels[0]!.values[row]!) ** 2, 0) / split.test.length;
    expect(run!.metrics.up!.brier).toBeCloseTo(brier, 5);
    // Every kept set of parameters is counted, since the predictions need it.
    expect(loaded.parameters).toBe(Object.values(run!.parameters).reduce((a, b) => a + b, 0));
    expect(comparison.report()).toContain("stopping: 'perTask'");
  });

  it('scores the training rows too', async () => {
    // A task that is its own input is learned, and noise is memorised: training scores lie above test scores.
    const { data } = await compare(tinyData(), {
      methods: { big: hardSharing(mlp([64])) },
      seeds: 2,
      epochs: 60,
      learningRate: 0.02,
      batchSize: 16,
    });
    for (const run of data.runs) {
      expect(run.trainMetrics.noise!.rocAuc).toBeGreaterThan(0.85);
      expect(run.metrics.noise!.rocAuc).toBeLessThan(run.trainMetrics.noise!.rocAuc!);
      expect(run.trainMetrics.up!.rocAuc).toBeGreaterThan(0.9);
      const counted = run.reliability.up!.reduce((sum, { count }) => sum + count, 0);
      expect(counted).toBe(run.testRows);
    }
  });

  it('shows runs that diverge instead of dropping them', async () => {
    const comparison = await compare(tinyData(), {
      methods: { single: singleTask(trunk), hard: hardSharing(trunk) },
      seeds: 2,
      epochs: 3,
      optimizer: sgd({ learningRate: 1e20 }),
    });
    expect(comparison.data.runs).toHaveLength(4);
    expect(comparison.data.runs.some(({ failure }) => failure?.includes('diverged'))).toBe(true);
    expect(comparison.toFrame().shape[0]).toBe(12);
    expect(comparison.table().columns).toContain('runs that count');
    expect(comparison.verdicts().every(({ verdict }) => verdict === 'not enough evidence')).toBe(true);
    expect(comparison.toString()).toContain('n/a');
    expect(fromJSON(JSON.parse(JSON.stringify(comparison))).data).toEqual(comparison.toJSON());
  });

  it('copes with a task whose labels are missing or of one class in some test parts', async () => {
    const x = Array.from({ length: 24 }, (_, i) => Math.sin(i));
    const full = x.map((value) => (value > 0 ? 1 : 0));
    // The rare task has labels in the first 12 rows only, and one positive outside the training rows of seed 0.
    const rare = x.map((_, i) => (i < 12 ? (i % 4 === 0 ? 1 : 0) : null));
    const data = taskData({ x, full, rare }, { tasks: { full: binary(), rare: binary() } });
    const rows = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
    const splits = {
      0: { train: rows(0, 16), test: rows(16, 24) }, // no label of `rare` in the test part
      1: { train: [...rows(0, 9), ...rows(12, 24)], test: rows(9, 12) }, // one class only
      2: { train: rows(4, 24), test: rows(0, 4) },
    };
    const comparison = await compare(data, { methods: { single: singleTask(trunk), hard: hardSharing(trunk) }, splits, epochs: 1 });
    const verdict = comparison.verdicts().find(({ task }) => task === 'rare')!;
    expect([verdict.seeds, verdict.dropped]).toEqual([1, 2]);
    expect(verdict.verdict).toBe('not enough evidence');
    expect(comparison.data.notes.join('; ')).toContain('rocAuc of rare is undefined in 2 of 3 test parts');
    expect(comparison.table().notes!.join('; ')).toContain('rocAuc of rare is undefined');
  });

  it('refuses what it does not know', async () => {
    const data = tinyData();
    await expect(compare(data, { ...studyOptions(), epoch: 3 } as never)).rejects.toThrow(/unknown option "epoch".*did you mean "epochs"/);
    await expect(compare(data, { ...studyOptions(), baseline: 'sinlge' })).rejects.toThrow(/did you mean "single"/);
    await expect(compare(data, { methods: {} })).rejects.toThrow(/at least one method/);
    await expect(compare(data, { ...studyOptions(), margin: { upp: 1 } })).rejects.toThrow(/names "upp".*did you mean "up"/);
  });
});
