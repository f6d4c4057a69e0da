import { test } from 'vitest';
import { mean } from '../../../src/balancing/aggregators/mean';
import { base, expectClose, three } from '../matrices';

test('averages the gradients', () => {
  expectClose(mean().combine(base), [1, 1, 1], 1e-12);
  expectClose(mean().combine(three), [0, 1 / 3, 1], 1e-12);
});
