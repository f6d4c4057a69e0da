/** One model's view of the labels: which of its tasks have a label in which rows. */
export interface LabeledRows {
  /** Resident rows that the model trains on. */
  readonly train: Int32Array;
  /** Columns of the label matrix that the model learns. */
  readonly columns: readonly number[];
}

/** How many labels of each task of one model a batch has. */
export class Presence {
  /** Columns of the tasks that lack a label in some training row, by task; undefined for the others. */
  private readonly gaps: readonly (readonly number[] | undefined)[];
  private readonly train: Int32Array;
  private readonly known = new Map<number, Int32Array>();

  /**
   * @param widths label columns of each task
   * @param hasLabel `[rows, columns]`, 1 where there is a label
   * @param columnCount columns of `hasLabel`
   */
  constructor(
    { train, columns }: LabeledRows,
    widths: readonly number[],
    private readonly hasLabel: Uint8Array,
    private readonly columnCount: number,
  ) {
    this.train = train;
    let from = 0;
    this.gaps = widths.map((width) => {
      const own = columns.slice(from, from + width);
      from += width;
      return train.every((row) => this.labeled(row, own)) ? undefined : own;
    });
  }

  /** Whether some batch may have no label of some task. */
  get partial(): boolean {
    return this.gaps.some((columns) => columns !== undefined);
  }

  /** The number of rows, of those given, that have a label of each task. */
  of(rows: Int32Array): number[] {
    return this.gaps.map((columns) => {
      if (columns === undefined) return rows.length;
      let count = 0;
      for (const row of rows) if (this.labeled(row, columns)) count++;
      return count;
    });
  }

  /**
   * Puts rows into a drawn batch, in place, so that each of some tasks has a label, as far as that takes no other of them its last one.
   * @param counts what `of` gave for a batch: tasks with a label there are to have one here
   * @param below draws a number below its argument
   */
  complete(rows: Int32Array, counts: readonly number[], below: (bound: number) => number): void {
    const found = this.of(rows);
    for (const [t, columns] of this.gaps.entries()) {
      if (columns === undefined || counts[t] === 0 || found[t]! > 0) continue;
      const spare = rows.findIndex((row) => this.gaps.every((own, u) => !own || found[u]! > 1 || !this.labeled(row, own)));
      if (spare < 0) continue;
      const candidates = this.rowsOf(t, columns);
      const row = candidates[below(candidates.length)]!;
      for (const [u, own] of this.gaps.entries()) {
        if (own) found[u]! += Number(this.labeled(row, own)) - Number(this.labeled(rows[spare]!, own));
      }
      rows[spare] = row;
    }
  }

  private rowsOf(task: number, columns: readonly number[]): Int32Array {
    let rows = this.known.get(task);
    if (!rows) {
      rows = this.train.filter((row) => this.labeled(row, columns));
      this.known.set(task, rows);
    }
    return rows;
  }

  private labeled(row: number, columns: readonly number[]): boolean {
    return columns.some((column) => this.hasLabel[row * this.columnCount + column] === 1);
  }
}

/**
 * What a balancing method reads as a task's loss: the mean over as many of the task's latest labels as the batch has rows.
 *
 * Where every row has a label that is the batch's own loss. A batch with one or two labels of a task tells its loss poorly, and methods that
 * divide by the loss would follow the luckiest batch; there, the labels of the batches before count as well, the older the less.
 */
export class RecentLosses {
  private readonly means: Float64Array;
  /** Labels that the means stand for. */
  private readonly labels: Float64Array;

  constructor(tasks: number) {
    this.means = new Float64Array(tasks);
    this.labels = new Float64Array(tasks);
  }

  /**
   * The losses with those of a batch counted in.
   * @param losses mean losses of the batch, one a task
   * @param counts labels of each task in the batch
   * @param rows rows of the batch
   */
  with(losses: readonly number[], counts: readonly number[], rows: number): number[] {
    return losses.map((loss, t) => {
      const count = counts[t]!;
      if (count > 0) {
        this.labels[t] = Math.min(rows, this.labels[t]! + count);
        this.means[t] = count === rows ? loss : this.means[t]! + (loss - this.means[t]!) * (count / this.labels[t]!);
      }
      return this.means[t]!;
    });
  }
}
