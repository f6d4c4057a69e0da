import { expect, test } from 'vitest';
import { clustered, clusterRelation } from '../../src/linear/clustered';
import { fitLinear } from '../../src/linear/fit-linear';
import { graphRegularized } from '../../src/linear/graph-regularized';
import { jointFeatures } from '../../src/linear/joint-feature-selection';
import { lasso } from '../../src/linear/lasso';
import { sharedInputs } from '../../src/linear/linear-task';
import { meanRegularized } from '../../src/linear/mean-regularized';
import { fitPooled } from '../../src/linear/pooled-ridge';
import { ridge } from '../../src/linear/ridge';
import { traceNorm } from '../../src/linear/trace-norm';
import { random } from '../../src/random/random';
import { expectMatrix, simulate, tableClasses, tableInputs, tableLabels } from './helpers';

const table = sharedInputs(tableInputs, tableLabels);
const exact = { standardize: false, tolerance: 1e-11, maxIterations: 200000 };

// scikit-learn 1.9.1 minimizes |Y - XW|^2 / 2n + alpha x penalty, we the mean over the 3 tasks too: lambda = alpha / 3, alpha = 0.15.
test.each([
  {
    penalty: jointFeatures(), // MultiTaskLasso(alpha=0.15, tol=1e-12)
    weights: [
      [0.7621083115452385, -0.15546767283290244, -0.1283517228740775, 1.0238515794364862],
      [-0.06636565498263683, 0.42153150972219583, -0.5993475457383914, 0.11348234021107742],
      [-0.05731669660735158, -0.1603863970118059, 0.014229649691752989, -0.1271590326715558],
    ],
    intercepts: [0.20323045105114046, -0.10254821482179782, 0.11205025387475026],
  },
  {
    penalty: lasso(), // Lasso(alpha=0.15, tol=1e-14)
    weights: [
      [0.9934925106816112, 0, 0, 0.9457246276699812],
      [0, 0.3705867482051783, -0.6419330541831745, 0],
      [0, 0, 0, 0],
    ],
    intercepts: [0.12258674915508982, -0.11889197470885642, 0.061930027175330075],
  },
  {
    penalty: ridge(), // Ridge(alpha=0.15 * 12)
    weights: [
      [0.8678128088267731, -0.1935505291406706, -0.1646636236047533, 0.9063920893246756],
      [-0.08459017187076959, 0.4887496499866594, -0.713828646929644, 0.08961416648530526],
      [-0.09665800957774554, -0.2187477681047587, -0.021484896245589215, -0.13375005422135608],
    ],
    intercepts: [0.17123557233295655, -0.11165262925013617, 0.1284678507170195],
  },
  {
    penalty: traceNorm(), // 200,000 plain proximal gradient steps with numpy.linalg.svd
    weights: [
      [0.9352355496847135, -0.1391070813837294, -0.08014781677015781, 0.9813242533819881],
      [-0.04166055482328103, 0.5101934902243306, -0.6287185709378746, 0.10954146048385946],
      [-0.028828357826659153, -0.09757569132368353, 0.130263442322513, -0.06122365616720877],
    ],
    intercepts: undefined,
  },
])('fitLinear, $penalty.name, squared: the weights of scikit-learn or NumPy', ({ penalty, weights, intercepts }) => {
  const fit = fitLinear(table, penalty, { ...exact, lambda: 0.05 });
  expectMatrix(fit.weights, weights, 6);
  if (intercepts !== undefined) expectMatrix([fit.intercepts], [intercepts], 6);
  expect(fit.path[0]!.converged).toBe(true);
  expect(fit).toMatchObject({ method: penalty.name, loss: 'squared', tasks: ['y0', 'y1', 'y2'], lambda: 0.05 });
});

// LogisticRegression(C=1 / (0.02 * 36)), penalty l2 (lbfgs, tol=1e-12) and l1 (saga, tol=1e-13).
test.each([
  {
    penalty: ridge(),
    weights: [
      [1.226073287565819, -0.3500474554745472, -0.9177461378526535, 1.0246594401786806],
      [0.13023260905607187, 0.5155422610092313, -1.2676528838720391, 0.1052086897311788],
      [-0.32381365808053353, -0.10294824366517916, -0.04618293834940875, -0.342141787976518],
    ],
    intercepts: [0.5403411451300438, -0.281922140038554, 0.1705882338315071],
  },
  {
    penalty: lasso(),
    weights: [
      [3.2895958048706313, 0, 0, 0],
      [0, 0.08636863056235118, -1.8072765888855262, 0],
      [-0.0042734660604281105, 0, 0, -0.22939901832782705],
    ],
    intercepts: [0.05110101282067581, -0.2648025325419918, 0.026279676935336352],
  },
])('fitLinear, $penalty.name, logistic: the weights of scikit-learn', ({ penalty, weights, intercepts }) => {
  const fit = fitLinear(sharedInputs(tableInputs, tableClasses), penalty, { ...exact, loss: 'logistic', lambda: 0.02 });
  expectMatrix(fit.weights, weights, 4);
  expectMatrix([fit.intercepts], [intercepts], 4);
});

const planted = [
  [2, 0, -1, 0],
  [1.5, 0.5, -1, 0],
  [-1, 1, 0, 0],
];
const tasks = simulate(planted, 25, 0.5);

test('fitLinear: with orthogonal inputs the penalties have their closed forms', () => {
  // Rows sqrt(4) e_f, so that X'X / 4 = I and the least squares weights are y / 2; mean over 3 tasks and 4 rows.
  const labels: Record<string, number[]> = { a: [4, 2, 0, -2], b: [2, -4, 2, 0], c: [0, 2, 6, 2] };
  const data = sharedInputs(
    [0, 1, 2, 3].map((f) => [0, 1, 2, 3].map((g) => (f === g ? 2 : 0))),
    labels,
  );
  const least = Object.values(labels).map((y) => y.map((v) => v / 2));
  const lambda = 0.3;
  const options = { ...exact, intercept: false, lambda: lambda / 3 };
  expectMatrix(
    fitLinear(data, lasso(), options).weights,
    least.map((row) => row.map((v) => Math.sign(v) * Math.max(0, Math.abs(v) - lambda))),
    8,
  );
  const norms = [0, 1, 2, 3].map((f) => Math.hypot(...least.map((row) => row[f]!)));
  expectMatrix(
    fitLinear(data, jointFeatures(), options).weights,
    least.map((row) => row.map((v, f) => v * Math.max(0, 1 - lambda / norms[f]!))),
    8,
  );
  const soft = Float64Array.from(least.flat());
  traceNorm().prox(soft, 3, 4, lambda);
  expectMatrix([fitLinear(data, traceNorm(), options).weights.flat()], [[...soft]], 8);
});

test.each([meanRegularized(), jointFeatures(), traceNorm(), clustered(), lasso(), ridge()])(
  'fitLinear, $name: lambda 0 is independent least squares',
  (penalty) => {
    const least = fitLinear(tasks, ridge(), { ...exact, lambda: 0 }).weights;
    expectMatrix(fitLinear(tasks, penalty, { ...exact, lambda: 1e-9 }).weights, least, 6);
  },
);

test('fitLinear, mean-regularized: lambda to infinity is the pooled fit without intercepts, and one slope with an intercept per task', () => {
  const pooled = fitPooled(tasks, { ...exact, intercept: false, lambda: 0 }).weights;
  expectMatrix(fitLinear(tasks, meanRegularized(), { ...exact, intercept: false, lambda: 1e6 }).weights, pooled, 5);
  // The same slopes as a regression on inputs and labels less their task's means.
  const within = tasks.map((t) => {
    const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
    const level = mean(Array.from(t.labels));
    const centers = [0, 1, 2, 3].map((f) => mean(t.inputs.map((x) => x[f]!)));
    return { ...t, inputs: t.inputs.map((x) => centers.map((c, f) => x[f]! - c)), labels: Array.from(t.labels, (v) => v - level) };
  });
  const slope = fitPooled(within, { ...exact, intercept: false, lambda: 0 }).weights;
  expectMatrix(fitLinear(tasks, meanRegularized(), { ...exact, lambda: 1e6 }).weights, slope, 5);
});

test('fitLinear: the mean-regularized fit is the graph-regularized one on the complete graph', () => {
  const graph = [0, 1, 2].map(() => [1 / 3, 1 / 3, 1 / 3]);
  for (const loss of ['squared', 'logistic'] as const) {
    const data = loss === 'squared' ? tasks : sharedInputs(tableInputs, tableClasses);
    const options = { ...exact, tolerance: 1e-9, loss, lambda: 0.1, ridge: 0.01 };
    expectMatrix(fitLinear(data, graphRegularized(graph), options).weights, fitLinear(data, meanRegularized(), options).weights, 5);
  }
});

test('fitLinear: Evgeniou and Pontil: a ridge on the mean and on the deviations is mean regularization with a ridge on all', () => {
  // min over w0, v_t of loss + a/2 sum |v_t|^2 + b/2 |w0|^2: as one ridge over (sqrt(b) w0, sqrt(a) v_1, ...), features [x / sqrt(b), x / sqrt(a) in task t].
  const [a, b] = [0.4, 0.9];
  const wide = [
    {
      name: 'joint',
      inputs: tasks.flatMap((t, at) =>
        t.inputs.map((x) =>
          [x, ...tasks.map((_, k) => (k === at ? x : [0, 0, 0, 0]))].flatMap((part, k) =>
            Array.from(part, (v) => v / Math.sqrt(k === 0 ? b : a)),
          ),
        ),
      ),
      labels: tasks.flatMap((t) => Array.from(t.labels)),
    },
  ];
  const joint = fitLinear(wide, ridge(), { ...exact, intercept: false, lambda: 1 }).weights[0]!;
  const expected = [0, 1, 2].map((t) => [0, 1, 2, 3].map((f) => joint[f]! / Math.sqrt(b) + joint[4 * (t + 1) + f]! / Math.sqrt(a)));
  // With w0 minimized out: a/2 sum |w_t - mean|^2 + (3 a b / (3 a + b)) / 2 |mean|^2, and 3 |mean|^2 = sum |w_t|^2 - sum |w_t - mean|^2.
  const strength = (a * b) / (3 * a + b);
  const fit = fitLinear(tasks, meanRegularized(), { ...exact, intercept: false, lambda: a - strength, ridge: strength });
  expectMatrix(fit.weights, expected, 7);
});

test.each([ridge(), lasso(), jointFeatures(), traceNorm(), meanRegularized(), clustered({ groups: 2 })])(
  'fitLinear, $name: along the path loss falls and penalty rises with falling lambda',
  (penalty) => {
    const { path, crossValidation, lambda, weights } = fitLinear(tasks, penalty, { tolerance: 1e-8, folds: 3 });
    expect(path.length).toBe(penalty.zeroAt === undefined ? 25 : 20);
    for (let i = 1; i < path.length; i++) {
      const [last, next] = [path[i - 1]!, path[i]!];
      expect(next.lambda).toBeLessThan(last.lambda);
      expect(next.objective).toBeLessThanOrEqual(last.objective + 1e-9);
      expect(next.loss).toBeLessThanOrEqual(last.loss + 1e-7);
      expect(next.penalty).toBeGreaterThanOrEqual(last.penalty - 1e-7 * (1 + last.penalty));
      expect(next.converged).toBe(true);
    }
    // Penalties that reach zero begin exactly there.
    if (penalty.zeroAt !== undefined) {
      expect(path[0]!.penalty).toBeLessThan(1e-7);
      expect(path[1]!.penalty).toBeGreaterThan(1e-3);
    }
    expect(crossValidation!.lambdas[crossValidation!.best]).toBe(lambda);
    expect(path[crossValidation!.best]!.weights).toEqual(weights);
  },
);

test('fitLinear: standardized fitting does not depend on the units of the inputs', () => {
  const scaled = tasks.map((t) => ({ ...t, inputs: t.inputs.map((x) => Array.from(x, (v, f) => v * 10 ** f + 3)) }));
  const options = { tolerance: 1e-11, lambda: 0.05 };
  const [plain, other] = [fitLinear(tasks, jointFeatures(), options), fitLinear(scaled, jointFeatures(), options)];
  expectMatrix(
    other.weights.map((row) => row.map((w, f) => w * 10 ** f)),
    plain.weights,
    7,
  );
});

test('fitLinear, joint features: finds the shared features of planted tasks (as in the simulations of RMTL)', () => {
  const r = random(4, 'planted');
  const sparse = Array.from({ length: 10 }, () => Array.from({ length: 40 }, (_, f) => (f < 5 ? r.normal() : 0)));
  const data = simulate(sparse, 30, 0.5, 4);
  const norms = (weights: readonly (readonly number[])[]): number[] =>
    Array.from({ length: 40 }, (_, f) => Math.hypot(...weights.map((w) => w[f]!)));
  const cheap = { folds: 3, tolerance: 1e-4 };
  const fit = fitLinear(data, jointFeatures(), cheap);
  const found = norms(fit.weights);
  expect(Math.min(...found.slice(0, 5))).toBeGreaterThan(3 * Math.max(...found.slice(5)));
  const distance = (weights: readonly (readonly number[])[]): number =>
    Math.sqrt(weights.reduce((sum, w, t) => sum + w.reduce((s, v, f) => s + (v - sparse[t]![f]!) ** 2, 0), 0));
  expect(distance(fit.weights)).toBeLessThan(0.8 * distance(fitLinear(data, lasso(), cheap).weights));
  expect(distance(fit.weights)).toBeLessThan(0.6 * distance(fitLinear(data, ridge()).weights));
});

test('fitLinear, trace norm: finds the rank of planted tasks and beats independent ridge', () => {
  const r = random(5, 'planted');
  const basis = [0, 1].map(() => Array.from({ length: 20 }, () => r.normal()));
  const low = Array.from({ length: 15 }, () => {
    const [a, b] = [r.normal(), r.normal()];
    return basis[0]!.map((v, f) => a * v + b * basis[1]![f]!);
  });
  const data = simulate(low, 25, 1, 5);
  const fit = fitLinear(data, traceNorm(), { folds: 3, tolerance: 1e-4 });
  const distance = (weights: readonly (readonly number[])[]): number =>
    Math.sqrt(weights.reduce((sum, w, t) => sum + w.reduce((s, v, f) => s + (v - low[t]![f]!) ** 2, 0), 0));
  expect(distance(fit.weights)).toBeLessThan(0.7 * distance(fitLinear(data, ridge()).weights));
});

test('fitLinear, clustered: the relation matrix of the fit shows planted groups, which mean regularization cannot follow', () => {
  const r = random(6, 'planted');
  const centers = [0, 1].map(() => Array.from({ length: 15 }, () => 2 * r.normal()));
  const weights = Array.from({ length: 10 }, (_, t) => centers[t % 2]!.map((v) => v + 0.1 * r.normal()));
  const data = simulate(weights, 12, 1, 6);
  const fit = fitLinear(data, clustered({ groups: 2 }), { lambdas: [0.3, 0.1, 0.03], folds: 3 });
  const m = clusterRelation(fit.weights, { groups: 2 });
  const inside: number[] = [];
  const between: number[] = [];
  m.forEach((row, i) => {
    row.forEach((v, j) => {
      if (i !== j) (i % 2 === j % 2 ? inside : between).push(v);
    });
  });
  expect(Math.min(...inside)).toBeGreaterThan(Math.max(...between) + 0.1);
  const distance = (found: readonly (readonly number[])[]): number =>
    Math.sqrt(found.reduce((sum, w, t) => sum + w.reduce((s, v, f) => s + (v - weights[t]![f]!) ** 2, 0), 0));
  expect(distance(fit.weights)).toBeLessThan(distance(fitLinear(data, meanRegularized()).weights));
  expect(distance(fit.weights)).toBeLessThan(distance(fitLinear(data, ridge()).weights));
});

test('fitLinear, mean-regularized: related tasks with few rows gain over independent and pooled fits', () => {
  const r = random(7, 'planted');
  const center = Array.from({ length: 10 }, () => r.normal());
  const weights = Array.from({ length: 20 }, () => center.map((v) => v + 0.5 * r.normal()));
  const data = simulate(weights, 15, 1, 7);
  const distance = (found: readonly (readonly number[])[]): number =>
    Math.sqrt(found.reduce((sum, w, t) => sum + w.reduce((s, v, f) => s + (v - weights[t]![f]!) ** 2, 0), 0));
  const mean = distance(fitLinear(data, meanRegularized()).weights);
  expect(mean).toBeLessThan(0.95 * distance(fitLinear(data, ridge()).weights));
  expect(mean).toBeLessThan(0.95 * distance(fitPooled(data).weights));
});

test('fitLinear: 139 tasks, 28 features, 15,362 rows', () => {
  const r = random(8, 'planted');
  const weights = Array.from({ length: 139 }, () => Array.from({ length: 28 }, () => r.normal()));
  const data = weights.map((w, t) => simulate([w], t < 72 ? 111 : 110, 1, t)[0]!).map((t, i) => ({ ...t, name: `school ${i}` }));
  expect(data.reduce((sum, t) => sum + t.inputs.length, 0)).toBe(15362);
  const fit = fitLinear(data, jointFeatures(), { lambdas: [0.01, 0.001, 0.0001], folds: 2 });
  expect(fit.path.every((p) => p.converged)).toBe(true);
  const worst = Math.max(...fit.weights.flatMap((w, t) => w.map((v, f) => Math.abs(v - weights[t]![f]!))));
  // Standard error of a weight about 0.1; the largest of 3,892 lies below 5 of them.
  expect(worst).toBeLessThan(0.6);
});

test('fitLinear says what is wrong', () => {
  expect(() => fitLinear(tasks, ridge(), { lamda: 1 } as never)).toThrow('did you mean "lambda"');
  expect(() => fitLinear(tasks, ridge(), { lambda: -1 })).toThrow('lambda must be a number at least 0');
  expect(() => fitLinear(tasks, ridge(), { lambda: 1, lambdas: [1] })).toThrow("'lambda' or 'lambdas', not both");
  expect(() => fitLinear(tasks, ridge(), { lambdas: [] })).toThrow('lambdas is empty');
  expect(() => fitLinear(tasks, ridge(), { loss: 'hinge' as never })).toThrow("loss must be 'squared' or 'logistic'");
  expect(() => fitLinear(tasks, ridge(), { weighting: 'equal' as never })).toThrow("weighting must be 'rows' or 'tasks'");
  expect(() => fitLinear(tasks, ridge(), { loss: 'logistic' })).toThrow('must be 0 or 1');
});
