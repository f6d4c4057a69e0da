import { expect, test } from 'vitest';
import { projectOntoSimplex } from '../../../src/balancing/solvers/simplex-projection';
import { expectClose, normalMatrix } from '../matrices';

test('published values', () => {
  expectClose(Array.from(projectOntoSimplex([0.5, 0.1, 0.1])), [0.6, 0.2, 0.2], 1e-15);
  expectClose(Array.from(projectOntoSimplex([1, 0, -0.5])), [1, 0, 0], 1e-15);
});

test('on the simplex, and no point of it is nearer: the residual makes no acute angle with it', () => {
  for (let seed = 0; seed < 50; seed++) {
    const vector = normalMatrix(1, 6, seed)[0]!;
    const projection = projectOntoSimplex(vector);
    expect(projection.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    for (let vertex = 0; vertex < 6; vertex++) {
      let product = 0;
      for (let i = 0; i < 6; i++) product += (vector[i]! - projection[i]!) * ((i === vertex ? 1 : 0) - projection[i]!);
      expect(projection[vertex]).toBeGreaterThanOrEqual(0);
      expect(product).toBeLessThan(1e-12);
    }
  }
});
