import { describe, expect, it } from 'vitest';
import { random } from '../../src/random/random';
import { fromJSON } from '../../src/study/comparison';
import { gainsOver } from '../../src/study/gains-over';
import { wilcoxonSignedRank } from '../../src/study/statistics';
import { madeComparison } from './support/made-comparison';

const rest = (fingerprint: string) => ({ fingerprint });

/** Comparisons of as many data sets; `gains`: those of hard over single, in margins, by data set. */
function setsOf(gains: readonly number[], noise = 0.004) {
  return Object.fromEntries(
    gains.map((gain, d) => {
      const draws = random(d, 'data set');
      const { data } = madeComparison({
        means: { single: [0.7, 0.8], hard: [0.7, 0.8], mmoe: [0.7, 0.8] },
        seeds: 10,
        rest: rest(`table ${d}`),
      });
      const runs = data.runs.map((run) => {
        const shift = run.method === 'hard' ? gain : 0;
        // The second task is better when lower, with a margin of 0.02.
        return {
          ...run,
          metrics: {
            t0: { rocAuc: 0.7 + 0.01 * shift + noise * draws.normal() },
            t1: { relativeRmse: 0.8 - 0.02 * shift + 2 * noise * draws.normal() },
          },
        };
      });
      return [`set ${d}`, fromJSON({ ...data, runs })] as const;
    }),
  );
}

describe('gainsOver', () => {
  it('is one of four sentences, whose words follow from the interval and the odds', () => {
    const better = gainsOver(setsOf([1.5, 2.2, 0.9, 1.8, 2.4, 1.1, 1.9]));
    expect(better.direction).toBe('better');
    expect(better.sentence).toMatch(
      /^On 7 data sets hard is better than single: \+1\.\d+ margins \[\+\d\.\d+, \+\d\.\d+\] on average over data sets like these; P\(hard > single\) on a new one 0\.9\d \[0\.\d+, > 0\.99\]\.$/,
    );
    const worse = gainsOver(setsOf([-1.5, -2.2, -0.9, -1.8, -2.4, -1.1, -1.9]));
    expect(worse.sentence).toMatch(/^On 7 data sets hard is worse than single: -1/);
    const good = gainsOver(setsOf([0.2, -0.1, 0.1, 0, 0.3, -0.2, 0.1, 0]));
    expect(good).toMatchObject({ direction: 'open', asGood: true });
    expect(good.sentence).toMatch(/^On 8 data sets hard is at least as good as single, within the margins: /);
    const open = gainsOver(setsOf([3, -3, 2, -4, 1, -2, 4]));
    expect(open).toMatchObject({ direction: 'open', asGood: false });
    expect(open.sentence).toMatch(
      /^On 7 data sets it is open whether hard is better or worse than single: .*; about \d+ data sets would show a gain of the margins\.$/,
    );
    const few = gainsOver(setsOf([2, 2.1, 2.2]));
    expect(few.sentence).toMatch(/3 data sets cannot show a difference at 5 %, it takes at least 6\.$/);
    expect(few.direction).toBe('open');
    for (const { direction, mean, margin, asGood, wilcoxonP, dataSets } of [better, worse, good, open]) {
      expect(direction !== 'open').toBe(mean.low > 0 || mean.high < 0);
      expect(asGood).toBe(mean.low > -margin);
      expect(wilcoxonP).toBe(wilcoxonSignedRank(dataSets.map(({ effect }) => effect)).p);
    }
    // Seven signs that agree: 2 of 2^7.
    expect(better.wilcoxonP).toBe(2 / 2 ** 7);
  });

  it('counts a data set once, by the average over its tasks in margins', () => {
    const { dataSets, unit, margin } = gainsOver(setsOf([1, 2, 3, 1, 2, 3], 1e-5));
    expect([unit, margin]).toEqual(['margins', 1]);
    expect(dataSets.map(({ effect }) => Math.round(100 * effect) / 100)).toEqual([1, 2, 3, 1, 2, 3]);
    const sets = setsOf([1, 2]);
    expect(() => gainsOver({ ...sets, again: sets['set 0']! })).toThrow(
      /"set 0" and "again" are comparisons of the same table, which is one data set/,
    );
  });

  it('takes any two methods: turned around, gains and words turn around', () => {
    const sets = setsOf([1.5, 2.2, 0.9, 1.8, 2.4, 1.1, 1.9]);
    const back = gainsOver(sets, { method: 'single', baseline: 'hard' });
    expect(back.direction).toBe('worse');
    const there = gainsOver(sets);
    for (const [d, { effect }] of there.dataSets.entries()) expect(back.dataSets[d]!.effect).toBeCloseTo(-effect, 10);
    expect(back.mean.value).toBeCloseTo(-there.mean.value, 8);
    expect(back.newGain.value).toBeCloseTo(1 - there.newGain.value, 8);
    expect(gainsOver(sets, { method: 'mmoe' }).sentence).toContain('mmoe is at least as good as single');
    expect(gainsOver(sets, { method: 'hard', baseline: 'mmoe' }).direction).toBe('better');
    expect(() => gainsOver(sets, { method: 'mmeo' })).toThrow(/method must be one of hard, mmoe, got "mmeo" \(did you mean "mmoe"\?\)/);
    expect(() => gainsOver(sets, { method: 'single' })).toThrow(/method must be one of hard, mmoe/);
    expect(() => gainsOver(sets, { baseline: 'x' })).toThrow(/baseline must be one of single, hard, mmoe/);
    expect(() => gainsOver([])).toThrow(/at least one comparison/);
    expect(() => gainsOver(sets, { alpha: 0 })).toThrow(/alpha/);
  });

  it('takes what is kept of the rows only for gains over the baseline that it was kept of', () => {
    const plain = setsOf([1.5, 2.2]);
    const own = { tasks: { t0: { rocAuc: 1e-9 }, t1: { relativeRmse: 1e-9 } }, average: 1e-9, properAverage: Number.NaN };
    const kept = Object.fromEntries(
      Object.entries(plain).map(([name, { data }]) => [name, fromJSON({ ...data, rowVariances: { hard: own, mmoe: own } })]),
    );
    const errorsOf = (sets: typeof plain, options: object): number[] =>
      gainsOver(sets, options).dataSets.map(({ standardError }) => standardError);
    // Over the study's own baseline rows say that seeds share little; over another nothing is known, and Nadeau and Bengio's variance is taken.
    for (const [d, error] of errorsOf(kept, {}).entries()) expect(error).toBeLessThan(0.8 * errorsOf(plain, {})[d]!);
    expect(errorsOf(kept, { baseline: 'mmoe' })).toEqual(errorsOf(plain, { baseline: 'mmoe' }));
  });

  it('leaves out what says nothing, and says so; one data set says nothing of others', () => {
    const sets = setsOf([1.5, 2.2, 0.9, 1.8, 2.4, 1.1]);
    const short = madeComparison({ means: { single: [0.7, 0.8], hard: [0.7, 0.8] }, seeds: 3, rest: rest('short') });
    const flat = madeComparison({ means: { single: [0.7, 0.8], hard: [0.71, 0.79] }, noise: 0, rest: rest('flat') });
    const over = gainsOver({ ...sets, short, flat });
    expect(over.leftOut).toEqual([
      { name: 'short', why: '3 seeds count, at least 5 are needed' },
      { name: 'flat', why: 'no spread over seeds to judge by' },
    ]);
    expect(over.sentence).toMatch(/^On 6 data sets hard is better.*2 data sets left out: short, 3 seeds count/);
    const one = gainsOver({ 'set 0': sets['set 0']! });
    expect(one.sentence).toMatch(/^set 0 alone says nothing of hard against single on other data sets: gain \+1\.\d+ margins\.$/);
    expect([one.direction, one.newGain.value]).toEqual(['open', Number.NaN]);
    const none = gainsOver({ short });
    expect(none.sentence).toMatch(/^No data set says anything of hard against single\. 1 data set left out/);
    expect(() => none.plot()).toThrow(/no gains to draw/);
    expect(none.toMime()).toHaveLength(1);
  });

  it('is drawn with a row per data set and their mean on top', () => {
    const over = gainsOver(setsOf([1.5, 2.2, 0.9, 1.8, 2.4, 1.1]));
    const figure = over.plot();
    expect(figure.layout.title.text).toContain('Gain of hard over single on 6 data sets');
    expect((figure.layout.yaxis as { ticktext: string[] }).ticktext[0]).toBe('<b>data sets like these</b>');
    expect((figure.layout.yaxis as { ticktext: string[] }).ticktext).toHaveLength(7);
    expect(figure.text).toMatch(/on average hard 1\.\d+ \[.*\] \(better\)/);
    expect(over.table().rows).toHaveLength(6);
    expect(String(over)).toContain(over.sentence);
  });
});
