import type { Tensor } from '@tensorflow/tfjs-core';
import type { StackPlan } from './plan';
import type { Batch, Resident } from './stack-shape';

/** A step's result: the tasks' losses `[stack, tasks]` and a gradient per parameter. */
export interface WeightedGradients {
  readonly losses: Tensor;
  readonly gradients: readonly Tensor[];
}

/** What every kind of step is computed from, besides the plan. */
export interface StepInputs {
  readonly parameters: readonly Tensor[];
  readonly data: Resident;
  readonly batch: Batch;
}

/** What the balancing method gave for a batch, see `StepFeed`. */
export interface Weighing {
  /** `[stack, layers * tasks]` */
  readonly weights: Tensor;
  /** `[stack, STEP_SCALARS]` */
  readonly scalars: Tensor;
  /** `[stack, tasks]`, where the plan has them apart. */
  readonly heads?: Tensor | undefined;
}

/** What a look at a batch tells the balancing method, see `ProbeResult`. */
export interface Seen {
  readonly losses: Tensor;
  readonly gramian?: Tensor;
  readonly cross?: Tensor;
}

/** The tasks' gradients, which are held until their weights are known; see `TaskGradients`. Empty where they are computed anew. */
export interface Held<T> {
  readonly jacobian: readonly T[];
  readonly own: readonly T[];
  readonly penalty: readonly T[];
}

/** An array that a step leaves to the next one, with what it is filled with before the first. */
export interface StateArray {
  readonly shape: readonly number[];
  readonly fill: number;
}

/** A kind of step whose weights are known before it: losses and gradients are computed at once, and several steps may be one call. */
export interface DirectStep {
  readonly looks: false;
  readonly state: (plan: StackPlan) => readonly StateArray[];
  /** Losses, a gradient per parameter, and the state for the next step. */
  readonly step: (
    plan: StackPlan,
    inputs: StepInputs & Pick<Weighing, 'weights'> & { readonly state: readonly Tensor[] },
  ) => WeightedGradients & { readonly state: readonly Tensor[] };
}

/** A kind of step whose weights follow from a look at its batch. */
export interface LookingStep {
  readonly looks: true;
  /** Shapes of what is held between the look and the step. */
  readonly held: (plan: StackPlan) => Held<readonly number[]>;
  /** @param others rows `[stack, batch]` of two further batches, where the plan wants products over them */
  readonly look: (
    plan: StackPlan,
    inputs: StepInputs & { readonly others?: { readonly left: Tensor; readonly right: Tensor } | undefined },
  ) => { readonly seen: Seen; readonly held: Held<Tensor> };
  /** A gradient per parameter, once the weights are known; parameters are as they were at the look. */
  readonly gradients: (plan: StackPlan, inputs: StepInputs & Weighing & { readonly held: Held<Tensor> }) => readonly Tensor[];
}

/** How one kind of step is computed, op by op or recorded into a graph. */
export type Step = DirectStep | LookingStep;

/** What a step holds that computes its gradient anew. */
export const NOTHING_HELD: Held<never> = { jacobian: [], own: [], penalty: [] };
