import { inverse, Matrix } from 'ml-matrix';
import { expect, test } from 'vitest';
import { clustered, clusterRelation } from '../../src/linear/clustered';
import { expectProx, normals } from './helpers';

/** eta (1 + eta) / 2 tr(W' (eta I + M)^-1 W) for a given M. */
function valueAt(w: Float64Array, tasks: number, features: number, m: number[][], eta: number): number {
  const a = Matrix.from1DArray(tasks, features, [...w]);
  const middle = inverse(Matrix.add(Matrix.eye(tasks).mul(eta), new Matrix(m)));
  return ((eta * (1 + eta)) / 2) * a.transpose().mmul(middle).mmul(a).trace();
}

test('clustered: a prox', () => {
  expectProx(clustered({ groups: 2, eta: 0.3 }), 4, 5);
  expectProx(clustered({ groups: 2, eta: 0.3 }), 5, 3);
  expectProx(clustered({ groups: 1, eta: 1 }), 3, 3);
});

test('clustered: the value is that of its relation matrix, which is feasible, and no random feasible matrix does better', () => {
  const [tasks, features, groups, eta] = [5, 7, 2, 0.2];
  const w = normals(3, tasks * features);
  const rows = Array.from({ length: tasks }, (_, t) => [...w.subarray(t * features, (t + 1) * features)]);
  const m = clusterRelation(rows, { groups, eta });
  const value = clustered({ groups, eta }).value(w, tasks, features);
  expect(m.reduce((sum, row, i) => sum + row[i]!, 0)).toBeCloseTo(groups, 8);
  expect(valueAt(w, tasks, features, m, eta)).toBeCloseTo(value, 8);
  for (let seed = 0; seed < 50; seed++) {
    // A random projection of rank 2 has eigenvalues 0 and 1 and trace 2.
    const q = Matrix.from1DArray(tasks, groups, [...normals(seed, tasks * groups)]);
    const projection = q.mmul(inverse(q.transpose().mmul(q))).mmul(q.transpose());
    expect(valueAt(w, tasks, features, projection.to2DArray(), eta)).toBeGreaterThanOrEqual(value - 1e-9);
  }
});

test('clustered: tasks in exact groups cost only the ridge part, and their relation is the grouping', () => {
  const [a, b] = [
    [3, 0, 0],
    [0, 3, 0],
  ];
  const rows = [a, b, a, b];
  const eta = 0.1;
  const w = Float64Array.from(rows.flat());
  // Two singular values and two groups: M is the projection onto the grouping, the spread within groups zero.
  expect(clustered({ groups: 2, eta }).value(w, 4, 3)).toBeCloseTo((eta / 2) * w.reduce((sum, v) => sum + v * v, 0), 10);
  const m = clusterRelation(rows, { groups: 2, eta });
  m.forEach((row, i) => {
    row.forEach((v, j) => {
      expect(v).toBeCloseTo(i % 2 === j % 2 ? 0.5 : 0, 8);
    });
  });
});

test('clustered says what is wrong', () => {
  expect(() => clustered({ groups: 0 })).toThrow('groups must be an integer of at least 1');
  expect(() => clustered({ eta: 0 })).toThrow('eta must be a positive number, got 0');
  expect(() => clustered({ group: 2 } as never)).toThrow('did you mean "groups"');
});
