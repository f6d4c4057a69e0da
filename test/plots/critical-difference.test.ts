import { expect, test } from 'vitest';
import { criticalDifference } from '../../src/plots/critical-difference';
import { checkFigure, textsOf, traces } from './check-figure';

// Demšar 2006, JMLR 7, section 3.2.4: mean ranks of C4.5 variants on 14 data sets; the Nemenyi critical difference at p = 0.10 is 1.12.
const methods = [
  { name: 'C4.5', rank: 3.143 },
  { name: 'C4.5+m', rank: 2 },
  { name: 'C4.5+cf', rank: 2.893 },
  { name: 'C4.5+m+cf', rank: 1.964 },
];

/** The bars that join methods: best and worst rank of each. */
function barsOf(input: Parameters<typeof criticalDifference>[0]): number[][] {
  return criticalDifference(input)
    .data.filter((trace) => (trace.line as { width?: number } | undefined)?.width === 6)
    .map((trace) => trace.x as number[]);
}

test('criticalDifference: finds the groups of the published example', () => {
  // "the performance of pure C4.5 is significantly worse than that of C4.5+m and C4.5+m+cf"; C4.5+cf belongs to both groups.
  expect(barsOf({ methods, criticalDifference: 1.12 })).toEqual([
    [1.964, 2.893],
    [2.893, 3.143],
  ]);
  // At p = 0.05 (1.25) "the post-hoc test is not powerful enough to detect any significant differences".
  expect(barsOf({ methods, criticalDifference: 1.25 })).toEqual([[1.964, 3.143]]);
  expect(barsOf({ methods, criticalDifference: 0.01 })).toEqual([]);
});

test('criticalDifference: best on the right, every method named with its rank', () => {
  const figure = criticalDifference({ methods, criticalDifference: 1.12 });
  const [from, to] = (figure.layout.xaxis as { range: [number, number] }).range;
  expect(from).toBeGreaterThan(to);
  expect(traces(figure, { mode: 'markers' })[0]?.x).toEqual([1.964, 2, 2.893, 3.143]);
  expect(textsOf(checkFigure(figure))).toEqual(expect.arrayContaining(['C4.5+m+cf (1.96)', 'C4.5 (3.14)', 'CD = 1.12']));
  expect(figure.text).toMatch(/^Mean ranks, best first: C4.5\+m\+cf 1.96/);
});

test('criticalDifference: bad input', () => {
  expect(() => criticalDifference({ methods, criticalDifference: 0 })).toThrow('criticalDifference must be positive, got 0');
  expect(() => criticalDifference({ methods: [], criticalDifference: 1 })).toThrow(RangeError);
});
