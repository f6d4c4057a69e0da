import { expect, test } from 'vitest';
import { cagrad } from '../../../src/balancing/aggregators/cagrad';
import { mean } from '../../../src/balancing/aggregators/mean';
import { base, dot, expectClose, expectReference, five, norm, normalMatrix, opposed, scaled, three } from '../matrices';

test('published and independently derived values', () => {
  expectClose(cagrad({ c: 0.5 }).combine(base), [0.1835, 1.2041, 1.2041]);
  expectClose(cagrad({ c: 0.5 }).weights(base), [0.7041, 0.5]);
  expectClose(cagrad({ c: 0.2 }).combine(base), [0.6734, 1.0816, 1.0816]);
  expectClose(cagrad({ c: 0.5 }).combine(three), [0.5, 0.5, 1]);
  expectClose(cagrad({ c: 0.5 }).combine(opposed), [-0.1464, 0.5]);
  expectClose(cagrad({ c: 0.5 }).combine(scaled), [2.4844, 1.2578]);
});

test('rescaling conventions', () => {
  expectClose(cagrad({ c: 0.5, rescale: '1+c^2' }).combine(base), [0.1468, 0.9633, 0.9633]);
  expectClose(cagrad({ c: 0.5, rescale: '1+c' }).combine(base), [0.18355 / 1.5, 1.20412 / 1.5, 1.20412 / 1.5]);
});

test('agrees with a general solver', () => {
  for (const c of [0.2, 0.4, 0.9]) expectReference(`cagrad ${c}`, (j) => cagrad({ c }).combine(j), 1e-5);
});

test('c = 0 is the mean', () => {
  for (const j of [base, three, five, opposed]) expectClose(cagrad({ c: 0 }).combine(j), mean().combine(j), 1e-12);
});

test('stays in its ball and cannot be beaten there on the worst task', () => {
  for (let seed = 0; seed < 20; seed++) {
    const j = normalMatrix(4, 6, seed);
    const average = mean().combine(j);
    const update = cagrad({ c: 0.7 }).combine(j);
    const radius = 0.7 * norm(average);
    const worst = (d: readonly number[]): number => Math.min(...j.map((row) => dot(row, d)));
    expect(norm(update.map((value, p) => value - average[p]!))).toBeCloseTo(radius, 8);
    for (let k = 0; k < 200; k++) {
      const step = normalMatrix(1, 6, 1000 * seed + k)[0]!;
      // Random points of the ball near the update.
      const moved = update.map((value, p) => value + step[p]! * 0.05 * radius - average[p]!);
      const shrink = Math.min(1, radius / norm(moved));
      expect(worst(moved.map((value, p) => average[p]! + value * shrink))).toBeLessThanOrEqual(worst(update) + 1e-9);
    }
  }
});

test('vanishes at a stationary point when the ball holds the origin', () => {
  const j = [
    [1, 0],
    [-3, 0],
  ];
  expectClose(cagrad({ c: 1.5 }).combine(j), [0, 0], 1e-6);
});

test('gives the mean where the worst combination vanishes, but for a ball that holds the origin', () => {
  const conflicting = [
    [1, 0],
    [-1, 0],
    [0, 1],
  ];
  expectClose(cagrad({ c: 0.4 }).combine(conflicting), [0, 1 / 3], 1e-9);
  expectClose(cagrad({ c: 0.4, rescale: '1+c^2' }).combine(conflicting), [0, 1 / 3 / 1.16], 1e-9);
  expectClose(cagrad({ c: 1 }).combine(conflicting), [0, 0], 1e-9);
});
