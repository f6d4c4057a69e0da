import type { Upcoming } from './feed';

/** Mean training losses of an epoch, of every model in the stack, over the steps that had a label of the task. */
export class EpochLosses {
  private readonly sums: Float64Array;
  private readonly counts: Float64Array;

  constructor(
    stack: number,
    private readonly tasks: number,
  ) {
    this.sums = new Float64Array(stack * tasks);
    this.counts = new Float64Array(stack * tasks);
  }

  /**
   * Counts steps in.
   * @param losses `[steps, stack, tasks]`
   * @param taken the steps, which know where there were labels
   */
  add(losses: Float32Array, taken: readonly Pick<Upcoming, 'labels'>[]): void {
    const { sums, counts, tasks } = this;
    for (let i = 0; i < losses.length; i++) {
      const [place, t] = [Math.floor((i % sums.length) / tasks), i % tasks];
      if (!taken[Math.floor(i / sums.length)]!.labels[place]?.[t]) continue;
      sums[i % sums.length]! += losses[i]!;
      counts[i % sums.length]!++;
    }
  }

  /** Whether no step was counted. */
  get none(): boolean {
    return this.counts.every((count) => count === 0);
  }

  /** A model's means per task; undefined where no step had a label of the task. */
  of(place: number): (number | undefined)[] {
    const at = place * this.tasks;
    return Array.from({ length: this.tasks }, (_, t) => (this.counts[at + t]! > 0 ? this.sums[at + t]! / this.counts[at + t]! : undefined));
  }
}
