import { expect, test } from 'vitest';
import { fairgrad } from '../../../src/balancing/aggregators/fairgrad';
import { nashmtl } from '../../../src/balancing/aggregators/nashmtl';
import { base, expectClose, expectReference, five, norm, normalMatrix, opposed, parallel, scaled, three } from '../matrices';

const unclipped = nashmtl({ maxNorm: null });

test('published and independently derived values', () => {
  expectClose(nashmtl().combine(base), [0.0542, 0.7061, 0.7061]);
  expectClose(unclipped.combine(base), [0.0766, 0.9985, 0.9985]);
  expectClose(unclipped.weights(three), [1.4233, 0.7207, 0.3964]);
  expectClose(unclipped.combine(three), [0.7026, 1.045, 1.1892]);
  expectClose(unclipped.combine(opposed), [0.3249, 1.3764]);
  expectClose(unclipped.combine(parallel), [0.8321, 1.1435]);
  expectClose(unclipped.weights(five), [0.4442, 0.3677, 0.3907]);
  expectClose(unclipped.combine(five), [0.0534, 1.2561, 1.1492, 0.3143]);
  expectClose(unclipped.combine(scaled), [0.3249, 1.3764]);
});

test('agrees with a general solver', () => expectReference('fairgrad 1', (j) => unclipped.combine(j)));

test('is FairGrad with alpha 1, and sqrt(T) long', () => {
  const j = normalMatrix(4, 6, 2);
  expectClose(unclipped.combine(j), fairgrad({ alpha: 1 }).combine(j), 1e-12);
  expect(norm(unclipped.combine(j))).toBeCloseTo(2, 8);
  expect(norm(nashmtl().combine(j))).toBeCloseTo(1, 10);
  expect(norm(nashmtl({ maxNorm: 0.25 }).combine(j))).toBeCloseTo(0.25, 10);
});

test('keeps its weights between solutions', () => {
  const session = nashmtl({ every: 3, maxNorm: null }).start(2);
  const first = session.weights(base);
  expect(session.weights(opposed)).toEqual(first);
  session.restore(JSON.parse(JSON.stringify(session.state())));
  expect(session.weights(opposed)).toEqual(first);
  expect(session.weights(opposed)).toEqual(unclipped.weights(opposed));
});

test('opposite gradients have no solution and give no update', () => {
  expectClose(
    nashmtl().combine([
      [1, 2],
      [-1, -2],
    ]),
    [0, 0],
    1e-6,
  );
});
