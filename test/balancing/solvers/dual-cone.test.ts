import { expect, test } from 'vitest';
import { normalisedGramian, projectOntoDualCone } from '../../../src/balancing/solvers/dual-cone';
import { combineRows, flatten, gramianOf } from '../../../src/balancing/solvers/linear-algebra';
import { dot, expectClose, normalMatrix } from '../matrices';

test('normalized by the trace, with a ridge', () => {
  expectClose(Array.from(normalisedGramian(Float64Array.of(1, 2, 2, 3), 2, 0, 0.1)!), [0.35, 0.5, 0.5, 0.85], 1e-15);
  expect(normalisedGramian(new Float64Array(4), 2, 0, 0.1)).toBeUndefined();
  expect(normalisedGramian(Float64Array.of(1, 0, 0, 1), 2, 2, 0.1)).toBeUndefined();
});

test('is the projection: the difference lies in the cone of the gradients, at right angles to the result', () => {
  for (let seed = 0; seed < 30; seed++) {
    const j = normalMatrix(4, 5, seed);
    const u = Float64Array.of(1, 0, 0, 0);
    const v = Array.from(projectOntoDualCone(flatten(gramianOf(j)), u));
    const projection = combineRows(j, v);
    const difference = projection.map((value, p) => value - j[0]![p]!);
    for (const row of j) expect(dot(row, projection)).toBeGreaterThan(-1e-9);
    expect(v.every((value, t) => value >= u[t]!)).toBe(true);
    expect(Math.abs(dot(difference, projection))).toBeLessThan(1e-8);
  }
});
