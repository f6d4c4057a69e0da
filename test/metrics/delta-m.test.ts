import { expect, test } from 'vitest';
import { deltaM } from '../../src/metrics/delta-m';

// The worked example in the documentation of LibMTL 1.1.5: tasks A (higher, lower) and B (higher).
test('deltaM gives the example of LibMTL', () => {
  const { total, terms } = deltaM({ A: [96, 98], B: 0.2 }, { A: [93, 99], B: [0.5] }, { A: ['higher', 'lower'], B: 'higher' });
  expect(total).toBeCloseTo(0.739636, 6);
  expect(terms.A).toBeCloseTo((-3 / 96 - 1 / 98) / 2, 15);
  expect(terms.B).toBeCloseTo(1.5, 15);
});

test('deltaM: a gain stays a gain below 0; what is missing or has no base is NaN, visibly', () => {
  expect(deltaM({ a: -0.5 }, { a: -0.25 }, { a: 'higher' }).total).toBe(0.5);
  expect(deltaM({ a: 2 }, { a: 1 }, { a: 'lower' }).total).toBe(0.5);
  const { total, terms } = deltaM({ a: 1, b: 0 }, { a: 2, b: 1 }, { a: 'higher', b: 'higher' });
  expect(terms).toEqual({ a: 1, b: Number.NaN });
  expect(total).toBeNaN();
  expect(deltaM({ a: Number.NaN }, { a: 2 }, { a: 'higher' }).total).toBeNaN();
});

test('deltaM refuses tasks and metrics that do not match', () => {
  expect(() => deltaM({ a: 1 }, {}, { a: 'higher' })).toThrow(/task "a" is in the base but not in scores/);
  expect(() => deltaM({ a: 1 }, { a: 1 }, {})).toThrow(/not in better/);
  expect(() => deltaM({ a: 1 }, { a: 1, b: 2 }, { a: 'higher' })).toThrow(/task "b" has scores but no base/);
  expect(() => deltaM({ a: [1, 2] }, { a: 1 }, { a: 'higher' })).toThrow(/2 base metrics, 1 scores/);
});

test('a direction that is neither is refused: it once counted as higher', () => {
  expect(() => deltaM({ a: 1 }, { a: 2 }, { a: 'lowr' as 'lower' })).toThrow(/better of task "a" must be "higher" or "lower", got "lowr"/);
  expect(() => deltaM({ a: [1, 2] }, { a: [2, 3] }, { a: ['lower', undefined as unknown as 'lower'] })).toThrow(RangeError);
});
