import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { expect, test } from 'vitest';
import { dataLoss, type LossOptions } from '../../src/linear/loss';
import { normals, simulate } from './helpers';

const weights = [
  [1, -2, 0.5],
  [0, 1, 1],
];
const tasks = [simulate(weights, 20, 0.5)[0]!, simulate(weights, 7, 0.5)[1]!];
const classes = tasks.map((t) => ({ ...t, labels: Array.from(t.labels, (v) => (v > 0.3 ? 1 : 0)) }));
const cases: LossOptions[] = (['squared', 'logistic'] as const).flatMap((loss) =>
  (['rows', 'tasks'] as const).flatMap((weighting) =>
    [true, false].map((flag) => ({ loss, weighting, intercept: flag, standardize: flag })),
  ),
);

test.each(cases)('dataLoss $loss, $weighting, intercept $intercept: value by rows, gradient by differences, curvature bound', (options) => {
  const data = options.loss === 'squared' ? tasks : classes;
  const loss = dataLoss(data, options);
  const p = normals(5, loss.size);
  const image = new Float64Array(loss.imageSize);
  const valueAt = (at: Float64Array): number => {
    loss.image(at, image);
    return loss.value(at, image);
  };
  // The same model in the user's inputs gives the same mean loss.
  const { weights: w, intercepts } = loss.restore(p);
  const perTask = data.map(({ inputs, labels }, t) =>
    inputs.reduce((sum, x, r) => {
      const z = Array.from(x).reduce((s, v, f) => s + v * w[t]![f]!, intercepts[t]!);
      return sum + (options.loss === 'squared' ? (labels[r]! - z) ** 2 / 2 : Math.log(1 + Math.exp(z)) - labels[r]! * z);
    }, 0),
  );
  const expected = options.weighting === 'rows' ? (perTask[0]! + perTask[1]!) / 27 : (perTask[0]! / 20 + perTask[1]! / 7) / 2;
  expect(valueAt(p)).toBeCloseTo(expected, 10);
  const gradient = new Float64Array(loss.size);
  loss.image(p, image);
  loss.gradient(image, gradient);
  const h = 1e-5;
  gradient.forEach((g, i) => {
    const moved = (d: number): number => valueAt(p.map((v, k) => (k === i ? v + d : v)));
    expect(g).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 7);
  });
  if (options.loss === 'squared') {
    // The Hessian by its columns.
    const zero = new Float64Array(loss.size);
    const base = new Float64Array(loss.size);
    loss.image(zero, image);
    loss.gradient(image, base);
    const hessian = Array.from({ length: loss.size }, (_, i) => {
      const column = new Float64Array(loss.size);
      loss.image(
        zero.map((_, k) => (k === i ? 1 : 0)),
        image,
      );
      loss.gradient(image, column);
      return [...column.map((v, k) => v - base[k]!)];
    });
    const eigenvalues = new EigenvalueDecomposition(new Matrix(hessian), { assumeSymmetric: true }).realEigenvalues;
    expect(loss.lipschitz).toBeGreaterThanOrEqual(Math.max(...eigenvalues));
    expect(loss.lipschitz).toBeLessThan(1.05 * Math.max(...eigenvalues));
    expect(loss.curvature).toBeCloseTo(eigenvalues.reduce((a, b) => a + b, 0) / loss.size, 10);
  }
});

test('dataLoss, logistic: starts at the base rates, also where a task has one class', () => {
  const one = { name: 'one', inputs: [[1], [2], [3]], labels: [1, 1, 1] };
  const loss = dataLoss([{ ...classes[0]!, inputs: classes[0]!.inputs.map((x) => [x[0]!]) }, one], {
    loss: 'logistic',
    weighting: 'rows',
    intercept: true,
    standardize: true,
  });
  const start = loss.start();
  const rate = (classes[0]!.labels as number[]).reduce((a, b) => a + b, 0) / 20;
  expect(1 / (1 + Math.exp(-start[2]!))).toBeCloseTo(rate, 12);
  expect(start[3]).toBeCloseTo(Math.log(7), 12);
});

test('dataLoss: a constant feature does no harm', () => {
  const data = tasks.map((t) => ({ ...t, inputs: t.inputs.map((x) => [...Array.from(x), 4]) }));
  const loss = dataLoss(data, { loss: 'squared', weighting: 'rows', intercept: true, standardize: true });
  const { weights: w, intercepts } = loss.restore(normals(1, loss.size));
  for (const v of [...w.flat(), ...intercepts]) expect(Number.isFinite(v)).toBe(true);
});
