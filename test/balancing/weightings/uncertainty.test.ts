import { expect, test } from 'vitest';
import { uncertainty } from '../../../src/balancing/weightings/uncertainty';
import { expectClose, reference } from '../matrices';

test('published value at log variances 0', () => {
  expect(uncertainty().value([1, 2, 4])).toBe(3.5);
  expect(uncertainty().weights([1, 2, 4])).toEqual([0.5, 0.5, 0.5]);
});

test('classification has no factor 1/2', () => {
  const likelihoodFactors = [0.5, 1, 1];
  expect(uncertainty().weights([1, 2, 4], { likelihoodFactors })).toEqual([0.5, 1, 1]);
  expect(uncertainty().value([1, 2, 4], { likelihoodFactors })).toBe(6.5);
});

test('log variances train as PyTorch trains them', () => {
  const session = uncertainty({ learningRate: 0.05 }).start(3);
  const { losses, weights } = reference.sequences.uncertainty;
  losses.forEach((l, i) => {
    expectClose(session.weights(l), weights[i]!, 1e-7);
  });
});

test("the learning rate is the model's own unless given", () => {
  const second = (learningRate: number | null, modelRate?: number): number => {
    const session = uncertainty({ learningRate }).start(1);
    const context = modelRate === undefined ? {} : { learningRate: modelRate };
    session.weights([3], context);
    return session.weights([3], context)[0]!;
  };
  // The first step of Adam moves s by the learning rate: weight exp(lr) / 2 or exp(-lr) / 2.
  expect(second(null, 0.02)).toBeCloseTo(0.5 * Math.exp(-0.02), 8);
  expect(second(null)).toBeCloseTo(0.5 * Math.exp(-0.001), 8);
  expect(second(0.1, 0.02)).toBeCloseTo(0.5 * Math.exp(-0.1), 8);
});

test('settles where the variance is the loss: exp(s) = L, weight 1 / (2 L)', () => {
  const session = uncertainty({ learningRate: 0.02 }).start(2);
  for (let i = 0; i < 2000; i++) session.weights([0.5, 3]);
  expectClose(session.weights([0.5, 3]), [1, 1 / 6], 1e-3);
});

test('starts where told', () => {
  expect(uncertainty({ initial: -0.5 }).weights([1])[0]).toBeCloseTo(0.5 * Math.exp(0.5), 14);
});
