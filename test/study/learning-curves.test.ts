import { describe, expect, it } from 'vitest';
import { compare } from '../../src/study/compare';
import { learningCurves, makeLearningCurves } from '../../src/study/learning-curves';
import { madeComparison } from './support/made-comparison';
import { studyOptions, tinyData } from './support/tiny-study';

describe('learningCurves', () => {
  it('trains on nested subsets for as many steps, and the full size is the plain comparison', async () => {
    const options = { ...studyOptions(), seeds: 2, epochs: 4 };
    const curves = await learningCurves(tinyData(), { ...options, sizes: [1, 10] });
    expect(curves.sizes).toEqual([10, 42]);
    const [small, full] = curves.comparisons;
    expect(small!.data.runs.every(({ trainRows, testRows }) => trainRows === 10 && testRows === 18)).toBe(true);
    // 42 rows in batches of 16 take 3 steps an epoch, 10 rows take 1: 4 epochs become 12.
    expect(small!.data.design.epochs).toBe(12);
    const plain = await compare(tinyData(), options);
    expect(full!.data.runs.map(({ metrics }) => metrics)).toEqual(plain.data.runs.map(({ metrics }) => metrics));
    expect(curves.table().rows).toHaveLength(2 * 2 * 3);
  });

  it('shrinks validation rows alike, and corrects for the number of sizes', async () => {
    const curves = await learningCurves(tinyData(), {
      ...studyOptions(),
      seeds: 2,
      epochs: 2,
      validation: 0.3,
      test: 0.3,
      sizes: [0.5, 1],
    });
    expect(curves.comparisons.map(({ data }) => data.alpha)).toEqual([0.025, 0.025]);
    const [half, full] = curves.comparisons.map(({ data }) => data.runs[0]!.trainRows);
    expect(half).toBe(Math.round(full! / 2));
  });

  it('draws the tasks of one metric with the intervals of the corrected t test', () => {
    const made = (level: number) => madeComparison({ means: { single: [level, 1], hard: [level + 0.1, 1] }, seeds: 3, noise: 0 });
    const curves = makeLearningCurves([20, 40], [made(0.5), made(0.6)]);
    const figure = curves.plot();
    const line = figure.data.find(({ name, y }) => String(name) === 'hard' && Array.isArray(y) && (y as number[]).length === 2)!;
    expect(line.x).toEqual([20, 40]);
    expect(line.y).toEqual([0.6, 0.7]);
    expect(() => curves.plot('accuracy')).toThrow(/no task goes by "accuracy".*rocAuc, relativeRmse/);
  });

  it('refuses sizes that are not there', async () => {
    await expect(learningCurves(tinyData(), { ...studyOptions(), sizes: [100] })).rejects.toThrow(/at most the 42 training rows, got 100/);
    await expect(learningCurves(tinyData(), { ...studyOptions(), sizes: [1.5] })).rejects.toThrow(
      /sizes\[0\] must be a whole number of rows or a share/,
    );
    await expect(learningCurves(tinyData(), { ...studyOptions(), sizes: [] })).rejects.toThrow(/non-empty array/);
  });
});
