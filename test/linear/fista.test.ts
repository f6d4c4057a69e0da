import { Matrix, solve as solveSystem } from 'ml-matrix';
import { expect, test } from 'vitest';
import { clustered } from '../../src/linear/clustered';
import { fista } from '../../src/linear/fista';
import { jointFeatures } from '../../src/linear/joint-feature-selection';
import { lasso } from '../../src/linear/lasso';
import { dataLoss } from '../../src/linear/loss';
import { meanRegularized } from '../../src/linear/mean-regularized';
import { ridge } from '../../src/linear/ridge';
import { traceNorm } from '../../src/linear/trace-norm';
import { simulate } from './helpers';

const weights = [
  [2, 0, -1, 0],
  [1.5, 0.5, -1, 0],
  [-1, 1, 0, 0],
];
const tasks = simulate(weights, 30, 0.5);
const classes = tasks.map((t) => ({ ...t, labels: Array.from(t.labels, (v) => (v > 0 ? 1 : 0)) }));
const stopping = { tolerance: 1e-9, maxIterations: 20000 };
const penalties = [ridge(), lasso(), jointFeatures(), traceNorm(), meanRegularized(), clustered({ groups: 2 })];

test.each(penalties.flatMap((penalty) => (['squared', 'logistic'] as const).map((kind) => ({ name: penalty.name, penalty, kind }))))(
  'fista, $name, $kind: converges, never rises, and a proximal step changes nothing',
  ({ penalty, kind }) => {
    const loss = dataLoss(kind === 'squared' ? tasks : classes, { loss: kind, weighting: 'rows', intercept: true, standardize: false });
    const [lambda, strength] = [0.03, 0.001];
    const found = fista({ loss, penalty, lambda, ridge: strength }, loss.start(), stopping);
    expect(found.converged).toBe(true);
    for (let i = 1; i < found.trace.length; i++) expect(found.trace[i]).toBeLessThanOrEqual(found.trace[i - 1]!);
    // Fixed point of x -> prox(x - gradient / c) for any c: the optimality (subgradient) condition.
    const size = 12;
    const image = new Float64Array(loss.imageSize);
    const gradient = new Float64Array(loss.size);
    loss.image(found.parameters, image);
    loss.gradient(image, gradient);
    for (const c of [0.5, 2]) {
      const next = found.parameters.slice(0, size).map((v, i) => v - (gradient[i]! + strength * v) / c);
      penalty.prox(next, 3, 4, lambda / c);
      next.forEach((v, i) => {
        expect(v).toBeCloseTo(found.parameters[i]!, 6);
      });
    }
    for (let t = size; t < loss.size; t++) expect(gradient[t]).toBeCloseTo(0, 7);
    const squares = found.parameters.slice(0, size).reduce((sum, v) => sum + v * v, 0);
    expect(found.trace.at(-1)).toBeCloseTo(found.lossValue + lambda * found.penaltyValue + (strength / 2) * squares, 12);
  },
);

test('fista: lambda 0 is least squares by the normal equations', () => {
  const loss = dataLoss(tasks, { loss: 'squared', weighting: 'rows', intercept: false, standardize: false });
  const found = fista({ loss, penalty: traceNorm(), lambda: 0, ridge: 0 }, loss.start(), stopping);
  tasks.forEach(({ inputs, labels }, t) => {
    const x = new Matrix(inputs.map((row) => Array.from(row)));
    const exact = solveSystem(x.transpose().mmul(x), x.transpose().mmul(Matrix.columnVector(Array.from(labels)))).to1DArray();
    exact.forEach((v, f) => {
      expect(found.parameters[t * 4 + f]).toBeCloseTo(v, 7);
    });
  });
});

test('fista: a warm start at the solution ends at once; too few iterations say so', () => {
  const loss = dataLoss(tasks, { loss: 'squared', weighting: 'rows', intercept: true, standardize: true });
  const objective = { loss, penalty: jointFeatures(), lambda: 0.05, ridge: 0 };
  const found = fista(objective, loss.start(), stopping);
  expect(fista(objective, found.parameters, { ...stopping, tolerance: 1e-8 }).trace.length).toBeLessThanOrEqual(2);
  const cut = fista(objective, loss.start(), { tolerance: 1e-12, maxIterations: 3 });
  expect(cut.converged).toBe(false);
  expect(cut.trace.length).toBe(3);
});
