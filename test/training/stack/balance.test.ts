import { describe, expect, it } from 'vitest';
import type { State, StepInput, WeightsMethod } from '../../../src/balancing/balancing';
import { Balance } from '../../../src/training/stack/balance';
import { Feeds, type Upcoming } from '../../../src/training/stack/feed';
import { MemberProgress } from '../../../src/training/stack/members';
import type { StackSetup } from '../../../src/training/stack/stack-setup';
import { Stopping } from '../../../src/training/stack/stopping';
import { memberOf, setupOf, solverOf } from './setup';

const NONE = new Float32Array(0);
const floats = (...values: number[]): Float32Array => Float32Array.from(values);
const count = (state: State): number => state.steps as number;

/** A method whose weights are 2 and 3 times the number of its step, and what it was told. */
function counting(given: Partial<WeightsMethod> = {}): { solver: WeightsMethod; told: StepInput[] } {
  const told: StepInput[] = [];
  const solver = solverOf((input, state) => {
    told.push(input);
    const steps = count(state) + 1;
    return { weights: [2 * steps, 3 * steps], heads: [10, 20], state: { steps } };
  }, given);
  return { solver, told };
}

interface Parts {
  readonly balance: Balance;
  readonly progress: readonly MemberProgress[];
  readonly next: (k?: number) => Upcoming;
}

function partsOf(solver: WeightsMethod | undefined, given: Parameters<typeof setupOf>[1] = {}, seeds = [1, 2]): Parts {
  const members = seeds.map((seed) => memberOf({ seed }));
  const setup: StackSetup = setupOf(members, { solver, step: { kind: 'gramian', cross: false }, ...given });
  const progress = members.map((member) => new MemberProgress(member, setup.tasks, new Stopping(undefined, undefined)));
  const feeds = new Feeds(setup, (s) => progress[s]!.training);
  return { balance: new Balance(setup, progress), progress, next: (k = 0) => feeds.next([...members.keys()], 0, k) };
}

const probed = { losses: floats(1, 2, 3, 4), gramian: floats(1, 2, 2, 5, 6, 7, 7, 9), cross: NONE, after: NONE };

describe('balance', () => {
  it('tells the method what was found of each model, and feeds its weights', () => {
    const { solver, told } = counting();
    const { balance, next } = partsOf(solver);
    const upcoming = next();
    balance.weigh(upcoming, probed);
    expect([...upcoming.feed.weights]).toEqual([2, 3, 2, 3]);
    expect(told.map(({ losses, gramian, present, step, learningRate }) => ({ losses, gramian, present, step, learningRate }))).toEqual([
      {
        losses: [1, 2],
        gramian: [
          [1, 2],
          [2, 5],
        ],
        present: [true, true],
        step: 0,
        learningRate: 0.1,
      },
      {
        losses: [3, 4],
        gramian: [
          [6, 7],
          [7, 9],
        ],
        present: [true, true],
        step: 0,
        learningRate: 0.1,
      },
    ]);
    balance.weigh(next(1), probed);
    // A model's state goes from step to step.
    expect(balance.record(1)).toEqual({
      weights: [
        { step: 0, values: [2, 3] },
        { step: 1, values: [4, 6] },
      ],
      gradients: [0, 1].map((step) => ({
        step,
        gramian: [
          [6, 7],
          [7, 9],
        ],
      })),
      balancingState: { steps: 2 },
    });
  });

  it('multiplies by the number of tasks that are there for the sum, and feeds the weights of the heads apart as they are', () => {
    const { solver, told } = counting();
    const method = { update: { scale: 'sum' } } as StackSetup['method'];
    const { balance, next } = partsOf(solver, { method, heads: 'apart', labeled: (row, task) => task === 0 || row >= 20 }, [1]);
    const upcoming = next();
    balance.weigh(upcoming, { ...probed, losses: floats(1, 0), gramian: floats(1, 0, 0, 0) });
    expect(told[0]!.present).toEqual([true, false]);
    expect([...upcoming.feed.weights]).toEqual([2, 3]);
    expect([...upcoming.feed.heads!]).toEqual([10, 20]);
    const whole = partsOf(counting().solver, { method }, [1]);
    const full = whole.next();
    whole.balance.weigh(full, { ...probed, losses: floats(1, 1), gramian: floats(1, 0, 0, 1) });
    expect([...full.feed.weights]).toEqual([4, 6]);
  });

  it('keeps a state of each layer, whose weights are recorded as their mean', () => {
    const { solver } = counting({ init: (_, seed) => ({ steps: seed % 2 }) });
    const { balance, next } = partsOf(solver, { layerTotal: 2 }, [1]);
    const upcoming = next();
    balance.weigh(upcoming, { ...probed, losses: floats(1, 1), gramian: floats(1, 2, 2, 5, 6, 7, 7, 9) });
    const { layers } = balance.record(0).balancingState as unknown as { layers: { steps: number }[] };
    const [first, second] = layers.map(({ steps }) => steps) as [number, number];
    expect([...upcoming.feed.weights]).toEqual([2 * first, 3 * first, 2 * second, 3 * second]);
    expect(balance.record(0).weights[0]!.values).toEqual([first + second, (3 * (first + second)) / 2]);
    expect(balance.record(0).gradients[0]!.gramian).toEqual([
      [7, 9],
      [9, 14],
    ]);
  });

  it('gives a model that takes no step no weight, and leaves its state', () => {
    const { solver } = counting();
    const { balance, progress, next } = partsOf(solver);
    progress[0]!.stopped = true;
    const upcoming = next();
    balance.weigh(upcoming, probed);
    expect([...upcoming.feed.weights]).toEqual([0, 0, 2, 3]);
    expect(balance.record(0).balancingState).toEqual({ steps: 0 });
  });

  it('notes a loss that is not finite as the end of its model, of a task that is there', () => {
    const { solver, told } = counting();
    const { balance, progress, next } = partsOf(solver, { labeled: (_, task) => task === 0 });
    balance.weigh(next(), { ...probed, losses: floats(1, Number.NaN, Number.NaN, 1) });
    expect(progress.map(({ failure }) => failure?.includes('the loss of task "a" (NaN)') ?? false)).toEqual([false, true]);
    expect(told).toHaveLength(1);
  });

  it('reads few labels of a task together with those before', () => {
    const { solver, told } = counting();
    // Every eighth row has a label of b, so that a batch has about one.
    const { balance, next } = partsOf(solver, { labeled: (row, task) => task === 0 || row % 8 === 0 }, [1]);
    const losses = [3, 11, 4];
    for (const k of [0, 1, 2]) balance.weigh(next(k), { ...probed, losses: floats(1, losses[k]!), gramian: floats(1, 0, 0, 1) });
    const seen = told.filter(({ present }) => present![1]).map((input) => input.losses[1]!);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.slice(1).every((loss) => !losses.includes(loss))).toBe(true);
  });

  it('tells methods that learn from them the losses after the step', () => {
    const learned: StepInput[] = [];
    const { solver } = counting({
      after: (input, state) => {
        learned.push(input);
        return { steps: count(state) + 100 };
      },
    });
    const { balance, next } = partsOf(solver);
    const upcoming = next();
    balance.weigh(upcoming, probed);
    balance.learn(upcoming, probed, floats(0.5, 0.6, Number.NaN, 0.8));
    expect(learned.map(({ losses, nextLosses }) => [losses, nextLosses])).toEqual([[[1, 2], [0.5, 0.6].map(Math.fround)]]);
    expect([0, 1].map((s) => balance.record(s).balancingState)).toEqual([{ steps: 101 }, { steps: 1 }]);
  });

  it('without a method leaves the weights as they are', () => {
    const { balance, next } = partsOf(undefined);
    const upcoming = next();
    balance.weigh(upcoming, probed);
    expect([...upcoming.feed.weights]).toEqual([1, 1, 1, 1]);
    expect(balance.record(0)).toEqual({ weights: [], gradients: [] });
  });

  it('does not guess weights for the heads that a method promised', () => {
    const silent = solverOf((_, state) => ({ weights: [1, 1], state }), { weighsHeads: true });
    const { balance, next } = partsOf(silent, { heads: 'apart' });
    expect(() => balance.weigh(next(), probed)).toThrow(
      'own().step: weighsHeads promises heads, a weight for each of the 2 tasks, got undefined',
    );
  });
});
