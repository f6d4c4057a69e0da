import { expect, test } from 'vitest';
import { conjugateGradient } from '../../src/linear/conjugate-gradient';
import { fista } from '../../src/linear/fista';
import { graphRegularized } from '../../src/linear/graph-regularized';
import { dataLoss, isQuadratic } from '../../src/linear/loss';
import { meanRegularized } from '../../src/linear/mean-regularized';
import type { Penalty } from '../../src/linear/penalty';
import { ridge } from '../../src/linear/ridge';
import { simulate } from './helpers';

const tasks = simulate(
  [
    [2, 0, -1],
    [1.5, 0.5, -1],
    [-1, 1, 0],
    [0, 1, 1],
  ],
  20,
  0.5,
);
const options = { loss: 'squared', weighting: 'rows', intercept: true, standardize: false } as const;
const stopping = { tolerance: 1e-11, maxIterations: 50000 };
const chain = graphRegularized([
  [0, 1, 0, 0],
  [1, 0, 1, 0],
  [0, 1, 0, 1],
  [0, 0, 1, 0],
]);

test.each([ridge(), meanRegularized(), chain])(
  'conjugateGradient, $name: the solution of proximal gradient, in a few never rising steps',
  (penalty: Penalty) => {
    const loss = dataLoss(tasks, options);
    if (!isQuadratic(loss)) throw new Error('the squared loss is quadratic');
    for (const [lambda, strength] of [
      [0.1, 0],
      [0.02, 0.01],
      [5, 0],
    ] as const) {
      const direct = conjugateGradient(loss, penalty.coupling!(4), lambda, strength, loss.start(), stopping);
      const slow = fista({ loss, penalty, lambda, ridge: strength }, loss.start(), stopping);
      direct.parameters.forEach((v, i) => {
        expect(v).toBeCloseTo(slow.parameters[i]!, 7);
      });
      expect(direct.trace.at(-1)).toBeCloseTo(slow.trace.at(-1)!, 10);
      expect([direct.lossValue, direct.penaltyValue].map((v) => v.toFixed(6))).toEqual(
        [slow.lossValue, slow.penaltyValue].map((v) => v.toFixed(6)),
      );
      for (let i = 1; i < direct.trace.length; i++) expect(direct.trace[i]).toBeLessThanOrEqual(direct.trace[i - 1]!);
      expect(direct.converged).toBe(true);
      expect(direct.trace.length).toBeLessThanOrEqual(penalty.name === 'ridge' ? 2 : 13);
    }
  },
);

test('conjugateGradient: a singular system (constant inputs, no penalty) ends at the least objective', () => {
  const constant = tasks.map((t) => ({ ...t, inputs: t.inputs.map((x) => [...Array.from(x), 1, 1]) }));
  const loss = dataLoss(constant, { ...options, intercept: false });
  if (!isQuadratic(loss)) throw new Error('the squared loss is quadratic');
  const found = conjugateGradient(loss, ridge().coupling!(4), 0, 0, loss.start(), { tolerance: 1e-9, maxIterations: 1000 });
  const plain = dataLoss(tasks, options);
  if (!isQuadratic(plain)) throw new Error('the squared loss is quadratic');
  const expected = conjugateGradient(plain, ridge().coupling!(4), 0, 0, plain.start(), stopping);
  expect(found.trace.at(-1)).toBeCloseTo(expected.trace.at(-1)!, 9);
});
