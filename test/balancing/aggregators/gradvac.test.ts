import { expect, test } from 'vitest';
import { gradvac } from '../../../src/balancing/aggregators/gradvac';
import { pcgrad } from '../../../src/balancing/aggregators/pcgrad';
import { base, dot, expectClose, norm, normalMatrix, reference } from '../matrices';

test('the first call is PCGrad', () => {
  expectClose(gradvac().combine(base), [0.5848, 3.8012, 3.8012]);
  for (const order of ['index', 'reverse'] as const) {
    const j = normalMatrix(5, 4, 11);
    expectClose(gradvac({ order, beta: 0 }).combine(j), pcgrad({ order }).combine(j), 1e-9);
  }
});

test('targets that stay 0 are PCGrad for good', () => {
  const session = gradvac({ beta: 0, order: 'index' }).start(4);
  for (let seed = 0; seed < 5; seed++) {
    const j = normalMatrix(4, 3, seed);
    expectClose(session.combine(j), pcgrad({ order: 'index' }).combine(j), 1e-9);
  }
});

test('agrees with TorchJD over four steps', () => {
  const session = gradvac().start(2);
  const { jacobians, updates } = reference.sequences.gradvac;
  jacobians.forEach((j, i) => {
    expectClose(session.combine(j), updates[i]!, 1e-6);
  });
});

test('lifts the cosine to the target', () => {
  // After a step with cosine 0.8, beta 1 makes 0.8 the target of both tasks; orthogonal gradients are then lifted to it.
  const session = gradvac({ beta: 1 }).start(2);
  session.combine([
    [1, 0],
    [0.8, 0.6],
  ]);
  // Both corrected gradients are the mirror images of each other: g1 + a g2 and g2 + a g1.
  const weights = session.weights([
    [1, 0],
    [0, 1],
  ]);
  const a = weights[0]! - 1;
  expect(dot([1, a], [0, 1]) / norm([1, a])).toBeCloseTo(0.8, 10);
});
