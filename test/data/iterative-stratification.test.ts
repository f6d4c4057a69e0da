import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stratify } from '../../src/data/iterative-stratification';
import { random } from '../../src/random/random';

const count = (parts: Int32Array, rows: readonly number[], part: number): number => rows.filter((row) => parts[row] === part).length;

describe('stratify', () => {
  const cases = fc.record({
    rows: fc.integer({ min: 10, max: 80 }),
    chosen: fc.array(fc.array(fc.nat(79), { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 6 }),
    cuts: fc.tuple(fc.double({ min: 0.1, max: 0.4, noNaN: true }), fc.double({ min: 0.1, max: 0.4, noNaN: true })),
    seed: fc.nat(10000),
  });

  it('fills the parts exactly and divides the rarest stratum to within less than one row of its share', () => {
    fc.assert(
      fc.property(cases, ({ rows, chosen, cuts, seed }) => {
        const strata = chosen.map((list) => [...new Set(list.map((row) => row % rows))]);
        const [b, c] = cuts.map((share) => Math.round(share * rows)) as [number, number];
        const sizes = [rows - b - c, b, c];
        const parts = stratify(rows, strata, sizes, random(seed));
        expect(sizes.map((_, part) => parts.filter((value) => value === part).length)).toEqual(sizes);
        // The first stratum is divided by the largest remaining lack. Lacks sum to the rows left, so the largest is positive whenever a row
        // is placed and no part overshoots by a whole row; a part that ended a whole row short would have been chosen before any other
        // went below zero, but then the lacks could not sum to zero.
        const least = Math.min(...strata.map((stratum) => stratum.length));
        const rarest = strata.filter((stratum) => stratum.length === least);
        const off = rarest.map((stratum) =>
          Math.max(...sizes.map((size, part) => Math.abs(count(parts, stratum, part) - (least * size) / rows))),
        );
        expect(Math.min(...off)).toBeLessThan(1);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves no positive of a label with as many positives as folds without a fold (the motive of the paper)', () => {
    // Sechidis et al. 2011: random folds often lack positives of rare labels; here 5 of 100 rows for 5 folds.
    const rare = [3, 20, 41, 77, 98];
    for (let seed = 0; seed < 30; seed++) {
      const parts = stratify(100, [rare, Array.from({ length: 50 }, (_, i) => 2 * i)], [20, 20, 20, 20, 20], random(seed));
      expect(new Set(rare.map((row) => parts[row])).size).toBe(5);
    }
  });

  it('places rows at random where no stratum decides', () => {
    const hits = new Int32Array(20);
    for (let seed = 0; seed < 400; seed++) {
      stratify(20, [], [15, 5], random(seed)).forEach((part, row) => {
        hits[row]! += part;
      });
    }
    // Each row is in the second part in a quarter of 400 draws: 100, standard deviation 8.7.
    for (const hit of hits) expect(Math.abs(hit - 100)).toBeLessThan(44);
    expect(stratify(20, [], [15, 5], random(1))).toEqual(stratify(20, [], [15, 5], random(1)));
  });
});
