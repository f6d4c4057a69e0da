import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { expect, test } from 'vitest';
import { mapSingularValues, singularValues } from '../../src/linear/singular-values';
import { normals } from './helpers';

test.each([
  [3, 5],
  [5, 3],
  [4, 4],
  [1, 6],
])('singular values of a %i x %i matrix are those of the full decomposition, and can be replaced', (tasks, features) => {
  const w = normals(tasks * 10 + features, tasks * features);
  const full = new SingularValueDecomposition(Matrix.from1DArray(tasks, features, [...w]), { autoTranspose: true });
  const { values } = singularValues(w, tasks, features);
  expect(values.length).toBe(Math.min(tasks, features));
  values.forEach((v, i) => {
    expect(v).toBeCloseTo(full.diagonal[i]!, 10);
  });
  const same = Float64Array.from(w);
  mapSingularValues(same, tasks, features, (v) => v);
  same.forEach((v, i) => {
    expect(v).toBeCloseTo(w[i]!, 10);
  });
  const squared = Float64Array.from(w);
  mapSingularValues(squared, tasks, features, (v) => v.map((x) => x * x));
  singularValues(squared, tasks, features).values.forEach((v, i) => {
    expect(v).toBeCloseTo(full.diagonal[i]! ** 2, 9);
  });
});

test('singular values: a zero matrix', () => {
  const w = new Float64Array(6);
  mapSingularValues(w, 2, 3, (v) => v.map((x) => x + 1));
  expect([...w]).toEqual([0, 0, 0, 0, 0, 0]);
});
