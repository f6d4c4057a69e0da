import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kMedoids } from '../../src/grouping/k-medoids';
import { distances, points } from './points';

/** Least total distance to medoids over clusterings: for a clustering, each cluster's best medoid. */
function cost(d: Float64Array, n: number, labels: ArrayLike<number>): number {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < n; i++) groups.set(labels[i]!, [...(groups.get(labels[i]!) ?? []), i]);
  let total = 0;
  for (const members of groups.values()) total += Math.min(...members.map((m) => members.reduce((sum, o) => sum + d[o * n + m]!, 0)));
  return total;
}

function bruteForce(d: Float64Array, n: number, k: number): number {
  let best = Number.POSITIVE_INFINITY;
  const choose = (from: number, medoids: number[]): void => {
    if (medoids.length === k) {
      let total = 0;
      for (let o = 0; o < n; o++) total += Math.min(...medoids.map((m) => d[o * n + m]!));
      best = Math.min(best, total);
      return;
    }
    for (let m = from; m < n; m++) choose(m + 1, [...medoids, m]);
  };
  choose(0, []);
  return best;
}

test.each([1, 2, 3, 4])('kMedoids finds the best of all %i medoids on seven points', (k) => {
  const labels = kMedoids(distances, points, k);
  expect(new Set(labels).size).toBe(k);
  expect(cost(distances, points, labels)).toBeCloseTo(bruteForce(distances, points, k), 12);
});

test('kMedoids on random points finds the best clustering nine times in ten', () => {
  let [best, runs] = [0, 0];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
        minLength: 9,
        maxLength: 9,
      }),
      (xy) => {
        const d = Float64Array.from(xy.flatMap(([a, b]) => xy.map(([c, e]) => Math.hypot(a - c, b - e))));
        const found = cost(d, 9, kMedoids(d, 9, 3));
        const least = bruteForce(d, 9, 3);
        expect(found).toBeGreaterThanOrEqual(least - 1e-12);
        runs++;
        if (found <= least + 1e-12) best++;
      },
    ),
    { seed: 1, numRuns: 100 },
  );
  expect(best / runs).toBeGreaterThan(0.9);
});

test('kMedoids ends on equal distances', () => {
  const d = Float64Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? 0 : 1));
  expect(new Set(kMedoids(d, 6, 3)).size).toBe(3);
});
