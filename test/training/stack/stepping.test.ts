import { describe, expect, it } from 'vitest';
import type { StepFeed } from '../../../src/training/executors/executor';
import { Balance } from '../../../src/training/stack/balance';
import { Feeds } from '../../../src/training/stack/feed';
import { MemberProgress } from '../../../src/training/stack/members';
import type { StackSetup } from '../../../src/training/stack/stack-setup';
import { type Stepping, steppingOf } from '../../../src/training/stack/stepping';
import { Stopping } from '../../../src/training/stack/stopping';
import { memberOf, setupOf } from './setup';

/** Numbers of the steps that the executor was told of, as `steps` and `[done, next]`. */
function traced(given: Partial<StackSetup>): { stepping: Stepping; calls: unknown[] } {
  const members = [memberOf({})];
  const setup = setupOf(members, { ...given, training: { epochs: 2 } });
  const progress = members.map((member) => new MemberProgress(member, setup.tasks, new Stopping(undefined, undefined)));
  const feeds = new Feeds(setup, () => true);
  const calls: unknown[] = [];
  const stepOf = (feed: StepFeed | undefined): number | undefined => feed?.seeds[1];
  const executor = {
    steps(all: readonly StepFeed[]) {
      calls.push(all.map(stepOf));
      return new Float32Array(2 * all.length);
    },
    probe(done: StepFeed | undefined, next: StepFeed) {
      calls.push([stepOf(done), stepOf(next)]);
      const none = new Float32Array(0);
      return { losses: Float32Array.of(stepOf(next)!, 0), gramian: none, cross: none, after: none };
    },
  };
  const balance = new Balance(setup, progress);
  return { stepping: steppingOf({ setup, stack: { alive: [0], executor }, feeds, balance }), calls };
}

describe('stepping', () => {
  it('takes steps whose weights are known several a call', () => {
    const { stepping, calls } = traced({ step: { kind: 'weighted' }, unroll: 2 });
    expect([...stepping.epoch(0)].map(({ steps }) => steps.length)).toEqual([2, 1]);
    expect([...stepping.epoch(1)].map(({ losses }) => losses.length)).toEqual([4, 2]);
    expect(calls).toEqual([[0, 1], [2], [3, 4], [5]]);
  });

  it('looks at the next batch with every step, over the end of an epoch too; the losses are those of the look', () => {
    const { stepping, calls } = traced({ step: { kind: 'losses' } });
    const taken = [0, 1].flatMap((epoch) => [...stepping.epoch(epoch)]);
    // There is nothing after the last step, which looks at its own batch.
    expect(calls).toEqual([
      [undefined, 0],
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
      [5, 5],
    ]);
    expect(taken.map(({ losses }) => losses[0])).toEqual([0, 1, 2, 3, 4, 5]);
    expect(taken.map(({ steps }) => steps[0]!.epoch)).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it('looks anew where the stack is another one, and goes on where it was left', () => {
    const { stepping, calls } = traced({ step: { kind: 'losses' } });
    for (const _ of stepping.epoch(0));
    stepping.forget();
    for (const _ of stepping.epoch(1)) break;
    expect(calls.slice(4)).toEqual([
      [undefined, 3],
      [3, 4],
    ]);
  });
});
