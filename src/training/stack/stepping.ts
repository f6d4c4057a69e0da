import type { Executor, ProbeResult } from '../executors/executor';
import { stepOf } from '../steps';
import type { Balance } from './balance';
import type { Feeds, Upcoming } from './feed';
import type { StackSetup } from './stack-setup';

/** Steps that were taken by one call, with the losses on their batches, `[steps, stack, tasks]`. */
export interface Taken {
  readonly losses: Float32Array;
  readonly steps: readonly Upcoming[];
}

/** Takes the steps of an epoch, one call after the other; whoever iterates may stop in between. */
export interface Stepping {
  epoch(epoch: number): Generator<Taken, void, undefined>;
  /** Forgets what was seen of the next batch: the stack is another one now. */
  forget(): void;
}

/** What steps are taken with. */
interface Parts {
  readonly setup: Pick<StackSetup, 'batches' | 'step' | 'unroll' | 'options'>;
  readonly stack: { readonly alive: readonly number[]; readonly executor: Pick<Executor, 'steps' | 'probe'> };
  readonly feeds: Feeds;
  readonly balance: Balance;
}

/** Steps whose weights are known before them, several a call. */
class DirectStepping implements Stepping {
  constructor(private readonly parts: Parts) {}

  *epoch(epoch: number): Generator<Taken, void, undefined> {
    const { setup, stack, feeds, balance } = this.parts;
    const { perEpoch } = setup.batches;
    for (let k = 0; k < perEpoch; ) {
      const steps: Upcoming[] = [];
      for (const end = Math.min(perEpoch, k + setup.unroll); k < end; k++) {
        const upcoming = feeds.next(stack.alive, epoch, k);
        balance.weigh(upcoming);
        steps.push(upcoming);
      }
      yield { losses: stack.executor.steps(steps.map(({ feed }) => feed)), steps };
    }
  }

  forget(): void {}
}

/** Steps whose weights follow from a look at their batch: a call finishes one step and looks at the batch of the next. */
class LookingStepping implements Stepping {
  private ahead: { readonly step: Upcoming; readonly probed: ProbeResult } | undefined;

  constructor(private readonly parts: Parts) {}

  *epoch(epoch: number): Generator<Taken, void, undefined> {
    const { setup, stack, feeds, balance } = this.parts;
    const { perEpoch } = setup.batches;
    for (let k = 0; k < perEpoch; k++) {
      const { step, probed } = this.ahead ?? this.look(feeds.next(stack.alive, epoch, k));
      balance.weigh(step, probed);
      const last = epoch === setup.options.epochs - 1 && k === perEpoch - 1;
      const next = last ? step : k + 1 < perEpoch ? feeds.next(stack.alive, epoch, k + 1) : feeds.next(stack.alive, epoch + 1, 0);
      const found = stack.executor.probe(step.feed, next.feed);
      balance.learn(step, probed, found.after);
      this.ahead = { step: next, probed: found };
      yield { losses: probed.losses, steps: [step] };
    }
  }

  forget(): void {
    this.ahead = undefined;
  }

  private look(step: Upcoming): { readonly step: Upcoming; readonly probed: ProbeResult } {
    return { step, probed: this.parts.stack.executor.probe(undefined, step.feed) };
  }
}

/** How the steps of a stack are taken. */
export function steppingOf(parts: Parts): Stepping {
  return stepOf(parts.setup).looks ? new LookingStepping(parts) : new DirectStepping(parts);
}
