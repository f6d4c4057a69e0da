import type { StackPlan } from '../steps/plan';
import type { Resident } from '../steps/stack-shape';

/** Rows and numbers of one step of a stack. */
export interface StepFeed {
  /** `[stack, batch]`, rows of the resident tensors. */
  readonly rows: Int32Array;
  /** `[stack, 2]`, a model's random stream and the step's number. */
  readonly seeds: Int32Array;
  /** `[stack, STEP_SCALARS]`: rate, epsilon, factor of decoupled decay, 1 where the model takes the step, share of its tasks that have a label. */
  readonly scalars: Float32Array;
  /** `[stack, layers or 1, tasks]`: the tasks' weights; for a coordinate-wise rule 1 where the batch has a label of the task, else 0. */
  readonly weights: Float32Array;
  /** `[stack, tasks]`: weights of the losses that the tasks' own parameters follow, where the plan has them apart. */
  readonly heads?: Float32Array;
  /** `[2, stack, batch]`, rows of two further batches for methods that need independent ones; else empty. */
  readonly others: Int32Array;
}

/** What a step with look-ahead returns. */
export interface ProbeResult {
  /** Losses of the next batch, `[stack, tasks]`. */
  readonly losses: Float32Array;
  /**
   * Products of the tasks' gradients on the next batch, `[stack, layers or 1, tasks, tasks]`; empty where none is needed. Where `cross` is
   * wanted, too, they may be those of the first further batch.
   */
  readonly gramian: Float32Array;
  /** Products of the tasks' gradients on two further batches, `[stack, layers or 1, tasks, tasks]`; empty where none is needed. */
  readonly cross: Float32Array;
  /** Losses of the batch just trained on, after the update, `[stack, tasks]`; empty where none is needed. */
  readonly after: Float32Array;
}

/** Which of a stack's two sets of parameters: where it is, or the best so far. */
export type Which = 'current' | 'best';

/** Outputs `[stack, rows, outputs]`, and loss sums and label counts `[stack, blocks, tasks]`. */
export interface Evaluated {
  readonly outputs: Float32Array;
  readonly sums: Float32Array;
  readonly counts: Float32Array;
}

/** What `Network.diagnose` found, by name. */
export type Diagnosis = Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>>;

/** Holds a stack of models and runs its steps. */
export interface Executor {
  readonly mode: 'graph' | 'eager';
  /** Sets the parameters (`[stack, ...shape]` each), clears the optimizer's state and makes these the best so far. */
  start(parameters: readonly Float32Array[]): void;
  /** Steps whose weights are known, or of a coordinate-wise rule; returns the losses `[steps, stack, tasks]`. */
  steps(feeds: readonly StepFeed[]): Float32Array;
  /** Updates by `done` (undefined before the first step) and looks at the rows of `next`. */
  probe(done: StepFeed | undefined, next: StepFeed): ProbeResult;
  /** @param rows `[stack, evaluationBatch]` */
  evaluate(which: Which, rows: Int32Array): Evaluated;
  /** Makes the current parameters the best so far of each model where `improved` `[stack]` is 1. */
  keepBest(improved: Float32Array): void;
  /** Values of the parameters, `[stack, ...shape]` each. */
  read(which: Which): Float32Array[];
  /** Everything that the next steps depend on but what `probe` found, `[stack, ...]` each: for `restore` into another stack. */
  save(): Float32Array[];
  restore(saved: readonly Float32Array[]): void;
  /** Runs further looks at the models: see `Network.diagnose`. */
  diagnose(which: Which, rows: Int32Array): Diagnosis;
  dispose(): void;
}

/** What an executor is made from. */
export type MakeExecutor = (plan: StackPlan, data: Resident) => Executor;

/** The number of steps a call, up to `most`, that takes the fewest calls for `steps` steps. */
export function unrollFor(steps: number, most = 8): number {
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let k = Math.min(most, steps); k >= 1; k--) {
    const left = steps % k;
    // A call costs about as much as two more steps in an unrolled one.
    const calls = Math.floor(steps / k) + left;
    if (calls < least) [best, least] = [k, calls];
  }
  return best;
}
