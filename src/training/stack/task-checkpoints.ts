/** Parameters of one epoch, and the tasks whose outputs come from them. */
export interface Checkpoint {
  /** Places among the network's tasks. */
  readonly tasks: readonly number[];
  /** From 1; 0 is before training. */
  readonly epoch: number;
  readonly parameters: readonly Float32Array[];
}

/** Follows the validation loss of each task of one model and holds the parameters of every task's best epoch. */
export class TaskCheckpoints {
  private readonly lowest = new Map<number, number>();
  private readonly best = new Map<number, Omit<Checkpoint, 'tasks'>>();

  /** @param serve places of the tasks whose outputs are wanted */
  constructor(private readonly serve: readonly number[]) {}

  /** Tasks with their lowest loss so far, which is noted; NaN (no label) is never lower. */
  improved(losses: readonly number[]): number[] {
    const tasks = this.serve.filter((t) => losses[t]! < (this.lowest.get(t) ?? Number.POSITIVE_INFINITY));
    for (const t of tasks) this.lowest.set(t, losses[t]!);
    return tasks;
  }

  /** Tasks that improved in the same epoch hold the same arrays. */
  keep(tasks: readonly number[], epoch: number, parameters: readonly Float32Array[]): void {
    for (const t of tasks) this.best.set(t, { epoch, parameters });
  }

  /**
   * The last epoch in which a task improved.
   * @param joint the model's best epoch by its mean loss, which stands in for tasks without validation labels
   */
  latest(joint: number): number {
    return Math.max(...this.serve.map((t) => this.best.get(t)?.epoch ?? joint));
  }

  /** A checkpoint for each epoch that was best for some task, in the order of the tasks; `joint` is that of tasks without validation labels. */
  list(joint: Omit<Checkpoint, 'tasks'>): Checkpoint[] {
    const found = new Map<number, { epoch: number; parameters: readonly Float32Array[]; tasks: number[] }>();
    for (const t of this.serve) {
      const { epoch, parameters } = this.best.get(t) ?? joint;
      const checkpoint = found.get(epoch) ?? { epoch, parameters, tasks: [] };
      checkpoint.tasks.push(t);
      found.set(epoch, checkpoint);
    }
    return [...found.values()];
  }
}
