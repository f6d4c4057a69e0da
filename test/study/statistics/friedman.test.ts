import { expect, test } from 'vitest';
import { friedman } from '../../../src/study/statistics/friedman';
import expected from './expected/statistics.json';

test('friedman equals SciPy, with and without ties', () => {
  for (const c of expected.friedman) {
    const result = friedman(c.scores, 'higher');
    expect(result.blocks).toBe(c.scores.length);
    result.meanRanks.forEach((rank, i) => {
      expect(rank).toBeCloseTo(c.meanRanks[i]!, 13);
    });
    expect(result.chiSquare).toBeCloseTo(c.chiSquare, 11);
    expect(result.p).toBeCloseTo(c.p, 12);
    expect(result.f).toBeCloseTo(c.f, 11);
    expect(result.fP).toBeCloseTo(c.fP, 12);
  }
});

test('friedman: directions per block, blocks without all scores, perfect agreement, all ties', () => {
  const scores = expected.friedman[0]!.scores;
  const turned = scores.map((block, b) => (b % 2 === 0 ? block : block.map((s) => -s)));
  const better = scores.map((_, b) => (b % 2 === 0 ? 'higher' : 'lower') as 'higher' | 'lower');
  expect(friedman(turned, better)).toEqual(friedman(scores, 'higher'));
  expect(friedman([...scores, [1, 2, 3, Number.NaN]], 'higher')).toEqual({ ...friedman(scores, 'higher'), dropped: 1 });
  const agree = friedman(
    [1, 2, 3, 4, 5, 6, 7].map((b) => [b, b + 1, b + 2]),
    'lower',
  );
  expect(agree.meanRanks).toEqual([1, 2, 3]);
  expect(agree.fP).toBe(0);
  expect(
    friedman(
      [
        [1, 1],
        [2, 2],
      ],
      'lower',
    ).p,
  ).toBeNaN();
  expect(() => friedman([[1], [2]], 'lower')).toThrow(/at least 2 methods/);
  expect(() => friedman([[1, 2], [2]], 'lower')).toThrow(TypeError);
  expect(() => friedman([[1, 2]], [])).toThrow(/one per block/);
});
