import { describe, expect, it } from 'vitest';
import { taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { random } from '../../src/random/random';
import { type CompareOptions, compare } from '../../src/study/compare';
import { regression } from '../../src/tasks/kinds/regression';
import { studyOptions, tinyData } from './support/tiny-study';

const { seeds: _, ...options } = studyOptions();
const quick: CompareOptions = { ...options, epochs: 1 };

/** Two methods of which one has far too many parameters for 40 rows: the other is better, in every split. */
function lopsided(): { data: ReturnType<typeof taskData>; options: CompareOptions } {
  const draws = random(3, 'lopsided');
  const columns: Record<string, number[]> = { a: [], y: [] };
  for (let i = 0; i < 40; i++) {
    const a = draws.normal();
    columns.a!.push(a);
    columns.y!.push(a + 0.1 * draws.normal());
  }
  const methods = { slow: singleTask(mlp([1])), fast: hardSharing(mlp([16])) };
  return { data: taskData(columns, { tasks: { y: regression() } }), options: { methods, epochs: 15, batchSize: 8, learningRate: 0.02 } };
}

describe("seeds: 'auto'", () => {
  it('is the default, takes ten seeds at least, and says why it stopped', async () => {
    const phases: string[] = [];
    const comparison = await compare(tinyData(), { ...quick, timeLimit: 1e-9, onProgress: ({ phase }) => phases.push(phase) });
    const plain = await compare(tinyData(), { ...quick, seeds: 10 });
    expect(comparison.data.seeds).toEqual(plain.data.seeds);
    expect(comparison.data.runs.map(({ metrics }) => metrics)).toEqual(plain.data.runs.map(({ metrics }) => metrics));
    // Nothing was spent before, and nothing comes after.
    const note = comparison.data.notes.at(-1)!;
    if (!note.includes('decided')) {
      expect(note).toMatch(
        /^stopped at 10 of at most 40 seeds: (20 seeds would take about .* more than timeLimit|more seeds would hardly show)/,
      );
      expect(comparison.data.alpha).toBeCloseTo(0.05, 12);
      expect(comparison.averages()).toEqual(plain.averages());
    }
    expect(phases.length).toBeGreaterThan(0);
  });

  it('stops as soon as the primary question is decided, at the level of that look', async () => {
    const { data, options: own } = lopsided();
    const comparison = await compare(data, own);
    expect(comparison.averages()[0]).toMatchObject({ direction: 'better' });
    expect(comparison.data.notes.at(-1)).toMatch(/^stopped at 10 of at most 40 seeds: decided; level 0\.01 of 0\.05$/);
    expect(comparison.data.alpha).toBeCloseTo(0.01, 12);
    expect(comparison.averages()[0]!.level).toBeCloseTo(0.99, 12);
    expect(comparison.data.design.looks).toHaveLength(1);
  });

  it('goes on with the runs that it has: the same numbers as all seeds at once', async () => {
    // Methods that are equal but for their initial values, and a margin that neither is shown to be within nor hopeless to show.
    const data = tinyData();
    const trunk = mlp([4]);
    const methods = { one: hardSharing(trunk), other: hardSharing(trunk, { tower: mlp([2]) }) };
    const own: CompareOptions = { ...quick, methods, margin: 0.12, primary: 'other', baseline: 'one' };
    const comparison = await compare(data, own);
    const { seeds, runs, design, notes, alpha } = comparison.data;
    const all = await compare(data, { ...own, seeds: seeds.length });
    expect(runs.map(({ method, seed, metrics }) => ({ method, seed, metrics }))).toEqual(
      all.data.runs.map(({ method, seed, metrics }) => ({ method, seed, metrics })),
    );
    expect(comparison.data.rho).toBeCloseTo(all.data.rho, 12);
    const looks = design.looks as { readonly seeds: number; readonly alpha: number }[];
    expect(looks.map((look) => look.seeds)).toEqual([10, 20, 40].slice(0, looks.length));
    expect(seeds).toHaveLength(looks.at(-1)!.seeds);
    expect(looks.map((look) => look.alpha)).toEqual([0.01, 0.015, 0.025].slice(0, looks.length).map((one) => expect.closeTo(one, 12)));
    // What was spent and what is used at the end are alpha together, at most.
    const before = looks.slice(0, -1).reduce((sum, look) => sum + look.alpha, 0);
    expect(before + alpha).toBeLessThanOrEqual(0.05 + 1e-12);
    expect(notes.at(-1)).toMatch(/^stopped at \d+ of at most 40 seeds/);
    expect(comparison.recommend().plan().parts.length).toBeGreaterThan(0);
  });

  it('has no use with splits or folds, nor a time limit with seeds', async () => {
    await expect(compare(tinyData(), { ...quick, seeds: 'auto', design: { folds: 3 } })).rejects.toThrow(
      /seeds 'auto' has no use with design/,
    );
    await expect(compare(tinyData(), { ...quick, seeds: 3, timeLimit: 5 })).rejects.toThrow(/timeLimit has no use but with seeds: 'auto'/);
    await expect(compare(tinyData(), { ...quick, timeLimit: 0 })).rejects.toThrow(/timeLimit must be a number above 0/);
    expect((await compare(tinyData(), { ...quick, design: { folds: 3 } })).data.seeds).toHaveLength(3);
  });
});
