import { totalOutputs } from '../../models/network/network';
import type { Executor, Which } from '../executors/executor';
import { partOf } from './parts';
import type { StackSetup } from './stack-setup';

/** The models of a stack, as far as they are looked at. */
export interface Looked {
  readonly alive: readonly number[];
  readonly executor: Pick<Executor, 'evaluate'>;
}

/** Looks at models on rows of theirs, a block of rows of every model at a time. */
export class Evaluation {
  constructor(
    private readonly setup: Pick<StackSetup, 'members' | 'tasks' | 'evaluationBatch'> & { readonly data: { readonly padding: number } },
    private readonly stack: Looked,
  ) {}

  /** Each model's outputs on its `predict` rows, by place. */
  outputs(which: Which): Float32Array[] {
    const { members, tasks, evaluationBatch } = this.setup;
    const { alive, executor } = this.stack;
    const width = totalOutputs(tasks);
    const all = alive.map((s) => new Float32Array(members[s]!.predict.length * width));
    this.inBlocks('predict', (rows, start) => {
      const { outputs } = executor.evaluate(which, rows);
      for (const [place, own] of all.entries()) {
        const count = Math.min(evaluationBatch, own.length / width - start);
        // Other models of the stack may have more rows.
        if (count > 0) own.set(partOf(outputs, place, alive.length).subarray(0, count * width), start * width);
      }
    });
    return all;
  }

  /** Validation loss by place and task; NaN where the rows have no label, infinite where a loss is not finite. */
  validationLosses(): number[][] {
    const { alive, executor } = this.stack;
    const tasks = this.setup.tasks.length;
    const totals = alive.map(() => ({ sums: new Array<number>(tasks).fill(0), counts: new Array<number>(tasks).fill(0) }));
    this.inBlocks('validation', (rows) => {
      const part = executor.evaluate('current', rows);
      for (const [place, own] of totals.entries()) {
        for (const of of ['sums', 'counts'] as const) {
          for (const [t, value] of perTask(partOf(part[of], place, alive.length), tasks).entries()) own[of][t]! += value;
        }
      }
    });
    return totals.map(({ sums, counts }) =>
      sums.map((sum, t) => (counts[t]! > 0 && !Number.isFinite(sum) ? Number.POSITIVE_INFINITY : sum / counts[t]!)),
    );
  }

  /** Loss sums by place and task on the first training rows of each model. */
  trainingSums(which: Which): number[][] {
    const { members, tasks } = this.setup;
    const { alive, executor } = this.stack;
    const { sums } = executor.evaluate(
      which,
      this.block((s) => members[s]!.train, 0),
    );
    return alive.map((_, place) => perTask(partOf(sums, place, alive.length), tasks.length));
  }

  private inBlocks(part: 'predict' | 'validation', visit: (rows: Int32Array, start: number) => void): void {
    const { members, evaluationBatch } = this.setup;
    const rowsOf = (s: number): Int32Array => members[s]![part];
    const most = Math.max(...this.stack.alive.map((s) => rowsOf(s).length));
    for (let start = 0; start < most; start += evaluationBatch) visit(this.block(rowsOf, start), start);
  }

  /** Rows of every model, `[stack, evaluationBatch]`, filled up with padding. */
  private block(rowsOf: (member: number) => Int32Array, start: number): Int32Array {
    const { data, evaluationBatch } = this.setup;
    const { alive } = this.stack;
    const rows = new Int32Array(alive.length * evaluationBatch).fill(data.padding);
    for (const [place, s] of alive.entries()) rows.set(rowsOf(s).subarray(start, start + evaluationBatch), place * evaluationBatch);
    return rows;
  }
}

/** Sums `[blocks, tasks]` over the blocks. */
function perTask(values: Float32Array, tasks: number): number[] {
  return Array.from({ length: tasks }, (_, t) => values.reduce((sum, value, i) => (i % tasks === t ? sum + value : sum), 0));
}
