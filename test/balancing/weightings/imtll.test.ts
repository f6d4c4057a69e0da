import { expect, test } from 'vitest';
import { imtll } from '../../../src/balancing/weightings/imtll';
import { uncertainty } from '../../../src/balancing/weightings/uncertainty';
import { expectClose, reference } from '../matrices';

test('published value at scales 0', () => {
  expect(imtll().value([1, 2, 4])).toBe(7);
  expect(imtll().weights([1, 2, 4])).toEqual([1, 1, 1]);
});

test('trains as PyTorch trains it', () => {
  const session = imtll({ learningRate: 0.05 }).start(3);
  const { losses, weights } = reference.sequences.imtll;
  losses.forEach((l, i) => {
    expectClose(session.weights(l), weights[i]!, 1e-7);
  });
});

test('is twice uncertainty weighting at -s, all along', () => {
  const [a, b] = [imtll({ learningRate: 0.05 }).start(3), uncertainty({ learningRate: 0.05 }).start(3)];
  for (const losses of reference.sequences.imtll.losses) {
    expect(a.value(losses)).toBeCloseTo(2 * b.value(losses), 6);
    expectClose(
      a.weights(losses),
      b.weights(losses).map((w) => 2 * w),
      1e-7,
    );
  }
});
