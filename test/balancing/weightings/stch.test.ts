import { expect, test } from 'vitest';
import { stch } from '../../../src/balancing/weightings/stch';
import { expectClose, reference } from '../matrices';

test('published values', () => {
  expect(stch({ weights: [0.5, 0.5] }).value([0, 0])).toBeCloseTo(Math.LN2, 6);
  expect(stch().value([0, 0])).toBeCloseTo(Math.LN2, 6);
  expect(stch({ weights: [1, 1] }).value([1, 1])).toBeCloseTo(1.693147, 6);
  expect(stch({ mu: 1e-10 }).value([1e30, 2e30, 3e30])).toBeCloseTo(1e30, -20);
  expect(stch({ mu: 1e-10 }).weights([1e30, 2e30, 3e30])).toEqual([0, 0, 1 / 3]);
});

test('agrees with TorchJD', () => {
  const { losses, weights, reference: ideal, results } = reference.scalarizers;
  const method = stch({ mu: 0.3, weights, reference: ideal });
  expect(method.value(losses)).toBeCloseTo(results.stch!.value, 12);
  expectClose(method.weights(losses), results.stch!.weights, 1e-12);
});

test('the variant log: sum of logs while warming up, then losses over their means of the warm-up epoch', () => {
  const method = stch({ variant: 'log', warmup: 1 });
  expectClose(method.weights([2, 4], { epochLosses: [[9, 9]] }), [0.5, 0.25], 1e-14);
  const epochLosses = [
    [9, 9],
    [2, 8],
    [5, 5],
  ];
  // log of the ratios 1 and 1/2: softmax (2/3, 1/3), times T over the losses.
  expectClose(method.weights([2, 4], { epochLosses }), [(2 * 2) / 3 / 2, (2 * 1) / 3 / 4], 1e-14);
  expect(method.value([2, 4], { epochLosses })).toBeCloseTo(2 * Math.log(1.5), 14);
});

test('a reference and logarithms exclude each other', () => {
  expect(() => stch({ variant: 'log', reference: [0, 0] })).toThrow(TypeError);
});
