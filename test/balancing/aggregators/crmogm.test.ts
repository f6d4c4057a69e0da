import { expect, test } from 'vitest';
import { crmogm } from '../../../src/balancing/aggregators/crmogm';
import { mgda } from '../../../src/balancing/aggregators/mgda';
import { upgrad } from '../../../src/balancing/aggregators/upgrad';
import { famo } from '../../../src/balancing/weightings/famo';
import { base, expectClose, opposed } from '../matrices';

test("keeps alpha of the last weights; the first are the method's own", () => {
  const session = crmogm({ method: upgrad(), alpha: 0.7 }).start(2);
  const [first, second] = [upgrad().weights(base), upgrad().weights(opposed)];
  expectClose(session.weights(base), first, 1e-12);
  expectClose(
    session.weights(opposed),
    first.map((value, t) => 0.7 * value + 0.3 * second[t]!),
    1e-12,
  );
});

test('wraps MGDA unless told otherwise', () => {
  expect(crmogm().weights(base)).toEqual(mgda().weights(base));
  expect(crmogm({ alpha: 0 }).start(2).weights(opposed)).toEqual(mgda().weights(opposed));
});

test('wraps loss weightings, and passes them the losses after the step', () => {
  const wrapped = crmogm({ method: famo(), alpha: 0 });
  const input = {
    losses: [1, 2],
    gramian: [
      [18, -22],
      [-22, 38],
    ],
    epoch: 0,
    step: 0,
    epochLosses: [],
  };
  const result = wrapped.step(input, wrapped.init(2, 0));
  expectClose(result.weights, [2 / 3, 1 / 3]);
  const moved = wrapped.after!({ ...input, nextLosses: [0.5, 2] }, result.state);
  // The first task fell, so it weighs less at the same losses.
  expect(wrapped.step(input, moved).weights[0]).toBeLessThan(result.weights[0]!);
});

test('rejects what is no method', () => {
  expect(() => crmogm({ method: {} as never })).toThrow(/option 'method' must be a method that has weights/);
});
