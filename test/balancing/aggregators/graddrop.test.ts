import { expect, test } from 'vitest';
import { graddrop } from '../../../src/balancing/aggregators/graddrop';
import { base, expectClose } from '../matrices';

test('keeps a sign in each coordinate with the probability of the paper', () => {
  const session = graddrop().start(2, { seed: 5 });
  let positive = 0;
  let total = 0;
  const draws = 4000;
  for (let i = 0; i < draws; i++) {
    const [first, second, third] = session.combine(base);
    expect([second, third]).toEqual([2, 2]);
    expect([6, -4]).toContain(first);
    if (first === 6) positive++;
    total += first!;
  }
  // Probability 0.6, mean 2; four standard errors.
  expect(Math.abs(positive / draws - 0.6)).toBeLessThan(4 * Math.sqrt((0.6 * 0.4) / draws));
  expect(Math.abs(total / draws - 2)).toBeLessThan(4 * Math.sqrt((100 * 0.24) / draws));
});

test('leaks', () => {
  expectClose(graddrop({ leak: 1 }).combine(base), [2, 2, 2], 1e-12);
  const [first] = graddrop({ leak: 0.25 }).combine(base);
  // 6 - 0.25 * 4 or -4 + 0.25 * 6.
  expect([5, -2.5]).toContain(first);
});

test('a coordinate without gradient stays without', () => {
  expectClose(
    graddrop().combine([
      [0, 1],
      [0, 2],
    ]),
    [0, 3],
    0,
  );
});

test('follows its seed', () => {
  const run = (seed: number): string => {
    const session = graddrop().start(2, { seed });
    return Array.from({ length: 30 }, () => session.combine(base)[0]).join();
  };
  expect(run(1)).toBe(run(1));
  expect(run(1)).not.toBe(run(2));
});

test('has no weights', () => expect(graddrop().weights).toBeUndefined());
