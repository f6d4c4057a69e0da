import { expect } from 'vitest';
import type { LinearTask } from '../../src/linear/linear-task';
import type { Penalty } from '../../src/linear/penalty';
import { random } from '../../src/random/random';

export const normals = (seed: number, size: number): Float64Array => {
  const r = random(seed, 'linear test');
  return Float64Array.from({ length: size }, () => r.normal());
};

/** The prox minimizes |V - weights|^2 / 2 + step x value(V): no nearby or random point does better. */
export function expectProx(penalty: Penalty, tasks: number, features: number): void {
  for (let seed = 0; seed < 12; seed++) {
    const w = normals(seed, tasks * features);
    const step = 0.05 * 2 ** (seed % 6);
    const found = Float64Array.from(w);
    penalty.prox(found, tasks, features, step);
    const objective = (v: Float64Array): number =>
      v.reduce((sum, x, i) => sum + (x - w[i]!) ** 2 / 2, 0) + step * penalty.value(v, tasks, features);
    const least = objective(found);
    for (let probe = 0; probe < 8; probe++) {
      const direction = normals(1000 * seed + probe, w.length);
      for (const size of [1e-4, 1e-2, 1])
        expect(objective(found.map((x, i) => x + size * direction[i]!))).toBeGreaterThanOrEqual(least - 1e-11);
    }
    expect(objective(w)).toBeGreaterThanOrEqual(least - 1e-12);
    expect(objective(new Float64Array(w.length))).toBeGreaterThanOrEqual(least - 1e-12);
  }
}

/** Rows of tasks with given weights. */
export function simulate(weights: readonly (readonly number[])[], rows: number, noise: number, seed = 0): LinearTask[] {
  return weights.map((w, t) => {
    const r = random(seed, `task ${t}`);
    const inputs = Array.from({ length: rows }, () => w.map(() => r.normal()));
    return { name: `t${t}`, inputs, labels: inputs.map((x) => x.reduce((sum, v, f) => sum + v * w[f]!, 0) + noise * r.normal()) };
  });
}

/**
 * A small table on which scikit-learn 1.9.1 and NumPy were run:
 * X[i, j] = sin(1.3 i + 2.1 j) + 0.3 cos(0.7 i j), Y[i, t] = cos(0.9 i + 1.7 t) + X[i, t] (1.5 - 0.5 t) + 0.5 X[i, 3].
 */
export const tableInputs: number[][] = Array.from({ length: 12 }, (_, i) =>
  Array.from({ length: 4 }, (_, j) => Math.sin(1.3 * i + 2.1 * j) + 0.3 * Math.cos(0.7 * i * j)),
);
export const tableLabels: Record<string, number[]> = Object.fromEntries(
  [0, 1, 2].map((t) => [`y${t}`, tableInputs.map((x, i) => Math.cos(0.9 * i + 1.7 * t) + x[t]! * (1.5 - 0.5 * t) + 0.5 * x[3]!)]),
);
/** Y > 0.2. */
export const tableClasses: Record<string, number[]> = Object.fromEntries(
  Object.entries(tableLabels).map(([name, y]) => [name, y.map((v) => (v > 0.2 ? 1 : 0))]),
);

export function expectMatrix(found: readonly (readonly number[])[], expected: readonly (readonly number[])[], digits: number): void {
  expect(found.length).toBe(expected.length);
  found.forEach((row, i) => {
    row.forEach((v, j) => {
      expect(v).toBeCloseTo(expected[i]![j]!, digits);
    });
  });
}
