import type { TensorRule } from '../balancing/balancing';
import type { UpdateOptions } from '../models/method';
import { countParameters } from '../models/network/network';
import type { Optimizer } from './optimizer';
import { canWeighAtRepresentation, layerCount, type Resident, type StackShape } from './step';

/** What the engine computes at every step besides the models' losses. */
export type StepKind =
  /** Task weights are known before the step. */
  | { readonly kind: 'weighted' }
  /** Task weights depend on the batch's losses. */
  | { readonly kind: 'losses' }
  /**
   * Task weights depend on products of the tasks' gradients; `cross`: on products over two independent batches; `lastLayer`: on products of
   * the gradients by the last shared layer (see `lastSharedLayer`).
   */
  | { readonly kind: 'gramian'; readonly cross: boolean; readonly lastLayer?: boolean }
  /** The same with gradients by the representation that all tasks share. */
  | { readonly kind: 'representation' }
  /** The update is a coordinate-wise rule on the tasks' gradients by the parameters, or by the shared representation (its `factors`). */
  | { readonly kind: 'rule'; readonly rule: TensorRule; readonly representation?: boolean };

/**
 * What the tasks' own parameters follow: the losses (`plain`); the losses with the weights of the shared parameters (`shared`), or with
 * weights apart, `StepFeed.heads` (`apart`). A coordinate-wise rule has its weights itself: `shared` are those it gives.
 */
export type HeadsPlan = 'plain' | 'shared' | 'apart';

/** Everything that determines a stack's computation. */
export interface StackPlan {
  readonly shape: StackShape;
  readonly optimizer: Optimizer;
  readonly step: StepKind;
  /** Whether the losses after a step on its own batch are wanted. */
  readonly after: boolean;
  /** Length of the shared update, see `UpdateOptions`. */
  readonly scale: Required<UpdateOptions>['scale'];
  /** What the tasks' own parameters follow. */
  readonly heads: HeadsPlan;
  /** Upper bound of each model's gradient norm; undefined: no clipping. */
  readonly clipNorm?: number;
  readonly batch: number;
  /** Rows of one evaluation, a multiple of `EVALUATION_BLOCK`. */
  readonly evaluationBatch: number;
  /** Most steps per native call, where the weights are known. */
  readonly unroll: number;
  /** Whether models of the stack may differ in rate, decay or in which of them take a step. */
  readonly perModel: boolean;
  /** Whether some model may have no label of some task in a batch, or no step at all. */
  readonly absences: boolean;
  /** Most numbers of task gradients that are kept until their weights are known; more are computed anew as one weighted gradient. */
  readonly keptGradients: number;
}

/**
 * Whether the weighted gradient of a step with a Gramian is computed anew once the weights are known, rather than from the tasks' gradients:
 * where these would take much memory, and where the Gramian is of other batches.
 */
export function recomputesGradient(plan: StackPlan): boolean {
  const { shape, step, scale, heads, keptGradients } = plan;
  if (step.kind !== 'gramian' || scale === 'matchMean' || shape.layers) return false;
  if (heads !== 'shared' && !canWeighAtRepresentation(shape.network)) return false;
  const shared = shape.network.parameters.filter(({ role }) => role === 'shared');
  return step.cross || shape.stack * shape.tasks.length * countParameters(shared) > keptGradients;
}

/** Whether the gradient computed from a batch and its weights is combined at the representation, while heads follow losses of their own. */
export function weighsAtRepresentation(plan: StackPlan): boolean {
  return plan.step.kind === 'representation' || (recomputesGradient(plan) && plan.heads !== 'shared');
}

/** Task weights of a model in {@link StepFeed.weights}. */
export function weightCount({ shape }: Pick<StackPlan, 'shape'>): number {
  return layerCount(shape) * shape.tasks.length;
}

/** Numbers of a model in {@link StepFeed.scalars}. */
export const STEP_SCALARS = 5;

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

/** Holds a stack of models and runs its steps. */
export interface Executor {
  readonly mode: 'graph' | 'eager';
  /** Sets the parameters (`[stack, ...shape]` each), clears the optimizer's state and makes these the best so far. */
  start(parameters: readonly Float32Array[]): void;
  /** Steps whose weights are known, or of a coordinate-wise rule; returns the losses `[steps, stack, tasks]`. */
  steps(feeds: readonly StepFeed[]): Float32Array;
  /** Updates by `done` (undefined before the first step) and looks at the rows of `next`. */
  probe(done: StepFeed | undefined, next: StepFeed): ProbeResult;
  /** Outputs `[stack, rows, outputs]`, loss sums and label counts `[stack, blocks, tasks]`. `rows` `[stack, evaluationBatch]`. */
  evaluate(which: Which, rows: Int32Array): { readonly outputs: Float32Array; readonly sums: Float32Array; readonly counts: Float32Array };
  /** Makes the current parameters the best so far of each model where `improved` `[stack]` is 1. */
  keepBest(improved: Float32Array): void;
  /** Values of the parameters, `[stack, ...shape]` each. */
  read(which: Which): Float32Array[];
  /** Everything that the next steps depend on but what `probe` found, `[stack, ...]` each: for `restore` into another stack. */
  save(): Float32Array[];
  restore(saved: readonly Float32Array[]): void;
  /** Runs further looks at the models: see `Network.diagnose`. */
  diagnose(which: Which, rows: Int32Array): Readonly<Record<string, { readonly shape: readonly number[]; readonly values: Float32Array }>>;
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
