import { expect, test } from 'vitest';
import { rlw } from '../../../src/balancing/weightings/rlw';

for (const distribution of ['normal', 'dirichlet'] as const) {
  test(`${distribution}: on the simplex, new at every step, following the seed, fair to the tasks`, () => {
    const run = (seed: number, steps: number): number[][] => {
      const session = rlw({ distribution }).start(3, { seed });
      return Array.from({ length: steps }, () => session.weights([1, 1, 1]));
    };
    expect(run(1, 5)).toEqual(run(1, 5));
    expect(run(1, 5)).not.toEqual(run(2, 5));
    const many = run(3, 3000);
    for (const weights of many.slice(0, 50)) {
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      expect(weights.every((w) => w > 0)).toBe(true);
    }
    // The standard deviation of a weight is below 0.25; four standard errors.
    for (let t = 0; t < 3; t++) {
      expect(Math.abs(many.reduce((sum, w) => sum + w[t]!, 0) / 3000 - 1 / 3)).toBeLessThan((4 * 0.25) / Math.sqrt(3000));
    }
  });
}

test('Dirichlet weights have the variance of the uniform distribution on the simplex', () => {
  const session = rlw({ distribution: 'dirichlet' }).start(3, { seed: 4 });
  const first = Array.from({ length: 4000 }, () => session.weights([1, 1, 1])[0]!);
  const variance = first.reduce((sum, w) => sum + (w - 1 / 3) ** 2, 0) / 4000;
  // (T - 1) / (T^2 (T + 1)) = 1 / 18; the marginal is Beta(1, 2), whose squared deviation has standard deviation 0.066.
  expect(Math.abs(variance - 1 / 18)).toBeLessThan((4 * 0.066) / Math.sqrt(4000));
});
