import { expect, test } from 'vitest';
import { graddrop, moco, modo, pcgrad, upgrad } from '../../src/balancing';
import { gramianOf } from '../../src/balancing/solvers/linear-algebra';
import { base } from './matrices';

test('step, weights, combine and session agree', () => {
  const method = upgrad();
  const weights = method.weights(base);
  const input = { losses: [1, 1], gramian: gramianOf(base), epoch: 0, step: 0, epochLosses: [] };
  expect(method.step(input, method.init(2, 0)).weights).toEqual(weights);
  expect(method.start(2).weights(base)).toEqual(weights);
  expect(method.start(2).combine(base)).toEqual(method.combine(base));
});

test('stand-alone calls start afresh; sessions go on', () => {
  const method = modo({ gamma: 0.01 });
  expect(method.weights(base)).toEqual(method.weights(base));
  const session = method.start(2);
  const first = session.weights(base);
  expect(first).toEqual(method.weights(base));
  expect(session.weights(base)).not.toEqual(first);
});

test('random methods follow the seed of a stand-alone call', () => {
  const many = (seed: number): number[] =>
    graddrop().combine(
      [
        [1, -2, 3, -4, 5, -6, 7, -8],
        [-8, 7, -6, 5, -4, 3, -2, 1],
      ],
      { seed },
    );
  expect(many(1)).toEqual(many(1));
  expect(many(1)).not.toEqual(many(2));
});

test('a session refuses another number of tasks', () => {
  expect(() => pcgrad().start(3).combine(base)).toThrow(
    'pcgrad session: combine(J): the session was started for 3 tasks, got a Jacobian with 2 rows',
  );
  expect(() => moco().start(3).combine(base)).toThrow(TypeError);
});

test('gradients whose squares overflow are refused', () => {
  expect(() => pcgrad().combine([[1e200]])).toThrow(/squared length of the gradient of task 0 overflows/);
});
