import { expect, test } from 'vitest';
import { dwa, gradnorm, uncertainty } from '../../src/balancing';

test('a stand-alone call starts afresh or from the state given', () => {
  const method = uncertainty({ learningRate: 0.1 });
  expect(method.weights([3])).toEqual(method.weights([3]));
  const { state } = method.step({ losses: [3], epoch: 0, step: 0, epochLosses: [] }, method.init(1, 0));
  expect(method.weights([3], { state })[0]).toBeLessThan(method.weights([3])[0]!);
});

test('a session carries its state; asking for the value does not move it', () => {
  const session = uncertainty({ learningRate: 0.1 }).start(1);
  const before = session.value([3]);
  expect(session.value([3])).toBe(before);
  session.weights([3]);
  expect(session.value([3])).not.toBe(before);
});

test('steps are pure', () => {
  const method = gradnorm();
  const state = method.init(2, 0);
  const frozen = JSON.stringify(state);
  const input = {
    losses: [1, 2],
    gramian: [
      [1, 0],
      [0, 4],
    ],
    epoch: 0,
    step: 0,
    epochLosses: [],
  };
  expect(method.step(input, state)).toEqual(method.step(input, state));
  expect(JSON.stringify(state)).toBe(frozen);
});

test('what is missing or does not fit', () => {
  expect(() => gradnorm().step({ losses: [1], epoch: 0, step: 0, epochLosses: [] }, {})).toThrow(/input.gramian.*is missing/);
  expect(() => gradnorm().weights([1, 2], { gramian: [[1]] })).toThrow(/must be 2 x 2/);
  expect(() => dwa().init(0, 0)).toThrow(RangeError);
});
