import { describe, expect, it } from 'vitest';
import { ranksOver } from '../../src/study/ranks-over';
import { madeComparison } from './support/made-comparison';

/** Without noise, so that ranks are known. */
const made = (means: Record<string, number[]>) => madeComparison({ means, seeds: 2, noise: 0 });

describe('ranksOver', () => {
  // By hand: ranks of a, b, c on the two tasks (the second is better lower) and their means.
  const first = made({ a: [0.9, 0.1], b: [0.8, 0.2], c: [0.7, 0.3] }); // 1, 2, 3
  const second = made({ a: [0.9, 0.3], b: [0.8, 0.1], c: [0.7, 0.2] }); // (1,3) 2, (2,1) 1.5, (3,2) 2.5 -> 2, 1, 3
  const third = made({ a: [0.9, 0.1], b: [0.5, 0.5], c: [0.6, 0.4] }); // 1, 3, 2

  it('gives each data set one block', () => {
    const ranks = ranksOver({ x: first, y: second, z: third });
    expect(ranks.blocks).toEqual(['x', 'y', 'z']);
    expect(ranks.methods.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(ranks.methods.map(({ rank }) => rank)).toEqual([4 / 3, 2, 8 / 3]);
    // Friedman: 12 / (3 x 3 x 4) x (16 + 36 + 64) - 3 x 3 x 4 = 8 / 3.
    expect(ranks.friedman.chiSquare).toBeCloseTo(8 / 3, 12);
    // Nemenyi: q(0.05, 3 methods) = 2.343 (Demsar 2006, table 5a), times sqrt(3 x 4 / (6 x 3)).
    expect(Math.abs(ranks.nemenyi!.criticalDifference / Math.sqrt(12 / 18) - 2.343)).toBeLessThan(0.001);
    expect(ranks.sentence).toContain("Friedman's test does not tell the methods apart");
    expect(ranks.plot().layout.title.text).toContain('3 data sets');
  });

  it('or each task', () => {
    const ranks = ranksOver([first, second], { blocks: 'tasks' });
    expect(ranks.blocks).toEqual(['comparison 1: t0', 'comparison 1: t1', 'comparison 2: t0', 'comparison 2: t1']);
    expect(ranks.methods).toEqual([
      { name: 'a', rank: 1.5 },
      { name: 'b', rank: 1.75 },
      { name: 'c', rank: 2.75 },
    ]);
    expect(first.ranks().methods[0]).toEqual({ name: 'a', rank: 1 });
    // Tasks share their rows: taking them as blocks, tests err in 8 to 14 % instead of 5 %. So there is none.
    expect(ranks.friedman).toMatchObject({ p: Number.NaN, fP: Number.NaN, exactP: Number.NaN });
    expect(ranks.nemenyi).toBeUndefined();
    expect(ranks.sentence).toMatch(/tasks of one data set share rows, so no test says/);
    expect(ranks.plot().data[0]).toMatchObject({ type: 'bar' });
    expect(ranks.plot().layout.title.text).toContain('no critical difference');
  });

  it('takes the methods that all have, and says when there are too few', () => {
    const other = made({ b: [0.9, 0.1], d: [0.8, 0.2], a: [0.7, 0.3] });
    expect(ranksOver([first, other]).methods.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(() => ranksOver([first, made({ d: [1, 2], e: [1, 2] })])).toThrow(/at least 2 methods must be common.*comparison 1: a, b, c/);
    expect(() => ranksOver([])).toThrow(/at least one comparison/);
    expect(() => ranksOver([first], { alpha: 2 })).toThrow(/alpha/);
  });

  it('leaves out what a method has no score for, and says so', () => {
    const broken = madeComparison({
      means: { a: [0.9, 0.1], b: [0.8, 0.2], c: [0.7, 0.3] },
      change: (run) => (run.method === 'c' ? { ...run, metrics: {} } : run),
    });
    const ranks = ranksOver({ x: first, broken });
    expect(ranks.friedman).toMatchObject({ blocks: 1, dropped: 1 });
    expect(ranks.sentence).toContain('1 data set left out');
    expect(() => ranksOver([broken]).plot()).toThrow(/no ranks to draw/);
  });

  it('says of few data sets that they cannot show a difference', () => {
    const pair = made({ a: [0.9, 0.1], b: [0.8, 0.2] });
    const { friedman, sentence } = ranksOver([pair, pair, pair]);
    expect(friedman.exactP).toBeCloseTo(0.25, 12);
    expect(sentence).toMatch(
      /does not tell the methods apart \(p = 0\.25\); 3 data sets cannot show a difference at 5 %, it takes at least 6\.$/,
    );
    expect(ranksOver(Array(6).fill(pair)).sentence).toContain('(Friedman p = 0.031)');
  });
});
