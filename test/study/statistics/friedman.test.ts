import { expect, test } from 'vitest';
import { random } from '../../../src/random/random';
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
  // F is infinite; the chance of that is not 0 but 6 of 6^7 orders.
  expect(agree.fP).toBeCloseTo(6 ** -6, 12);
  expect(agree.exactP).toBeCloseTo(6 ** -6, 12);
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

test('few blocks have the exact p value: two methods that agree in 3 or 4 data sets are no p < .001', () => {
  const agreeing = (blocks: number): number =>
    friedman(
      Array.from({ length: blocks }, () => [1, 2]),
      'lower',
    ).exactP;
  expect(agreeing(3)).toBeCloseTo(0.25, 12);
  expect(agreeing(4)).toBeCloseTo(0.125, 12);
  expect(friedman([[1, 2]], 'lower').exactP).toBeNaN();
  // Tables of Friedman's statistic, 3 methods (Hollander and Wolfe 1973, table A.15): n = 3: P(S >= 6) = .028, P(S >= 4.667) = .194; n = 4: P(S >= 6.5) = .042.
  const three = [
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
  ];
  expect(friedman(three, 'lower').exactP).toBeCloseTo(0.028, 3);
  expect(friedman([three[0]!, three[1]!, [1, 3, 2]], 'lower').exactP).toBeCloseTo(0.194, 3);
  const four = friedman([...three, [1, 3, 2]], 'lower');
  expect(four.chiSquare).toBeCloseTo(6.5, 12);
  expect(four.exactP).toBeCloseTo(0.042, 3);
  // With many blocks it is near that of F.
  const many = friedman(
    Array.from({ length: 14 }, (_, b) => (b % 3 === 0 ? [2, 1, 3] : [1, 2, 3])),
    'lower',
  );
  expect(many.exactP).toBeLessThan(0.001);
  expect(many.fP).toBeLessThan(0.001);
});

test('without any difference the exact test errs in at most 5 %', () => {
  const draws = random(4, 'friedman');
  let wrong = 0;
  for (let s = 0; s < 1000; s++) {
    const scores = Array.from({ length: 5 }, () => [draws.normal(), draws.normal(), draws.normal()]);
    if (friedman(scores, 'lower').exactP <= 0.05) wrong++;
  }
  expect(wrong / 1000).toBeLessThan(0.05 + 2 * Math.sqrt((0.05 * 0.95) / 1000));
});
