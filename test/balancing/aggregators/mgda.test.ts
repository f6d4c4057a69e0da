import { expect, test } from 'vitest';
import { mgda } from '../../../src/balancing/aggregators/mgda';
import { base, expectClose, expectReference, five, opposed, parallel, scaled, three } from '../matrices';

test('published and independently derived values', () => {
  expectClose(mgda().combine(base), [0, 1, 1]);
  expectClose(mgda().weights(base), [0.6, 0.4], 1e-12);
  expectClose(mgda().weights(three), [0.6591, 0.25, 0.0909]);
  expectClose(mgda().combine(three), [0.4091, 0.4091, 0.2727]);
  expectClose(mgda().weights(opposed), [0.7, 0.3], 1e-12);
  expectClose(mgda().combine(opposed), [0.1, 0.3], 1e-12);
  expectClose(mgda().weights(parallel), [1, 0], 0);
  expectClose(mgda().weights(five), [0.5, 0, 0.5], 1e-12);
  expectClose(mgda().combine(five), [0, 1, 1, 0], 1e-12);
  expectClose(mgda().weights(scaled), [0.0928, 0.9072]);
  expectClose(mgda().combine(scaled), [0.0206, 0.4536]);
});

test('agrees with the enumeration of all supports', () => expectReference('mgda', (j) => mgda().combine(j), 1e-9));

test('a zero row stops it: the weak stationarity test of the element-wise quadratic problem', () => {
  expectClose(
    mgda().combine([
      [0, 0],
      [0, -6],
    ]),
    [0, 0],
    0,
  );
});

test('normalizations give the shortest combination of the normalized gradients', () => {
  const losses = [2, 0.5];
  const lengths = [Math.sqrt(18), Math.sqrt(38)];
  const divisors = { none: [1, 1], l2: lengths, loss: losses, 'loss+': [lengths[0]! * 2, lengths[1]! * 0.5] };
  for (const norm of ['none', 'l2', 'loss', 'loss+'] as const) {
    const normalized = base.map((row, t) => row.map((value) => value / divisors[norm][t]!));
    expectClose(mgda({ norm }).combine(base, { losses }), mgda().combine(normalized), 1e-12);
  }
  // Unit vectors at an angle: the shortest combination lies halfway.
  expectClose(mgda({ norm: 'l2' }).weights(base), [0.5 / lengths[0]!, 0.5 / lengths[1]!], 1e-12);
});

test('unknown normalization', () => {
  expect(() => mgda({ norm: 'l1' as 'l2' })).toThrow(
    "mgda(options): option 'norm' must be 'none' | 'l2' | 'loss' | 'loss+' (did you mean 'l2'?)",
  );
});
