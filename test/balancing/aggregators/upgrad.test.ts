import { test } from 'vitest';
import { pcgrad } from '../../../src/balancing/aggregators/pcgrad';
import { upgrad } from '../../../src/balancing/aggregators/upgrad';
import { base, expectClose, expectReference, five, normalMatrix, opposed, parallel, scaled, scaleMatrix, three } from '../matrices';

test('published and independently derived values', () => {
  expectClose(upgrad().combine(base), [0.2929, 1.9004, 1.9004]);
  expectClose(upgrad().weights(base), [1.1109, 0.7894]);
  expectClose(upgrad().combine(three), [0.2601, 0.7301, 1.2434]);
  expectClose(upgrad().combine(opposed), [0.0994, 0.7]);
  expectClose(upgrad().combine(parallel), [4.5, 6.25]);
  expectClose(upgrad().weights(five), [4 / 9, 1 / 3, 4 / 9]);
  expectClose(upgrad().combine(five), [0, 1.2222, 1.2222, 0.3333]);
  expectClose(upgrad().combine(scaled), [1.0321, 2.2339]);
});

test('without regularization', () => {
  const exact = upgrad({ regEps: 0 });
  expectClose(exact.weights(base), [10 / 9, 15 / 19], 1e-12);
  expectClose(exact.combine(base), [0.2924, 1.9006, 1.9006]);
  expectClose(exact.combine(opposed), [0.1, 0.7], 1e-12);
  expectClose(exact.combine(scaled), [1, 2.25], 1e-12);
});

test('agrees with non-negative least squares of scipy', () => expectReference('upgrad', (j) => upgrad().combine(j), 1e-8));

test('with two tasks and no regularization it is half of PCGrad', () => {
  for (let seed = 0; seed < 50; seed++) {
    const j = normalMatrix(2, 3, seed);
    expectClose(upgrad({ regEps: 0 }).combine(j), scaleMatrix([pcgrad().combine(j)], 0.5)[0]!, 1e-10);
  }
});

test('a preference weighs the projections', () => {
  const both = upgrad({ preference: [1, 0] })
    .combine(base)
    .map((value, p) => value + upgrad({ preference: [0, 1] }).combine(base)[p]!);
  expectClose(scaleMatrix([both], 0.5)[0]!, upgrad().combine(base), 1e-12);
});

test('normEps averages short gradients', () => {
  expectClose(upgrad({ normEps: 1e-4 }).combine(scaleMatrix(base, 1e-3)), [1e-3, 1e-3, 1e-3], 1e-15);
});
