import { describe, expect, test } from 'vitest';
import { clustered } from '../../src/linear/clustered';
import { crossValidating, type LinearModel } from '../../src/linear/cross-validate';
import { fista } from '../../src/linear/fista';
import { choosingLambda, linearProblem } from '../../src/linear/fit-linear';
import { graphRegularized } from '../../src/linear/graph-regularized';
import { jointFeatures } from '../../src/linear/joint-feature-selection';
import { lasso } from '../../src/linear/lasso';
import { dataLoss, isLogistic } from '../../src/linear/loss';
import { meanRegularized } from '../../src/linear/mean-regularized';
import { newtonSolver } from '../../src/linear/newton';
import { ridge } from '../../src/linear/ridge';
import { traceNorm } from '../../src/linear/trace-norm';
import { drained, type Steps } from '../../src/steps';
import { simulate } from './helpers';

const weights = [
  [2, 0, -1, 0.3],
  [1.5, 0.5, -1, 0],
  [-1, 1, 0, 2],
];
const tasks = simulate(weights, 40, 1).map((t, at) => ({ ...t, labels: Array.from(t.labels, (v) => (v > at - 0.5 ? 1 : 0)) }));
const chain = graphRegularized([
  [0, 1, 0],
  [1, 0, 1],
  [0, 1, 0],
]);
const stopping = { tolerance: 1e-8, maxIterations: 50000 };

describe.each([ridge(), meanRegularized(), chain, lasso(), jointFeatures(), traceNorm(), clustered()])('newtonSolver, $name', (penalty) => {
  test.each([
    { weighting: 'rows', intercept: true },
    { weighting: 'tasks', intercept: false },
  ] as const)('ends at the optimum of proximal gradient along a path, in a few never rising steps ($weighting)', (way) => {
    const loss = dataLoss(tasks, { loss: 'logistic', standardize: true, ...way });
    if (!isLogistic(loss)) throw new Error('the logistic loss is');
    for (const strength of [0, 0.02]) {
      const solve = newtonSolver(loss, penalty, strength, stopping);
      let start = loss.start();
      for (const lambda of [0.1, 0.03, 0.003]) {
        const found = drained(solve(lambda, start));
        const slow = fista({ loss, penalty, lambda, ridge: strength }, loss.start(), stopping);
        expect(found.converged).toBe(true);
        // Both objectives lie above the optimum by less than rounding once the gradient is 1e-8 of its start.
        expect(found.trace.at(-1)).toBeCloseTo(slow.trace.at(-1)!, 10);
        expect(found.lossValue + lambda * found.penaltyValue).toBeLessThanOrEqual(found.trace.at(-1)! + 1e-12);
        found.parameters.forEach((v, i) => {
          expect(v).toBeCloseTo(slow.parameters[i]!, 4);
        });
        for (let i = 1; i < found.trace.length; i++) expect(found.trace[i]).toBeLessThanOrEqual(found.trace[i - 1]! + 1e-15);
        start = found.parameters;
      }
    }
  });
});

test('newtonSolver: labels that the inputs separate, a task of one class and repeated inputs have an optimum where there is a penalty', () => {
  const inputs = Array.from({ length: 12 }, (_, i) => [i - 5.5, i - 5.5, 1]);
  const data = [
    { name: 'separated', inputs, labels: inputs.map(([v]) => (v! > 0 ? 1 : 0)) },
    { name: 'one class', inputs, labels: inputs.map(() => 1) },
  ];
  const loss = dataLoss(data, { loss: 'logistic', weighting: 'rows', standardize: true, intercept: false });
  if (!isLogistic(loss)) throw new Error('the logistic loss is');
  for (const penalty of [ridge(), lasso()]) {
    const found = drained(newtonSolver(loss, penalty, 0, stopping)(1e-4, loss.start()));
    const slow = fista({ loss, penalty, lambda: 1e-4, ridge: 0 }, loss.start(), stopping);
    expect(found.trace.at(-1)! - slow.trace.at(-1)!).toBeLessThan(1e-8);
    expect(found.converged).toBe(true);
  }
});

test('crossValidating with patience asks no fold for what comes after lambdas in a row that are worse', () => {
  const inputs = Array.from({ length: 8 }, () => [0]);
  const asked: number[] = [];
  const constants = [3, 1, 2, 0, 4, 5, 6, 7];
  const pathOf = () => {
    let l = 0;
    // biome-ignore lint/correctness/useYield: all at once
    return function* (): Steps<LinearModel> {
      asked.push(l);
      return { weights: [[0]], intercepts: [constants[l++]!] };
    };
  };
  const task = { name: 'a', inputs, labels: inputs.map(() => 0) };
  const options = { loss: 'squared', weighting: 'rows', folds: 2, seed: 0, patience: 3 } as const;
  const found = drained(crossValidating([task], [8, 7, 6, 5, 4, 3, 2, 1], pathOf, options));
  expect(found).toMatchObject({ best: 3, mean: [9, 1, 4, 0, 16, 25, 36], lambdas: [8, 7, 6, 5, 4, 3, 2] });
  expect(asked).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
});

test('choosingLambda can be stopped between Newton steps, many times before it ends', () => {
  const steps = choosingLambda(linearProblem(lasso()), tasks, { loss: 'logistic' });
  let count = 0;
  for (let { done } = steps.next(); !done; { done } = steps.next()) count++;
  // 5 folds, at least 4 lambdas each, and more than one step at a lambda.
  expect(count).toBeGreaterThan(5 * 4 * 2);
});
