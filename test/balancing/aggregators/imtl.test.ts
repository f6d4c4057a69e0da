import { expect, test } from 'vitest';
import { crmogm } from '../../../src/balancing/aggregators/crmogm';
import { imtl } from '../../../src/balancing/aggregators/imtl';
import { imtlg } from '../../../src/balancing/aggregators/imtlg';
import { gramianOf } from '../../../src/balancing/solvers/linear-algebra';
import { imtll } from '../../../src/balancing/weightings/imtll';
import { expectClose, normalMatrix, three } from '../matrices';

test('of two tasks: the scaled gradients have equal projections, weights that sum to 1, and the unscaled ones exp(s) times as much', () => {
  const method = imtl({ learningRate: 0.3 });
  const session = method.start(2);
  const jacobian = [
    [3, 4],
    [0, 2],
  ];
  const losses = [0.2, 7];
  // At s = 0: n_2 / (n_1 + n_2) and n_1 / (n_1 + n_2), lengths 5 and 2.
  expectClose(session.weights(jacobian, { losses }), [2 / 7, 5 / 7], 1e-12);
  // Adam's first step: 0.3 up for the loss below 1, 0.3 down for the one above. Lengths are then 5 e^.3 and 2 e^-.3.
  const [up, down] = [Math.exp(0.3), Math.exp(-0.3)];
  const sum = 5 * up + 2 * down;
  const { weights, heads } = method.step({ losses, gramian: gramianOf(jacobian), epoch: 0, step: 1, epochLosses: [] }, session.state());
  expectClose(heads!, [up, down], 1e-7);
  expectClose(weights, [(up * 2 * down) / sum, (down * 5 * up) / sum], 1e-7);
  expectClose(session.combine(jacobian, { losses }), [(3 * 2) / sum, (4 * 2 + 2 * 5) / sum], 1e-7);
});

test('is IMTL-L, then IMTL-G of what it scales', () => {
  const [whole, scales] = [imtl({ learningRate: 0.1 }).start(3), imtll({ learningRate: 0.1 }).start(3)];
  for (let step = 0; step < 8; step++) {
    const losses = [0.3 + 0.1 * step, 2, 9 - step];
    const jacobian = normalMatrix(3, 5, step);
    const s = scales.weights(losses);
    const scaled = jacobian.map((row, t) => row.map((value) => s[t]! * value));
    expectClose(whole.combine(jacobian, { losses }), imtlg().combine(scaled), 1e-10);
  }
});

test('without losses it is IMTL-G, at every step', () => {
  const session = imtl({ learningRate: 0.5 }).start(3);
  for (let i = 0; i < 3; i++) expectClose(session.combine(three), imtlg().combine(three), 1e-12);
});

test('a task without a label is left out, and its scale waits', () => {
  const present = [true, false, true];
  const [whole, pair] = [imtl({ learningRate: 0.2 }).start(3), imtl({ learningRate: 0.2 }).start(2)];
  const at = <T>(values: readonly T[]): T[] => [values[0]!, values[2]!];
  for (let step = 0; step < 4; step++) {
    const jacobian = normalMatrix(3, 4, step);
    const losses = [0.5, Number.NaN, 3];
    const weights = whole.weights(jacobian, { losses, present });
    expect(weights[1]).toBe(0);
    expectClose(at(weights), pair.weights(at(jacobian), { losses: at(losses) }), 1e-12);
  }
  // Its first step with a label is at scale 0.
  const jacobian = normalMatrix(3, 4, 9);
  const { heads } = imtl().step({ losses: [1, 1, 1], gramian: gramianOf(jacobian), epoch: 0, step: 4, epochLosses: [] }, whole.state());
  expect(heads![1]).toBe(1);
  expect(heads![0]).not.toBe(1);
});

test('where no gradient reaches the shared parameters its weights are finite, and its scales move', () => {
  const nothing = [
    [0, 0],
    [0, 0],
  ];
  const session = imtl({ learningRate: 0.1 }).start(2);
  for (let i = 0; i < 3; i++) expect(session.combine(nothing, { losses: [2, 0.5] })).toEqual([0, 0]);
  const { heads } = imtl().step({ losses: [2, 0.5], gramian: nothing, epoch: 0, step: 3, epochLosses: [] }, session.state());
  expect(heads![0]).toBeLessThan(0.9);
  expect(heads![1]).toBeGreaterThan(1.1);
});

test('starts where its state was, and takes losses of the wrong kind for what they are', () => {
  const session = imtl({ learningRate: 0.2 }).start(3);
  session.combine(three, { losses: [1, 2, 3] });
  const resumed = imtl({ learningRate: 0.2 }).start(3);
  resumed.restore(JSON.parse(JSON.stringify(session.state())));
  expect(resumed.combine(three, { losses: [3, 2, 1] })).toEqual(session.combine(three, { losses: [3, 2, 1] }));
  expect(() => imtl().combine(three, { losses: [1, 2] })).toThrow(TypeError);
  expect(() => imtl({ learningRate: 0 })).toThrow(RangeError);
});

test('CR-MOGM smooths its weights and leaves the scales of the heads as they are', () => {
  const inner = imtl({ learningRate: 0.4 });
  const method = crmogm({ method: inner, alpha: 0.5 });
  const input = { losses: [3, 0.1, 1.5], gramian: gramianOf(three), epoch: 0, step: 0, epochLosses: [] };
  expect([inner.weighsHeads, method.weighsHeads, crmogm().weighsHeads]).toEqual([true, true, undefined]);
  let [own, smooth] = [inner.init(3, 0), method.init(3, 0)];
  for (let i = 0; i < 3; i++) {
    const [a, b] = [inner.step(input, own), method.step(input, smooth)];
    expect(b.heads).toEqual(a.heads);
    [own, smooth] = [a.state, b.state];
  }
});
