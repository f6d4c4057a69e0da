import { describe, expect, it } from 'vitest';
import { calibrationErrorContributions } from '../../src/metrics/calibration';
import { multiclassRocAucContributions, rocAucContributions } from '../../src/metrics/contributions';
import { f1Contributions, macroF1, macroF1Contributions } from '../../src/metrics/f1';
import { pearson, pearsonContributions } from '../../src/metrics/pearson';
import { r2, r2Contributions } from '../../src/metrics/r2';
import { multiclassRocAuc } from '../../src/metrics/roc-auc';
import { random } from '../../src/random/random';

const draws = random(1, 'contributions');
const rows = 40;
const classes = 4;
/** Class 3 is never a label, row 4 has none. */
const codes = Array.from({ length: rows }, (_, i) => (i === 4 ? Number.NaN : draws.below(3)));
const raw = Array.from({ length: rows * classes }, () => 0.05 + draws.uniform());
const probabilities = raw.map((value, at) => {
  const start = at - (at % classes);
  return value / raw.slice(start, start + classes).reduce((a, b) => a + b, 0);
});
/** Rounded, so that scores are tied. */
const tied = probabilities.map((p) => Math.round(10 * p) / 10);
const predicted = codes.map((_, i) => {
  const own = probabilities.slice(i * classes, (i + 1) * classes);
  return own.indexOf(Math.max(...own));
});
const numbers = Array.from({ length: rows }, (_, i) => (i === 4 ? Number.NaN : draws.normal()));
const forecasts = numbers.map((value) => 0.5 * (value || 0) + draws.normal());

type Weighted = (weights: readonly number[]) => number;
const known = codes.flatMap((code, i) => (Number.isNaN(code) ? [] : [i]));
const total = (of: (row: number) => number): number => known.reduce((sum, i) => sum + of(i), 0);

/** The metrics with a weight for each row, by their definitions. */
const weighted = {
  rocAuc: (w: readonly number[]): number => {
    const areas = [0, 1, 2].map((c) => {
      let [won, all] = [0, 0];
      for (const i of known)
        for (const j of known) {
          if (codes[i] !== c || codes[j] === c) continue;
          const [a, b] = [tied[i * classes + c]!, tied[j * classes + c]!];
          all += w[i]! * w[j]!;
          won += w[i]! * w[j]! * (a > b ? 1 : a === b ? 0.5 : 0);
        }
      return won / all;
    });
    return (areas[0]! + areas[1]! + areas[2]!) / 3;
  },
  macroF1: (w: readonly number[]): number => {
    const own = [0, 1, 2, 3].map((c) => {
      const both = total((i) => (codes[i] === c && predicted[i] === c ? w[i]! : 0));
      return (2 * both) / total((i) => w[i]! * (Number(codes[i] === c) + Number(predicted[i] === c)));
    });
    return own.reduce((a, b) => a + b, 0) / 4;
  },
  r2: (w: readonly number[]): number => {
    const mean = total((i) => w[i]! * numbers[i]!) / total((i) => w[i]!);
    return 1 - total((i) => w[i]! * (numbers[i]! - forecasts[i]!) ** 2) / total((i) => w[i]! * (numbers[i]! - mean) ** 2);
  },
  pearson: (w: readonly number[]): number => {
    const sum = total((i) => w[i]!);
    const [x, y] = [total((i) => w[i]! * numbers[i]!) / sum, total((i) => w[i]! * forecasts[i]!) / sum];
    const moment = (f: (row: number) => number): number => total((i) => w[i]! * f(i));
    const xx = moment((i) => (numbers[i]! - x) ** 2);
    const yy = moment((i) => (forecasts[i]! - y) ** 2);
    return moment((i) => (numbers[i]! - x) * (forecasts[i]! - y)) / Math.sqrt(xx * yy);
  },
  calibrationError: (w: readonly number[]): number => {
    const gaps = new Map<number, number>();
    for (const i of known) {
      const p = Math.max(...probabilities.slice(i * classes, (i + 1) * classes));
      const bin = Math.floor(10 * p);
      gaps.set(bin, (gaps.get(bin) ?? 0) + w[i]! * (p - Number(predicted[i] === codes[i])));
    }
    return [...gaps.values()].reduce((sum, gap) => sum + Math.abs(gap), 0) / total((i) => w[i]!);
  },
} satisfies Record<string, Weighted>;

describe('contributions', () => {
  it.each([
    ['rocAuc', multiclassRocAucContributions(codes, tied, classes), multiclassRocAuc(codes, tied, classes)],
    ['macroF1', macroF1Contributions(codes, predicted, classes), macroF1(codes, predicted, classes)],
    ['r2', r2Contributions(numbers, forecasts), r2(numbers, forecasts)],
    ['pearson', pearsonContributions(numbers, forecasts), pearson(numbers, forecasts)],
    ['calibrationError', calibrationErrorContributions(codes, probabilities, classes), undefined],
  ] as const)('of %s are its derivatives by the weights of rows', (name, found, score) => {
    const metric: Weighted = weighted[name];
    const ones = codes.map(() => 1);
    if (score !== undefined) expect(score).toBeCloseTo(metric(ones), 12);
    expect(Math.abs(found.reduce((a, b) => a + b, 0))).toBeLessThan(1e-12);
    expect(found[4]).toBe(0);
    const step = 1e-5;
    for (const row of known) {
      const at = (change: number): number => metric(ones.map((one, i) => (i === row ? one + change : one)));
      // Central differences: an error of some step^2, and rounding of 1e-15 / step.
      expect(Math.abs(found[row]! - (at(step) - at(-step)) / (2 * step))).toBeLessThan(1e-8);
    }
  });

  it('of two classes are those of the binary metric', () => {
    const labels = codes.map((code) => (Number.isNaN(code) ? code : Number(code === 1)));
    const scores = forecasts.map((value) => 1 / (1 + Math.exp(-value)));
    const both = scores.flatMap((p) => [1 - p, p]);
    const wanted = rocAucContributions(labels, scores);
    multiclassRocAucContributions(labels, both, 2).forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i]!, 14);
    });
    const said = scores.map((p) => Number(p > 0.5));
    const halves = [0, 1].map((positive) => f1Contributions(labels, said, positive));
    macroF1Contributions(labels, said, 2).forEach((value, i) => {
      expect(value).toBeCloseTo((halves[0]![i]! + halves[1]![i]!) / 2, 14);
    });
  });

  it('of the mean area have the variance of DeLong: variances of placements over the rows of each side', () => {
    // One class against the rest: S10 / m + S01 / n with sums of squares over m and n, as contributions have it, not m - 1 and n - 1.
    const own = multiclassRocAucContributions(codes, tied, classes);
    const at = (c: number): Float64Array =>
      rocAucContributions(
        codes.map((code) => (Number.isNaN(code) ? code : Number(code === c))),
        codes.map((_, i) => tied[i * classes + c]!),
      );
    const parts = [0, 1, 2].map(at);
    const covariance = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    const variance = parts.reduce((sum, a) => sum + parts.reduce((inner, b) => inner + covariance(a, b), 0), 0) / 9;
    expect(covariance(own, own)).toBeCloseTo(variance, 14);
    const [positive] = parts;
    const placements = known
      .filter((i) => codes[i] === 0)
      .map((i) => {
        const others = known.filter((j) => codes[j] !== 0);
        const own = tied[i * classes]!;
        return others.reduce((sum, j) => sum + (own > tied[j * classes]! ? 1 : own === tied[j * classes]! ? 0.5 : 0), 0) / others.length;
      });
    const mean = placements.reduce((a, b) => a + b, 0) / placements.length;
    const side = placements.reduce((sum, value) => sum + (value - mean) ** 2, 0) / placements.length ** 2;
    expect(known.reduce((sum, i) => sum + (codes[i] === 0 ? positive![i]! ** 2 : 0), 0)).toBeCloseTo(side, 14);
  });

  it('of the correlation have the variance (1 - r^2)^2 / n where numbers are normal', () => {
    const many = 20_000;
    const [r, x] = [0.6, Array.from({ length: many }, () => draws.normal())];
    const y = x.map((value) => r * value + Math.sqrt(1 - r * r) * draws.normal());
    const found = pearsonContributions(x, y);
    const variance = found.reduce((sum, value) => sum + value * value, 0);
    // Contributions are products of normals, whose squares have a standard deviation of at most 10 means: 5 of them over the root of n.
    expect(Math.abs(variance / ((1 - pearson(x, y) ** 2) ** 2 / many) - 1)).toBeLessThan((5 * 10) / Math.sqrt(many));
  });

  it('of what the labels leave undefined are undefined, and a class that is absent has no part', () => {
    expect(multiclassRocAucContributions([1, 1], [0.2, 0.8, 0.4, 0.6], 2)[0]).toBeNaN();
    expect(pearsonContributions([2, 2, 2], [1, 2, 3])[0]).toBeNaN();
    expect([...r2Contributions([1, Number.NaN, 3], [1, 5, 3])]).toEqual([0, 0, 0].map((zero) => expect.closeTo(zero, 15)));
    // Class 2 is neither label nor predicted.
    expect([...macroF1Contributions([0, 1, 1], [0, 1, 0], 3)]).toEqual([...macroF1Contributions([0, 1, 1], [0, 1, 0], 2)]);
  });
});
