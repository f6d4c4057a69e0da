import { describe, expect, it } from 'vitest';
import { graddrop } from '../../../src/balancing';
import { adamw, sgd } from '../../../src/training/optimizer';
import { Feeds, type Upcoming } from '../../../src/training/stack/feed';
import type { StackSetup } from '../../../src/training/stack/stack-setup';
import { STEP_SCALARS } from '../../../src/training/steps/plan';
import { memberOf, PADDING, rows, setupOf } from './setup';

const feedsOf = (setup: StackSetup, training: (member: number) => boolean = () => true): Feeds => new Feeds(setup, training);
const scalarsOf = ({ feed }: Upcoming, place: number): number[] => [
  ...feed.scalars.subarray(place * STEP_SCALARS, (place + 1) * STEP_SCALARS),
];

describe('feeds', () => {
  it("are the rate by each model's own steps, and no step for a model without a batch left or one that has stopped", () => {
    const members = [memberOf({}), memberOf({ train: rows(0, 8), learningRate: 0.4 }), memberOf({})];
    const schedule = (share: number): number => 1 - share;
    const feeds = feedsOf(setupOf(members, { training: { schedule, optimizer: sgd() } }), (s) => s !== 2);
    const upcoming = feeds.next([0, 1, 2], 1, 2);
    // 20 rows are three steps an epoch of four, 8 rows one.
    expect(upcoming.rates).toEqual([0.1 * (1 - 5 / 12), 0.4 * (1 - 1 / 4), 0.1 * (1 - 5 / 12)]);
    expect([0, 1, 2].map((place) => scalarsOf(upcoming, place)[3])).toEqual([1, 0, 0]);
    expect(upcoming.labels).toEqual([[4, 4], undefined, undefined]);
    expect([...upcoming.feed.seeds].filter((_, i) => i % 2 === 1)).toEqual([5, 1, 5]);
    expect([...upcoming.feed.rows.subarray(4, 16)]).toEqual(new Array(12).fill(PADDING));
  });

  it('have what decoupled decay keeps, and the share of the tasks that have a label', () => {
    const setup = setupOf([memberOf({ train: rows(0, 8) })], {
      labeled: (_, task) => task === 0,
      training: { optimizer: adamw({ weightDecay: 0.5 }) },
    });
    const [, , keep, , share] = scalarsOf(feedsOf(setup).next([0], 0, 0), 0);
    expect(keep).toBeCloseTo(1 - 0.1 * 0.5, 6);
    expect(share).toBe(0.5);
  });

  it('weigh tasks as the plan does, and tell a rule which are there', () => {
    const weighted = feedsOf(setupOf([memberOf({ taskWeights: [2, 0.5] })])).next([0], 0, 0);
    expect([...weighted.feed.weights]).toEqual([2, 0.5]);
    const { rule } = graddrop();
    const setup = setupOf([memberOf({})], { step: { kind: 'rule', rule }, labeled: (_, task) => task === 1 });
    expect([...feedsOf(setup).next([0], 0, 0).feed.weights]).toEqual([0, 1]);
  });

  it('of a model are the same alone and in a stack', () => {
    const cross = {
      step: { kind: 'gramian', cross: true } as const,
      heads: 'apart' as const,
      labeled: (row: number, task: number) => row % 3 !== task,
    };
    const members = [memberOf({ seed: 5 }), memberOf({ seed: 6, train: rows(10, 34) })];
    const [together, alone] = [feedsOf(setupOf(members, cross)), feedsOf(setupOf([members[1]!], cross))];
    for (const k of [0, 1, 2]) {
      const [a, b] = [together.next([0, 1], 1, k), alone.next([0], 1, k)];
      for (const name of ['rows', 'seeds', 'scalars', 'weights', 'heads'] as const) {
        const size = b.feed[name]!.length;
        expect([...a.feed[name]!.subarray(size)]).toEqual([...b.feed[name]!]);
      }
      // `[2, stack, batch]`.
      expect([...a.feed.others.subarray(8, 16), ...a.feed.others.subarray(24)]).toEqual([...b.feed.others]);
      expect([a.labels[1], a.weighed[1]]).toEqual([b.labels[0], b.weighed[0]]);
      // After compaction the model has another place.
      expect(together.next([1], 1, k).feed).toEqual(b.feed);
    }
  });

  it('draw further batches from the training rows; a task without a label there is not weighed', () => {
    const setup = setupOf([memberOf({ train: rows(0, 7) })], {
      step: { kind: 'gramian', cross: true },
      labeled: (row, task) => task === 0 || row === 0,
    });
    const { feed, labels, weighed } = feedsOf(setup).next([0], 0, 0);
    expect(labels).toEqual([[7, 1]]);
    for (const half of [feed.others.subarray(0, 8), feed.others.subarray(8)]) {
      expect([...half.subarray(0, 7)].every((row) => row < 7)).toBe(true);
      // The one row with a label of b was put in where it was not drawn.
      expect(half).toContain(0);
      expect(half[7]).toBe(PADDING);
    }
    expect(weighed).toEqual([[7, 1]]);
    const single = setupOf([memberOf({ train: rows(0, 1) })], {
      step: { kind: 'gramian', cross: true },
      labeled: (_, task) => task === 0,
    });
    expect(feedsOf(single).next([0], 0, 0).weighed).toEqual([[1, 0]]);
  });
});
