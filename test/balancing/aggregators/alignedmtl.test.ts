import { test } from 'vitest';
import { alignedmtl } from '../../../src/balancing/aggregators/alignedmtl';
import { base, expectClose, expectReference, five, opposed, parallel, scaled, three } from '../matrices';

test('published and independently derived values', () => {
  expectClose(alignedmtl().combine(base), [0.2133, 0.9673, 0.9673]);
  expectClose(alignedmtl().weights(base), [0.5591, 0.4083]);
  expectClose(alignedmtl({ preference: [1, 1] }).combine(base), [0.4266, 1.9346, 1.9346]);
  expectClose(alignedmtl({ scale: 'rmse' }).combine(base), [0.5764, 2.6142, 2.6142]);
  expectClose(alignedmtl().combine(three), [0.1697, 0.2967, 0.3598]);
  expectClose(alignedmtl().combine(opposed), [0, 0.2929]);
  expectClose(alignedmtl().weights(parallel), [0.2143, -0.0946]);
  expectClose(alignedmtl().combine(parallel), [0.0751, 0.0529]);
  expectClose(alignedmtl().combine(five), [0.0075, 0.2833, 0.2683, 0.0633]);
  expectClose(alignedmtl().combine(scaled), [0.2241, 0.2712]);
});

test('agrees with TorchJD in all three scales', () => {
  for (const scale of ['min', 'median', 'rmse'] as const) {
    expectReference(`alignedmtl ${scale}`, (j) => alignedmtl({ scale }).combine(j));
  }
});
