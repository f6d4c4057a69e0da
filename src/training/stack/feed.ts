import { random } from '../../random/random';
import type { StepFeed } from '../executors/executor';
import { STEP_SCALARS } from '../steps/plan';
import { partOf } from './parts';
import type { StackSetup } from './stack-setup';
import { scheduleFactor } from './training-options';

/** A step before it is taken. */
export interface Upcoming {
  /** From 0. */
  readonly epoch: number;
  /** The models that are fed, by their places in the stack. */
  readonly alive: readonly number[];
  readonly feed: StepFeed;
  /** How many of its rows have a label of each task, by place; undefined for a model that takes no step. */
  readonly labels: readonly (readonly number[] | undefined)[];
  /** The same for the tasks that are weighed: those with a label in the further batches, too. */
  readonly weighed: readonly (readonly number[] | undefined)[];
  /** The models' learning rates. */
  readonly rates: readonly number[];
}

/** One model's part of a step. */
interface Turn {
  /** Number of the model's own step, from 0. */
  readonly now: number;
  /** Rows of the batch. */
  readonly count: number;
  readonly labels: readonly number[] | undefined;
  readonly rate: number;
}

/** Makes what the steps of a stack are fed: rows, seeds, rates, and weights where these are known. */
export class Feeds {
  private readonly dropoutSeeds: readonly number[];

  /** @param training whether a model takes steps */
  constructor(
    private readonly setup: Pick<
      StackSetup,
      'members' | 'tasks' | 'data' | 'options' | 'batches' | 'presences' | 'step' | 'heads' | 'layerTotal'
    >,
    private readonly training: (member: number) => boolean,
  ) {
    this.dropoutSeeds = setup.members.map(({ seed }) => random(seed, 'dropout').uint32() | 0);
  }

  /**
   * Step `k` of an epoch.
   * @param alive the models in the stack, by place
   */
  next(alive: readonly number[], epoch: number, k: number): Upcoming {
    const feed = this.empty(alive.length);
    const turns = alive.map((s, place) => this.turn(feed, place, s, epoch, k));
    const weighed = turns.map(({ labels, now, count }, place) =>
      feed.others.length > 0 ? this.drawOthers(feed, place, alive[place]!, { epoch, now, count, labels }) : labels,
    );
    return { epoch, alive, feed, labels: turns.map(({ labels }) => labels), weighed, rates: turns.map(({ rate }) => rate) };
  }

  private empty(stack: number): StepFeed {
    const { batches, tasks, layerTotal, heads, step } = this.setup;
    return {
      rows: new Int32Array(stack * batches.size),
      seeds: new Int32Array(stack * 2),
      scalars: new Float32Array(stack * STEP_SCALARS),
      weights: new Float32Array(stack * layerTotal * tasks.length).fill(1),
      ...(heads === 'apart' && { heads: new Float32Array(stack * tasks.length) }),
      others: new Int32Array(step.kind === 'gramian' && step.cross ? 2 * stack * batches.size : 0),
    };
  }

  /** Fills in one model's rows and numbers. */
  private turn(feed: StepFeed, place: number, s: number, epoch: number, k: number): Turn {
    const { members, tasks, options, batches, presences, step } = this.setup;
    const member = members[s]!;
    const rows = feed.rows.subarray(place * batches.size, (place + 1) * batches.size);
    const count = batches.copy(s, epoch, k, rows);
    const active = count > 0 && this.training(s);
    const labels = active ? presences[s]!.of(rows.subarray(0, count)) : undefined;
    const now = batches.stepAt(s, epoch, k);
    const rate = member.learningRate * scheduleFactor(options.schedule, now / batches.totalSteps[s]!);
    const numbers = options.optimizer.scalars(now + 1, rate);
    const present = labels ? labels.filter((labeled) => labeled > 0).length : tasks.length;
    feed.seeds.set([this.dropoutSeeds[s]!, now], place * 2);
    feed.scalars.set(
      [numbers.rate, numbers.epsilon, 1 - rate * options.optimizer.decoupledDecay, active ? 1 : 0, present / tasks.length],
      place * STEP_SCALARS,
    );
    const weights = partOf(feed.weights, place, this.placesOf(feed));
    if (member.taskWeights) weights.set(member.taskWeights);
    if (step.kind === 'rule') for (let t = 0; t < tasks.length; t++) weights[t] = labels && labels[t]! > 0 ? 1 : 0;
    return { now, count, labels, rate };
  }

  /** Draws one model's two further batches; returns the labels of the tasks that have some there, too. */
  private drawOthers(
    feed: StepFeed,
    place: number,
    s: number,
    { epoch, now, count, labels }: Omit<Turn, 'rate'> & { readonly epoch: number },
  ) {
    const { members, data, batches, presences } = this.setup;
    const { size } = batches;
    const draws = random(members[s]!.seed, `others/${now}`);
    let weighed = labels;
    for (const other of [0, 1]) {
      const start = other * this.placesOf(feed) + place;
      const target = feed.others.subarray(start * size, (start + 1) * size);
      for (let i = 0; i < count; i++) target[i] = batches.other(s, epoch, draws);
      target.fill(data.padding, count);
      if (!labels) continue;
      // A task without a label there would count as one whose gradient is 0.
      const further = target.subarray(0, count);
      presences[s]!.complete(further, labels, draws.below);
      const found = presences[s]!.of(further);
      weighed = weighed!.map((labeled, t) => (found[t]! > 0 ? labeled : 0));
    }
    return weighed;
  }

  private placesOf(feed: StepFeed): number {
    return feed.seeds.length / 2;
  }
}
