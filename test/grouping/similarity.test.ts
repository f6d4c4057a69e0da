import { expect, test } from 'vitest';
import { labelSimilarity, spearman } from '../../src/grouping/similarity';
import { ranks } from '../../src/numeric/ranks';
import { random } from '../../src/random/random';
import type { Labels } from '../../src/tasks/task';

function labels(name: string, kind: string, values: ArrayLike<number>): Labels {
  return { task: { name, kind, column: name, classes: [], outputs: 1 }, values: Float64Array.from(values), length: 1 };
}

const x = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8];
const y = [2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5];
const a = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2];
const b = [0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1];
const p = [0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1];
const q = [0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0];

test('spearman gives the value of SciPy 1.17.1, with ties', () => {
  expect([...ranks([5, 1, 5, 0])]).toEqual([3.5, 2, 3.5, 1]);
  expect(spearman(x, y)).toBeCloseTo(0.1415796863640157, 14);
  expect(spearman([1, 2, 3], [5, 5, 5])).toBeNaN();
});

test('labelSimilarity: Spearman as SciPy, phi as NumPy, and the two agree on binary tasks', () => {
  expect(labelSimilarity([labels('x', 'regression', x), labels('y', 'regression', y)]).values[0]![1]).toBeCloseTo(0.1415796863640157, 14);
  for (const measure of ['phi', 'spearman'] as const) {
    expect(labelSimilarity([labels('p', 'binary', p), labels('q', 'binary', q)], { measure }).values[0]![1]).toBeCloseTo(
      0.5070925528371099,
      14,
    );
  }
});

test('labelSimilarity: mutual information as scikit-learn, less the bias term', () => {
  // (mutual_info_score(a, b) - (3 - 1)(2 - 1) / 24) / sqrt(H(a) H(b))
  const s = labelSimilarity([labels('a', 'multiclass', a), labels('b', 'binary', b)]);
  expect(s.kind).toBe('mutual-information');
  expect(s.values[0]![1]).toBeCloseTo(0.4728056409257386, 12);
});

test('labelSimilarity: mutual information sees what ranks cannot, and is about zero for unrelated tasks', () => {
  const r = random(1, 'similarity test');
  const u = Array.from({ length: 2000 }, () => r.normal());
  const tasks = [
    labels('u', 'regression', u),
    labels(
      'square',
      'regression',
      u.map((v) => v * v),
    ),
    labels(
      'noise',
      'regression',
      u.map(() => r.normal()),
    ),
  ];
  const ranks = labelSimilarity(tasks, { replicates: 0 });
  const information = labelSimilarity(tasks, { measure: 'mutual-information', replicates: 0 });
  expect(Math.abs(ranks.values[0]![1]!)).toBeLessThan(0.08);
  expect(information.values[0]![1]).toBeGreaterThan(0.3);
  expect(Math.abs(information.values[0]![2]!)).toBeLessThan(0.01);
});

test('labelSimilarity: a row counts for a pair when both labels are there', () => {
  const holes = [...x, 100, Number.NaN, 7];
  const others = [...y, Number.NaN, 3, Number.NaN];
  const s = labelSimilarity([
    labels('x', 'regression', holes),
    labels('y', 'regression', others),
    labels(
      'rare',
      'regression',
      holes.map((_, i) => (i < 4 ? i : Number.NaN)),
    ),
  ]);
  expect(s.values[0]![1]).toBeCloseTo(0.1415796863640157, 14);
  expect(s.values[0]![2]).toBeNaN();
  expect(s.notes.slice(0, 2)).toEqual([
    "'x' and 'rare' share 4 labeled rows, too few to compare",
    "'y' and 'rare' share 4 labeled rows, too few to compare",
  ]);
});

test('labelSimilarity: the interval covers the truth as often as it says', () => {
  // Spearman of a bivariate normal with correlation rho is 6 / pi asin(rho / 2).
  const rho = 0.6;
  const truth = (6 / Math.PI) * Math.asin(rho / 2);
  let covered = 0;
  for (let seed = 0; seed < 100; seed++) {
    const r = random(seed, 'coverage');
    const u = Array.from({ length: 120 }, () => r.normal());
    const v = u.map((w) => rho * w + Math.sqrt(1 - rho * rho) * r.normal());
    const s = labelSimilarity([labels('u', 'regression', u), labels('v', 'regression', v)], { seed, confidence: 0.9 });
    expect(s.low![0]![1]).toBeLessThanOrEqual(s.values[0]![1]!);
    if (s.low![0]![1]! <= truth && truth <= s.high![0]![1]!) covered++;
  }
  // 90 wanted; Binomial(100, 0.9) lies in [81, 98] with probability 0.996.
  expect(covered).toBeGreaterThanOrEqual(81);
  expect(covered).toBeLessThanOrEqual(98);
});

test('labelSimilarity says what is wrong', () => {
  const [binary, many] = [labels('p', 'binary', p), labels('a', 'multiclass', a)];
  expect(() => labelSimilarity([binary, many], { measure: 'phi' })).toThrow("phi does not suit the multiclass task 'a'");
  expect(() => labelSimilarity([binary, labels('x', 'regression', x)], { measure: 'phi' })).toThrow(TypeError);
  expect(() => labelSimilarity([binary, labels('short', 'binary', [0, 1])])).toThrow("'short' has 2 rows, 'p' 12");
  expect(() => labelSimilarity([{ ...binary, length: 2 }])).toThrow('sequences cannot be compared');
  expect(() => labelSimilarity([binary], { replicate: 3 } as never)).toThrow('did you mean "replicates"');
  expect(
    labelSimilarity([
      binary,
      labels(
        'same',
        'binary',
        p.map(() => 1),
      ),
    ]).notes[0],
  ).toMatch(/'p' and 'same' cannot be compared/);
});
