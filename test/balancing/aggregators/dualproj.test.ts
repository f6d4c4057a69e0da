import { test } from 'vitest';
import { dualproj } from '../../../src/balancing/aggregators/dualproj';
import { base, expectClose, expectReference, opposed, parallel, scaled, three } from '../matrices';

test('published and independently derived values', () => {
  expectClose(dualproj().combine(base), [0.5563, 1.1109, 1.1109]);
  expectClose(dualproj().weights(base), [0.6109, 0.5]);
  expectClose(dualproj().combine(three), [0, 1 / 3, 1]);
  expectClose(dualproj().combine(opposed), [-0.0006, 0.5]);
  expectClose(dualproj().combine(parallel), [4.5, 6.25]);
  expectClose(dualproj().combine(scaled), [1.0321, 1.9839]);
});

test('without regularization', () => {
  expectClose(dualproj({ regEps: 0 }).weights(base), [11 / 18, 1 / 2], 1e-12);
  expectClose(dualproj({ regEps: 0 }).combine(opposed), [0, 0.5], 1e-12);
});

test('agrees with non-negative least squares of scipy', () => expectReference('dualproj', (j) => dualproj().combine(j), 1e-8));
