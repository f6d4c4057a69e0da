import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/random/random';
import { type Comparison, makeComparison } from '../../src/study/comparison';
import { madeComparison } from './support/made-comparison';

/** Gains by method and task, in margins. */
type Gains = Readonly<Record<string, readonly number[]>>;

interface Case {
  readonly gains: Gains;
  readonly seeds: number;
  /** Standard deviation of one seed's gain, in margins. */
  readonly spread: number;
  /** Whether methods have fewer learned numbers than the baseline. */
  readonly smaller: boolean;
}

const MARGIN = 0.01;

/** A comparison whose gains have exactly these means and spreads: normal scores, in another order for each task and method. */
function caseOf({ gains, seeds, spread, smaller }: Case): Comparison {
  const tasks = Object.values(gains)[0]!.length;
  const raw = Array.from({ length: seeds }, (_, s) => normalQuantile((s + 0.5) / seeds, 0, 1));
  const scale = Math.sqrt(raw.reduce((sum, z) => sum + z * z, 0) / (seeds - 1));
  const draws = random(seeds, 'agreement');
  const noise = Object.fromEntries(
    Object.keys(gains).map((name) => [
      name,
      Array.from({ length: tasks }, () => Array.from(draws.permutation(seeds), (i) => raw[i]! / scale)),
    ]),
  );
  // Names by which tasks of one metric are found again.
  const { data } = madeComparison({
    means: {
      single: Array<number>(2 * tasks).fill(0.7),
      ...Object.fromEntries(Object.keys(gains).map((name) => [name, Array<number>(2 * tasks).fill(0.7)])),
    },
    seeds,
  });
  const kept = data.tasks.filter((_, t) => t % 2 === 0);
  return makeComparison({
    ...data,
    tasks: kept,
    margin: Object.fromEntries(kept.map(({ name }) => [name, MARGIN])),
    methods: data.methods.map((method) => ({ ...method, parameters: method.name === 'single' ? 100 : smaller ? 50 : 150 })),
    runs: data.runs.map((run) => ({
      ...run,
      metrics: Object.fromEntries(
        kept.map(({ name }, t) => {
          const own = gains[run.method];
          return [name, { rocAuc: own ? 0.7 + MARGIN * (own[t]! + spread * noise[run.method]![t]![run.seed]!) : 0.7 }];
        }),
      ),
    })),
  });
}

/**
 * What contradicts what, in words. Empty where all that a comparison says agrees:
 * 1. a verdict's word, its p and its interval are of one test: "better" and "worse" exactly where p <= alpha, and where the interval excludes 0;
 * 2. the headline says of the method that it speaks of what its average says, in exactly one of four ways, and no other;
 * 3. "Proven" needs a test on average of the declared method, or of one that follows it by Holm, with no task split off; an exploratory one never is;
 * 4. a method that is shown to be worse on average trains no task but those that it is shown, or believed, to help;
 * 5. a method that is shown to be better or at least as good is the plan's, or the plan says why not ("since"), or takes another method;
 * 6. where nothing is shown and there are no odds, there is no bet: the plan is open and says what is missing; with an answer or odds it is not open;
 * 7. without odds (below 10 seeds) no chance or risk is stated; with odds the stated chance is that of the model;
 * 8. no task is trained by a method that is shown to harm it, or has more than one chance in twenty of losing more than the margin;
 * 9. odds and words point the same way: better goes with P(gain) above 1/2, worse with below;
 * 10. a bet on the baseline beside more than an even chance of a gain says why ("since").
 */
function contradictions(comparison: Comparison): string[] {
  const { headline } = comparison;
  const plan = comparison.recommend();
  const averages = comparison.averages();
  const verdicts = comparison.verdicts();
  const primary = averages.find((one) => one.primary)!;
  const of = averages.find(({ method }) => method === plan.method) ?? primary;
  const found: string[] = [];
  const check = (rule: number, holds: boolean, what: string): void => {
    if (!holds) found.push(`${rule} ${what}`);
  };
  for (const { method, direction, p, ci, verdict, pGain } of [...averages, ...verdicts]) {
    const shown = direction !== 'open';
    check(1, shown === p <= 0.05, `${method}: ${direction}, p ${p}`);
    check(1, shown === (ci[0] > 0 || ci[1] < 0), `${method}: ${direction}, interval ${ci}`);
    check(1, !shown || (direction === 'better' ? ci[0] > 0 : ci[1] < 0), `${method}: ${direction}, interval ${ci}`);
    check(
      1,
      (direction === 'better') === (verdict === 'positive') && (direction === 'worse') === (verdict === 'negative'),
      `${method}: ${verdict}`,
    );
    if (pGain !== undefined && shown)
      check(9, direction === 'better' ? pGain > 0.5 : pGain < 0.5, `${method}: ${direction}, P(gain) ${pGain}`);
  }
  const answered = ({ direction, asGood }: typeof of): boolean => direction === 'better' || (direction === 'open' && asGood);
  const ways = [
    ['shown to be better', of.direction === 'better'],
    ['shown to be worse', of.direction === 'worse'],
    [': shown', of.direction === 'open' && of.asGood],
    ['better or worse: open', of.direction === 'open' && !of.asGood],
  ] as const;
  for (const [words, holds] of ways) check(2, headline.includes(words) === holds, `"${words}"`);
  check(2, headline.includes(`gain of ${of.method} over single`), 'speaks of another method');
  check(2, headline.startsWith(plan.sentence.slice(0, -1)), 'another plan');
  check(2, headline.includes('exploratory') === (of.exploratory === true), 'exploratory');

  const by = (method: string): string[] => plan.tasks.filter((task) => task.method === method).map(({ task }) => task);
  const everywhere = plan.method !== 'single' && by(plan.method).length === plan.tasks.length;
  check(3, headline.startsWith('Proven') === (plan.standing === 'proven'), plan.standing);
  if (plan.standing === 'proven' && plan.method === 'single')
    check(
      3,
      averages.every(({ direction }) => direction === 'worse'),
      'baseline',
    );
  if (plan.standing === 'proven' && plan.method !== 'single') {
    check(3, everywhere && of.direction === 'better' && of.exploratory !== true, plan.sentence);
  }
  if (of.direction === 'worse' && plan.method === of.method) {
    const helped = verdicts.filter(
      ({ method, direction, believed = 0 }) => method === of.method && (direction === 'better' || believed > 0),
    );
    check(4, by(of.method).some((task) => helped.some((one) => one.task === task)) && !everywhere, plan.sentence);
  }
  if (averages.some(answered)) check(5, plan.method !== 'single' || plan.sentence.includes(', since '), plan.sentence);
  const silent = !answered(primary) && primary.direction === 'open' && primary.pGain === undefined;
  if (plan.method === 'single') {
    check(6, silent === (plan.standing === 'open'), plan.standing);
    const missing =
      primary.seeds < 10 && !Number.isNaN(primary.p) ? /10 give odds/ : /says nothing of other rows|no spread|some task has fewer/;
    check(6, !silent || (headline.startsWith('Open: ') && missing.test(headline) && !/Best bet|Proven/.test(headline)), headline);
  } else check(6, plan.standing !== 'open' && !headline.startsWith('Open'), plan.standing);
  const stated = headline.match(/(\d+ %|less than 1 %|more than 99 %) chance of a gain/);
  check(7, (stated !== null) === (of.pGain !== undefined), 'chance');
  if (of.pGain === undefined) check(7, !/risk of/.test(headline) && plan.risk.pGain === undefined && plan.risk.pHarm === undefined, 'risk');
  else if (/^\d/.test(stated![1]!))
    check(7, Math.abs(Number.parseInt(stated![1]!, 10) / 100 - of.pGain) <= 0.0051, `${stated![1]} for ${of.pGain}`);
  for (const { task, method } of plan.tasks) {
    const own = verdicts.find((one) => one.task === task && one.method === method);
    check(8, own?.direction !== 'worse', `${task} is harmed by ${method}`);
    check(8, (own?.pHarm ?? 0) <= 0.05, `${task} risks ${own?.pHarm} by ${method}`);
  }
  if (plan.method === 'single') check(10, !(primary.pGain! > 0.5) || plan.sentence.includes(', since '), plan.sentence);
  return found;
}

const seedCounts = Array.from({ length: 16 }, (_, i) => 5 + i);
const effects = [-2, -0.6, -0.1, 0, 0.1, 0.6, 2];
/** What is added to the effect on each task. */
const patterns = [
  [0, 0, 0],
  [0, 0, -3],
  [1.5, 0, -1.5],
];

describe('headline, plan and verdicts', () => {
  it('never contradict each other, for any number of seeds from 5 to 20', () => {
    const seen = new Set<string>();
    for (const seeds of seedCounts)
      for (const [e, effect] of effects.entries())
        for (const [k, pattern] of patterns.entries()) {
          const spread = [0.3, 1.2, 4][(seeds + e + k) % 3]!;
          const smaller = (seeds + e) % 2 === 0;
          const comparison = caseOf({ gains: { hard: pattern.map((more) => effect + more) }, seeds, spread, smaller });
          const about = `${seeds} seeds, effect ${effect}, tasks ${pattern}, spread ${spread}, ${smaller ? 'smaller' : 'larger'}`;
          expect([about, comparison.headline, contradictions(comparison)]).toEqual([about, comparison.headline, []]);
          const [average] = comparison.averages();
          seen.add(`${average!.direction} ${average!.asGood} ${comparison.recommend().standing} ${seeds < 10}`);
        }
    // The grid has every kind of answer, below and above the number of seeds that gives odds.
    for (const kind of ['better true proven', 'worse false proven', 'open true best bet', 'open false best bet'])
      expect([...seen].filter((one) => one.startsWith(kind)).length).toBeGreaterThan(0);
    expect(seen).toContain('open false open true');
    expect(seen).not.toContain('open false open false');
    expect(seen).toContain('open true best bet true');
  }, 300_000);

  it('nor with a second method that was searched, and for a single task', () => {
    for (const seeds of [5, 8, 9, 10, 14])
      for (const [i, effect] of [-1, 0, 0.3, 1.5].entries())
        for (const other of [-1, 0.5, 3]) {
          const gains = { hard: [effect, effect], mmoe: [other, other + 0.5] };
          const two = caseOf({ gains, seeds, spread: [0.4, 2][i % 2]!, smaller: i % 3 !== 0 });
          expect([two.headline, contradictions(two)]).toEqual([two.headline, []]);
          const one = caseOf({ gains: { hard: [effect] }, seeds, spread: [0.4, 2][(i + seeds) % 2]!, smaller: i % 2 === 0 });
          expect([one.headline, contradictions(one)]).toEqual([one.headline, []]);
        }
  });

  it('below ten seeds, what is shown to be at least as good is the plan, and what is open is no bet', () => {
    const shown = caseOf({ gains: { hard: [0.1, 0, 0.1] }, seeds: 7, spread: 0.5, smaller: true });
    expect(shown.averages()[0]).toMatchObject({ direction: 'open', asGood: true });
    expect(shown.headline).toMatch(
      /^Best bet: train all 3 tasks by hard \(average gain .* at least as good within 0\.01 rocAuc: shown; 50 instead of 100 parameters; 7 seeds/,
    );
    expect(shown.recommend().tasks[0]).toMatchObject({ method: 'hard', why: 'as good' });
    const open = caseOf({ gains: { hard: [0.1, 0, 0.1] }, seeds: 7, spread: 4, smaller: true });
    expect(open.headline).toMatch(
      /^Open: 7 seeds show nothing either way, 10 give odds; until then train every task alone by single \(average gain/,
    );
    expect(open.recommend().one.sentence).toBe('One method for all tasks: single, until more is known.');
    // A task that was seen to lose more than the margin is split off, though the average is as good.
    const mixed = caseOf({ gains: { hard: [1.2, 1.2, -1.5] }, seeds: 8, spread: 0.8, smaller: true });
    expect(mixed.averages()[0]).toMatchObject({ asGood: true });
    expect(mixed.recommend().tasks.map(({ method }) => method)).toEqual(['hard', 'hard', 'single']);
    // As good but larger, and without any gain: the baseline, with the reason.
    const larger = caseOf({ gains: { hard: [-0.1, 0, -0.1] }, seeds: 7, spread: 0.5, smaller: false });
    expect(larger.headline).toMatch(
      /^Best bet: train every task alone by single, since hard is no smaller and did not gain \(.*at least as good within 0\.01 rocAuc: shown/,
    );
    // With odds the same holds: as good and smaller is taken, though a small loss is likelier than a gain.
    const odds = caseOf({ gains: { hard: [-0.1, -0.1, -0.1] }, seeds: 12, spread: 0.5, smaller: true });
    expect(odds.averages()[0]!.pGain).toBeLessThan(0.5);
    expect(odds.headline).toMatch(
      /^Best bet: train all 3 tasks by hard .*at least as good within 0\.01 rocAuc: shown, \d+ % chance of a gain/,
    );
  });

  it('nor where runs failed, rows are not kept, or seeds have no spread', () => {
    const good = caseOf({ gains: { hard: [0.1, 0.2, 0.1] }, seeds: 11, spread: 3, smaller: true });
    const failing = (count: number): Comparison =>
      makeComparison({
        ...good.data,
        runs: good.data.runs.map((run) =>
          run.method === 'hard' && run.seed < count
            ? {
                ...run,
                failure: 'diverged',
                metrics: Object.fromEntries(Object.keys(run.metrics).map((name) => [name, { rocAuc: Number.NaN }])),
              }
            : run,
        ),
      });
    for (const count of [0, 1, 2, 6, 8]) {
      const comparison = failing(count);
      const [average] = comparison.averages();
      // Seeds that failed count as the worst gain, but not toward the ten that give odds.
      expect([count, average!.seeds, average!.pGain === undefined]).toEqual([count, 11 - count, count > 1]);
      if (average!.seeds >= 5) expect([comparison.headline, contradictions(comparison)]).toEqual([comparison.headline, []]);
    }
    const one = makeComparison({ ...good.data, rho: 0 });
    expect(one.headline).toMatch(
      /^Open: one test set whose rows were not kept says nothing of other rows; until then train every task alone/,
    );
    const flat = caseOf({ gains: { hard: [0.1, 0.2, 0.1] }, seeds: 8, spread: 0, smaller: true });
    expect(flat.headline).toMatch(/^Open: 8 seeds leave no spread to judge by; until then /);
    expect(`${one.headline}${flat.headline}`).not.toMatch(/10 give odds|NaN/);
    for (const comparison of [one, flat]) expect([comparison.headline, contradictions(comparison)]).toEqual([comparison.headline, []]);
  });

  it('finds a contradiction where there is one', () => {
    const comparison = caseOf({ gains: { hard: [0.1, 0, 0.1] }, seeds: 7, spread: 0.5, smaller: true });
    const told = (headline: string): Comparison => ({
      ...comparison,
      headline,
      averages: comparison.averages,
      verdicts: comparison.verdicts,
    });
    const broken = comparison.headline.replace('Best bet: train all 3 tasks by hard', 'Best bet: train every task alone by single');
    expect(contradictions(told(broken)).join('\n')).toMatch(/^2 another plan/m);
    expect(contradictions(told(comparison.headline.replace('; 7 seeds', ', 80 % chance of a gain; 7 seeds'))).join('\n')).toMatch(
      /^7 chance/m,
    );
    const plan = { ...comparison.recommend(), method: 'single', sentence: 'Best bet: train every task alone by single.' };
    expect(contradictions({ ...told(broken), recommend: () => plan }).join('\n')).toMatch(/^5 /m);
  });
});
