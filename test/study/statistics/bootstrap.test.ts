import { expect, test } from 'vitest';
import { bcaEnds, bootstrapInterval, bootstrapRows, percentileEnds } from '../../../src/study/statistics/bootstrap';
import { mean } from '../../../src/study/statistics/moments';
import expected from './expected/statistics.json';

const { d, percentile, bca } = expected.bootstrap;

test('from the replicates of SciPy come the ends of SciPy', () => {
  const ends = percentileEnds(percentile.replicates, 0.95);
  expect(ends.low).toBeCloseTo(percentile.low, 10);
  expect(ends.high).toBeCloseTo(percentile.high, 10);
  const leftOut = d.map((_, i) => mean(d.filter((_, j) => j !== i)));
  const corrected = bcaEnds(bca.replicates, mean(d), leftOut, 0.95);
  expect(corrected.low).toBeCloseTo(bca.low, 9);
  expect(corrected.high).toBeCloseTo(bca.high, 9);
});

test('own replicates come near the ends that SciPy reaches with 400,000', () => {
  // The Monte-Carlo error of an end with 20,000 replicates is about 0.01 here.
  for (const method of ['percentile', 'bca'] as const) {
    const { value, low, high } = bootstrapInterval(d, { method, resamples: 20_000, seed: 4 });
    expect(value).toBeCloseTo(mean(d), 14);
    expect(Math.abs(low - expected.bootstrap[method].limit[0]!)).toBeLessThan(0.03);
    expect(Math.abs(high - expected.bootstrap[method].limit[1]!)).toBeLessThan(0.03);
  }
});

test('the seed decides; missing seeds are dropped; too few rows give no interval', () => {
  const options = { resamples: 200, seed: 1 };
  expect(bootstrapInterval(d, options)).toEqual(bootstrapInterval([Number.NaN, ...d], options));
  expect(bootstrapInterval(d, options)).not.toEqual(bootstrapInterval(d, { ...options, seed: 2 }));
  expect(bootstrapInterval([0.5])).toEqual({ value: 0.5, low: Number.NaN, high: Number.NaN });
  expect(bootstrapInterval([2, 2, 2], options)).toEqual({ value: 2, low: 2, high: 2 });
  const [largest, count] = bootstrapRows(3, (rows) => [Math.max(...rows), rows.length], { ...options, method: 'percentile' });
  expect(largest).toMatchObject({ value: 2, high: 2 });
  expect(count).toEqual({ value: 3, low: 3, high: 3 });
  expect(() => bootstrapInterval(d, { resamples: 0 })).toThrow(RangeError);
  expect(() => bootstrapInterval(d, { method: 'basic' as 'bca' })).toThrow(/'bca' or 'percentile'/);
});
