import { type Random, random } from '../../random/random';
import { EVALUATION_BLOCK } from '../steps/plan';
import { type CheckedTaskSampling, sampleRow, sampleRows, taskShares } from '../task-sampling';
import type { Member } from './members';
import type { TrainingOptions } from './training-options';

/** What of a model its batches depend on. */
export type DrawnMember = Pick<Member, 'seed' | 'train' | 'labeled'>;

/** Smallest number of whole blocks that `rows` fit in. */
export const wholeBlocks = (rows: number): number => EVALUATION_BLOCK * Math.ceil(rows / EVALUATION_BLOCK);

/**
 * Rows of a batch as it is computed, filled up where there are fewer: the batch size, or no more than all rows need. It follows from a
 * model's own rows, but hardly varies between splits, so that models of several splits are one stack.
 */
export function computedBatch(batchSize: number, rows: number): number {
  return Math.min(batchSize, wholeBlocks(rows));
}

/** Rows drawn by task. */
interface Sampled {
  readonly sampling: CheckedTaskSampling;
  readonly labeled: readonly Int32Array[];
}

/** Random orders of an epoch, which the single-task networks of a seed have in common. */
class Shuffles {
  private epoch = -1;
  private readonly known = new Map<string, Int32Array>();
  of(seed: number, epoch: number, rows: number): Int32Array {
    if (epoch !== this.epoch) {
      this.known.clear();
      this.epoch = epoch;
    }
    const key = `${seed} ${rows}`;
    let order = this.known.get(key);
    if (!order) {
      order = random(seed, `batches/${epoch}`).permutation(rows);
      this.known.set(key, order);
    }
    return order;
  }
}

/** A model's rows of one epoch, in random order. */
class Order {
  private epoch = -1;
  private rows: Int32Array = new Int32Array(0);
  private readonly sampled: Sampled | undefined;
  constructor(
    private readonly member: DrawnMember,
    private readonly size: number,
    private readonly epochs: number,
    private readonly shuffles: Shuffles,
    sampling: CheckedTaskSampling | undefined,
  ) {
    const { labeled } = member;
    // The rows of a single task have nothing to be drawn by.
    this.sampled = sampling && labeled && labeled.length > 1 ? { sampling, labeled } : undefined;
  }
  /** Copies batch `step` of `epoch` to `out`, filled up with `padding`; returns how many rows there were. */
  batch(epoch: number, step: number, padding: number, out: Int32Array): number {
    if (epoch !== this.epoch) {
      this.rows = this.draw(epoch);
      this.epoch = epoch;
    }
    const start = step * this.size;
    const count = Math.max(0, Math.min(this.size, this.rows.length - start));
    out.set(this.rows.subarray(start, start + count));
    out.fill(padding, count);
    return count;
  }
  /** A row that does not depend on the epoch's order. */
  other(epoch: number, draws: Random): number {
    const { train } = this.member;
    return this.sampled ? sampleRow(this.sampled.labeled, this.shares(epoch), draws) : train[draws.below(train.length)]!;
  }
  /** The task that the first epoch draws most rarely, and for how many steps or rows on average. */
  rarest(): { readonly task: number; readonly draws: number } | undefined {
    if (!this.sampled) return undefined;
    const shares = this.shares(0);
    const least = Math.min(...shares);
    const draws = least * Math.ceil(this.member.train.length / this.run);
    return { task: shares.indexOf(least), draws };
  }
  /** Neighboring rows that are drawn for one task. */
  private get run(): number {
    return this.sampled?.sampling.batches === 'task' ? this.size : 1;
  }
  private draw(epoch: number): Int32Array {
    const { seed, train } = this.member;
    if (!this.sampled) return this.shuffles.of(seed, epoch, train.length).map((i) => train[i]!);
    return sampleRows(this.sampled.labeled, this.shares(epoch), train.length, this.run, random(seed, `batches/${epoch}`));
  }
  private shares(epoch: number): number[] {
    const { sampling, labeled } = this.sampled!;
    const counts = labeled.map((rows) => rows.length);
    return taskShares(sampling, counts, epoch, this.epochs);
  }
}

/** The rows of every step of every model of a stack. */
export class Batches {
  /** Rows of a batch as it is computed. */
  readonly size: number;
  /** Steps an epoch, of each model. */
  readonly stepsOf: readonly number[];
  /** Steps an epoch of the stack: those of the model that takes most. */
  readonly perEpoch: number;
  /** Steps of each model's whole training. */
  readonly totalSteps: readonly number[];
  private readonly orders: readonly Order[];

  /** @param padding the row that stands for no row */
  constructor(
    members: readonly DrawnMember[],
    { epochs, batchSize, taskSampling }: Pick<TrainingOptions, 'epochs' | 'batchSize' | 'taskSampling'>,
    private readonly padding: number,
  ) {
    this.size = computedBatch(batchSize, Math.max(...members.map(({ train }) => train.length)));
    this.stepsOf = members.map(({ train }) => Math.ceil(train.length / this.size));
    this.perEpoch = Math.max(...this.stepsOf);
    this.totalSteps = this.stepsOf.map((steps) => epochs * steps);
    const shuffles = new Shuffles();
    this.orders = members.map((member) => new Order(member, this.size, epochs, shuffles, taskSampling));
  }

  /**
   * Copies batch `k` of an epoch of a model to `out`, filled up with padding.
   * @returns how many rows there were; 0 where the model has no batch left in this epoch
   */
  copy(member: number, epoch: number, k: number, out: Int32Array): number {
    return this.orders[member]!.batch(epoch, k, this.padding, out);
  }

  /** A row of a model that does not depend on the epoch's order. */
  other(member: number, epoch: number, draws: Random): number {
    return this.orders[member]!.other(epoch, draws);
  }

  /** The number of a model's own step; without a batch left in this epoch it waits before its next one. */
  stepAt(member: number, epoch: number, k: number): number {
    const steps = this.stepsOf[member]!;
    return epoch * steps + Math.min(k, steps - 1);
  }

  /** The task that the first epoch draws most rarely, and for how many steps or rows on average; undefined where rows are not drawn by task. */
  rarest(member: number): { readonly task: number; readonly draws: number } | undefined {
    return this.orders[member]!.rarest();
  }
}
