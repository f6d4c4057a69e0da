import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Affinity,
  checkAffinity,
  gradientCosineAffinity,
  leaveOneOutAffinity,
  pairwiseAffinity,
  symmetrize,
  tagAffinity,
  weightCosineAffinity,
} from '../../src/grouping/affinity';

const tasks = ['a', 'b'];

test('tagAffinity: the formula by hand, averaged over steps', () => {
  // Step 1: b falls from 4 to 3 after a's step (1/4), a rises from 2 to 3 after b's step (-1/2). Step 2: 1/2 and 0.
  const run = {
    before: [
      [2, 4],
      [1, 2],
    ],
    after: [
      [
        [1, 3],
        [3, 2],
      ],
      [
        [0.75, 1],
        [1, 1],
      ],
    ],
  };
  const z = tagAffinity(tasks, [run]);
  expect(z.values).toEqual([
    [0.375, 0.375],
    [-0.25, 0.5],
  ]);
  expect(z).toMatchObject({ kind: 'tag', directed: true, neutral: 0, notes: [] });
  expect(z.low).toBeUndefined();
  checkAffinity(z);
});

test('tagAffinity: plain gradient steps on quadratic losses give the closed form, positive with the cosine', () => {
  // L_j(x) = |x - c_j|^2 / 2; a step of size s along task i's gradient moves x by -s (x - c_i).
  const centers = [
    [1, 0],
    [0.9, 0.2],
    [-1, 0.1],
  ];
  const [x, s] = [[0, 0], 0.01];
  const loss = (at: number[], j: number): number => 0.5 * at.reduce((sum, v, d) => sum + (v - centers[j]![d]!) ** 2, 0);
  const after = centers.map((c) =>
    centers.map((_, j) =>
      loss(
        x.map((v, d) => v - s * (v - c[d]!)),
        j,
      ),
    ),
  );
  const z = tagAffinity(['p', 'q', 'r'], [{ before: [centers.map((_, j) => loss(x, j))], after: [after] }]).values;
  const dot = (i: number, j: number): number => centers[i]!.reduce((sum, v, d) => sum + v * centers[j]![d]!, 0);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) expect(z[i]![j]).toBeCloseTo((2 * s * dot(i, j) - s * s * dot(i, i)) / dot(j, j), 12);
  }
  expect(z[0]![1]).toBeGreaterThan(0);
  expect(z[0]![2]).toBeLessThan(0);
});

test('tagAffinity: losses that are missing or zero are left out and counted', () => {
  const after = [
    [1, 1],
    [1, 1],
  ];
  const z = tagAffinity(tasks, [
    {
      before: [
        [2, Number.NaN],
        [2, 0],
        [2, 4],
      ],
      after: [after, after, after],
    },
  ]);
  expect(z.values).toEqual([
    [0.5, 0.75],
    [0.5, 0.75],
  ]);
  expect(z.notes).toEqual(['4 of the looked-ahead losses were missing or not positive and were left out']);
  expect(tagAffinity(tasks, [{ before: [[2, Number.NaN]], after: [after] }]).values[0]![1]).toBeNaN();
});

test('an affinity over runs has a Student t interval', () => {
  const run = (v: number) => ({
    alone: [1, 1],
    pairs: [
      [0, 1 - v],
      [1, 0],
    ],
  });
  const a = pairwiseAffinity(tasks, [run(0.1), run(0.2), run(0.3)]);
  expect(a.values[0]![1]).toBeCloseTo(0.2, 12);
  // scipy.stats.t.interval(0.95, 2, 0.2, 0.1 / sqrt(3)) = (-0.04841377118, 0.44841377118)
  expect(a.low![0]![1]).toBeCloseTo(-0.04841377118, 8);
  expect(a.high![0]![1]).toBeCloseTo(0.44841377118, 8);
  expect(a.confidence).toBe(0.95);
  checkAffinity(a);
});

test('pairwiseAffinity and leaveOneOutAffinity: relative gains by hand', () => {
  expect(
    pairwiseAffinity(tasks, [
      {
        alone: [2, 4],
        pairs: [
          [0, 3],
          [2.5, 0],
        ],
      },
    ]).values,
  ).toEqual([
    [0, 0.25],
    [-0.25, 0],
  ]);
  expect(
    leaveOneOutAffinity(tasks, [
      {
        together: [1, 3],
        without: [
          [0, 4],
          [1, 0],
        ],
      },
    ]).values,
  ).toEqual([
    [0, 0.25],
    [0, 0],
  ]);
  expect(() =>
    pairwiseAffinity(tasks, [
      {
        alone: [0, 1],
        pairs: [
          [0, 1],
          [1, 0],
        ],
      },
    ]),
  ).toThrow("the error of 'a' alone must be positive");
  expect(() =>
    leaveOneOutAffinity(tasks, [
      {
        together: [0, 1],
        without: [
          [0, 0],
          [1, 0],
        ],
      },
    ]),
  ).toThrow("'b' without 'a' must be positive");
});

test('gradientCosineAffinity: mean cosine over steps; a zero gradient is unknown', () => {
  const a = gradientCosineAffinity(tasks, [
    [
      [
        [4, 2],
        [2, 1],
      ],
      [
        [1, 0],
        [0, 9],
      ],
      [
        [1, 0],
        [0, 0],
      ],
    ],
  ]);
  expect(a.values[0]![1]).toBeCloseTo(0.5, 12);
  expect(a.values[0]![0]).toBe(1);
  expect(
    gradientCosineAffinity(tasks, [
      [
        [
          [1, 0],
          [0, 0],
        ],
      ],
    ]).values[0]![1],
  ).toBeNaN();
});

test('weightCosineAffinity does not change with the scale of a task, and its interval covers unrelated weights', () => {
  const vector = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(vector, vector, fc.double({ min: 0.1, max: 100, noNaN: true }), (u, v, scale) => {
      fc.pre(u.some((x) => Math.abs(x) > 1e-3) && v.some((x) => Math.abs(x) > 1e-3));
      const plain = weightCosineAffinity(tasks, [u, v]).values[0]![1]!;
      const scaled = weightCosineAffinity(tasks, [u.map((x) => scale * x), v]).values[0]![1]!;
      expect(scaled).toBeCloseTo(plain, 9);
    }),
  );
  // atanh(0.5) +- 1.959964 / sqrt(23): tanh -> 0.1396983, 0.7427... (R: tanh(atanh(.5) + c(-1, 1) * qnorm(.975) / sqrt(23)))
  const [u, v] = [new Array(25).fill(0), new Array(25).fill(0)];
  u[0] = 1;
  v[0] = 0.5;
  v[1] = Math.sqrt(0.75);
  const a = weightCosineAffinity(tasks, [u, v]);
  const half = 1.959963984540054 / Math.sqrt(23);
  expect(a.low![0]![1]).toBeCloseTo((3 * Math.exp(-2 * half) - 1) / (3 * Math.exp(-2 * half) + 1), 10);
  expect(a.high![0]![1]).toBeCloseTo((3 * Math.exp(2 * half) - 1) / (3 * Math.exp(2 * half) + 1), 10);
});

test('symmetrize: the mean of both directions, or the known one', () => {
  const a: Affinity = {
    kind: 'other',
    tasks: ['a', 'b', 'c'],
    values: [
      [0, 1, Number.NaN],
      [3, 0, Number.NaN],
      [5, Number.NaN, 0],
    ],
    low: [
      [0, 0, 0],
      [2, 0, 0],
      [1, 0, 0],
    ],
    high: [
      [0, 2, 9],
      [9, 0, 9],
      [9, 9, 0],
    ],
    directed: true,
    neutral: 0,
    notes: [],
  };
  const s = symmetrize(a);
  expect(s.values).toEqual([
    [0, 2, 5],
    [2, 0, Number.NaN],
    [5, Number.NaN, 0],
  ]);
  expect(s.low![0]![1]).toBe(1);
  expect(s.high![1]![0]).toBe(5.5);
  expect(s.directed).toBe(false);
  expect(symmetrize(s)).toEqual(s);
});

test('checkAffinity says what is wrong', () => {
  const a: Affinity = {
    kind: 'other',
    tasks,
    values: [
      [0, 1],
      [1, 0],
    ],
    directed: false,
    neutral: 0,
    notes: [],
  };
  expect(() => checkAffinity({ ...a, values: [[0, 1]] })).toThrow('affinity values: expected 2 rows (one per task), got 1.');
  expect(() => checkAffinity({ ...a, values: [[0, 1], [1]] })).toThrow('row 1 must have 2 values');
  expect(() => checkAffinity({ ...a, tasks: ['a', 'a'] })).toThrow("task 'a' is named twice");
  expect(() => checkAffinity({ ...a, low: a.values })).toThrow("give both 'low' and 'high'");
  expect(() =>
    checkAffinity({
      ...a,
      low: [
        [0, 2],
        [0, 0],
      ],
      high: [
        [0, 3],
        [3, 0],
      ],
    }),
  ).toThrow(/'a' on 'b' \(1\) lies outside/);
  expect(() => tagAffinity(tasks, [])).toThrow(TypeError);
  expect(() => tagAffinity(tasks, [{ before: [[1, 1]], after: [] }])).toThrow('before 1 steps and after 0');
  expect(() => tagAffinity(tasks, [{ before: [[1]], after: [[[1]]] }])).toThrow('must have 2 losses');
  expect(() =>
    weightCosineAffinity(tasks, [
      [1, 2],
      [1, 2],
    ]),
  ).toThrow('at least 3 features');
  expect(() =>
    pairwiseAffinity(
      tasks,
      [
        {
          alone: [1, 1],
          pairs: [
            [0, 1],
            [1, 0],
          ],
        },
      ],
      { confidence: 1 },
    ),
  ).toThrow(RangeError);
});
