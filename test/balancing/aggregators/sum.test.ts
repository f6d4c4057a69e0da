import { test } from 'vitest';
import { sum } from '../../../src/balancing/aggregators/sum';
import { base, expectClose, parallel } from '../matrices';

test('adds the gradients', () => {
  expectClose(sum().combine(base), [2, 2, 2], 1e-12);
  expectClose(sum().combine(parallel), [9, 12.5], 1e-12);
  expectClose(sum().weights(base), [1, 1], 0);
});
