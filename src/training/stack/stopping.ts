import type { TaskCheckpoints } from './task-checkpoints';

/** What an epoch's validation losses mean for a model. */
export interface EpochVerdict {
  /** Whether its parameters are the best so far. */
  readonly improved: boolean;
  /** Tasks for which they are, where each task has its own best epoch. */
  readonly tasks: readonly number[];
  /** Whether it has trained long enough. */
  readonly stops: boolean;
}

/** Early stopping of one model: which of its epochs is best, and when to go no further. */
export class Stopping {
  /** From 1; 0 before the first. */
  bestEpoch = 0;
  private bestScore = Number.POSITIVE_INFINITY;

  /**
   * @param patience epochs without a better validation loss before the model stops; undefined: it never does
   * @param perTask follows each task, where each has its own best epoch
   */
  constructor(
    private readonly patience: number | undefined,
    readonly perTask: TaskCheckpoints | undefined,
  ) {}

  /**
   * Takes in the validation losses of an epoch. Whoever calls gives the parameters of improved tasks to `perTask`.
   * @param epoch from 1
   * @param losses per task; NaN where the rows have no label
   */
  see(epoch: number, losses: readonly number[]): EpochVerdict {
    const present = losses.filter((loss) => !Number.isNaN(loss));
    const score = present.reduce((a, b) => a + b, 0) / present.length;
    // Without a validation label nothing tells which epoch was best: the last one is.
    const improved = score < this.bestScore || present.length === 0;
    if (improved) [this.bestScore, this.bestEpoch] = [score, epoch];
    const tasks = this.perTask?.improved(losses) ?? [];
    const stops = tasks.length === 0 && this.patience !== undefined && epoch - this.latestBest() >= this.patience;
    return { improved, tasks, stops };
  }

  /** The last epoch that was better than all before, by the mean loss or by that of some task. */
  private latestBest(): number {
    return this.perTask?.latest(this.bestEpoch) ?? this.bestEpoch;
  }
}
