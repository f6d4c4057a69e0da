import { test } from 'vitest';
import { config } from '../../../src/balancing/aggregators/config';
import { base, dot, expectClose, expectReference, norm, opposed, parallel, scaled, three } from '../matrices';

test('published and independently derived values', () => {
  expectClose(config().combine(base), [0.1588, 2.0706, 2.0706]);
  expectClose(config().combine(three), [1.0392, 1.6814, 1.6559]);
  expectClose(config().combine(opposed), [0.1708, 0.7236]);
  expectClose(config().combine(parallel), [9.063, 12.4542]);
  expectClose(config().combine(scaled), [0.5869, 2.4861]);
});

test('agrees with TorchJD, dependent gradients included', () => expectReference('config', (j) => config().combine(j)));

test('equal cosines with all gradients; a zero gradient counts for nothing', () => {
  const update = config().combine(three);
  const cosines = three.map((row) => dot(row, update) / norm(row) / norm(update));
  expectClose(cosines, [cosines[0]!, cosines[0]!, cosines[0]!], 1e-12);
  expectClose(config().combine([...three, [0, 0, 0]]), update, 1e-12);
});
