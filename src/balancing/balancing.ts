import type { OptionInfo } from '../options/spec';
import type { ArrayOps, DrawSpec, StateArraySpec } from './array-ops';

/** A matrix as an array of rows; a Jacobian is `[tasks, parameters]`, a Gramian `[tasks, tasks]`. */
export type Matrix = readonly (readonly number[])[];

/** The cheapest thing a method needs at every step: the losses, the Gramian of the task gradients, or the gradients themselves. */
export type Need = 'losses' | 'gramian' | 'jacobian';

/** A plain JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** What a method remembers between steps: a plain JSON value, so that it can be saved with a checkpoint and restored. */
export type State = { readonly [name: string]: Json };

/** Where a method was published. */
export interface Paper {
  readonly authors: string;
  readonly year: number;
  readonly title: string;
  readonly arxiv?: string;
}

/** What a task's own parameters follow: the gradient of its loss times the task's weight, or the gradient itself. */
export type HeadsUpdate = 'weighted' | 'plain';

/** What a method is: its name in the registry, its paper and its options. */
export interface MethodInfo {
  readonly name: string;
  readonly title: string;
  readonly kind: 'weighting' | 'aggregator';
  readonly paper: Paper;
  readonly options: readonly OptionInfo[];
  /**
   * What heads follow unless `.with(method, { heads })` says otherwise.
   * @default 'weighted' for a weighting and a method with `weighsHeads`, 'plain' for an aggregator
   */
  readonly heads?: HeadsUpdate;
  /** Of a method of this package whose numbers have changed: runs that were kept before are not taken for its own. */
  readonly revision?: number;
}

/** What a method is told at a training step. */
export interface StepInput {
  /** Losses of the current batch, one a task. */
  readonly losses: readonly number[];
  /**
   * Whether the batch has a label of each task. A method works on the present tasks as if there were no others: an absent one has weight 0,
   * its loss and gradient are not read, and what the method remembers of it stays. (With `taskSampling` few batches lack a task.)
   * @default all are present
   */
  readonly present?: readonly boolean[];
  /** Gramian `[tasks, tasks]` of the task gradients on the current batch. */
  readonly gramian?: Matrix;
  /** Index of the current epoch, from 0. */
  readonly epoch: number;
  /** Index of the current step, from 0. */
  readonly step: number;
  /** Mean losses of the finished epochs, `[epochs, tasks]`. */
  readonly epochLosses: readonly (readonly number[])[];
  /** Products `[tasks, tasks]` of the task gradients on two independent batches, J1 J2^T, for methods with `independentBatches`. */
  readonly crossGramian?: Matrix;
  /** Losses of the same batch after the step, for `after`. */
  readonly nextLosses?: readonly number[];
  /** The factor of each task's loss in its likelihood: 1/2 for a Gaussian, 1 for a discrete label. @default 1/2 */
  readonly likelihoodFactors?: readonly number[];
  /** Learning rate of the model's step, schedule included, for methods whose loss parameters are trained along with it. */
  readonly learningRate?: number;
  /** The model's optimizer, for the same methods. @default Adam with its usual options */
  readonly parameterStep?: ParameterStep;
}

/**
 * One step of the model's optimizer on a single number, without weight decay: a pure function.
 * @param slots what the optimizer remembers of the number; empty before its first step
 * @param count steps of the number with this one, from 1
 */
export type ParameterStep = (
  value: number,
  gradient: number,
  slots: readonly number[],
  count: number,
  learningRate: number,
) => { readonly value: number; readonly slots: readonly number[] };

/** Weights of one step, and the state to give to the next. The update direction is the sum of weight times task gradient. */
export interface StepResult {
  readonly weights: number[];
  /**
   * Weights of the losses that the tasks' own parameters follow where they follow weighted ones (`heads: 'weighted'`).
   * @default the weights
   */
  readonly heads?: number[];
  readonly state: State;
}

/** What every method has. */
export interface Method {
  readonly info: MethodInfo;
  /** Of a method of one's own: names its code; change it with the code. Without one its runs are not kept in a study's `directory`. */
  readonly version?: string | number;
  readonly needs: Need;
  /** The options in force, defaults included. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether `crossGramian` from two independent batches makes the method unbiased; without it the step's own Gramian serves. */
  readonly independentBatches: boolean;
  /**
   * Whether weights for the tasks' own parameters (heads) apart from those of the shared ones are a part of the method: its steps promise
   * `StepResult.heads` or `TensorRuleResult.heads`, and heads follow them unless `heads: 'plain'` says otherwise. @default false
   */
  readonly weighsHeads?: boolean;
}

/** A method whose step yields one weight a task. */
export interface WeightsMethod extends Method {
  readonly needs: 'losses' | 'gramian';
  /**
   * Whether the Gramian is to be of the last shared layer alone, for methods that compare lengths there. It is the last layer with parameters
   * of a chain that all tasks read, as in hard sharing; networks without one give the Gramian of all shared parameters. @default false
   */
  readonly lastLayer?: boolean;
  /**
   * The state before the first step.
   * @param tasks how many tasks there are
   * @param seed seed of the method's own random stream
   */
  init(tasks: number, seed: number): State;
  /** One step, as a pure function of its input and the state. */
  step(input: StepInput, state: State): StepResult;
  /** The state once the losses after the step are known (`nextLosses`); only where the method learns from them. */
  after?(input: StepInput, state: State): State;
}

/**
 * A coordinate-wise method as a rule over a small set of array operations, so that the same rule runs on plain float64 arrays and
 * inside a tensor library's graph.
 */
export interface TensorRule {
  /** The arrays the rule carries from step to step, with their shapes and initial values. */
  readonly state: readonly StateArraySpec[];
  /** The random arrays the rule consumes at each step. */
  readonly draws: readonly DrawSpec[];
  /** See {@link Method.weighsHeads}. @default false */
  readonly weighsHeads?: boolean;
  /**
   * One step.
   * @param ops the array operations
   * @param jacobian task gradients `[tasks, parameters]`
   * @param losses losses `[tasks, 1]`
   * @param state the arrays declared in `state`
   * @param draws the arrays declared in `draws`
   * @param present `[tasks, 1]`, 1 for a task that the batch has labels of, else 0; undefined where all are present. An absent task's
   *   gradient and loss are 0, and whoever runs the rule keeps an absent task's rows of the state as they were
   */
  apply<A>(
    ops: ArrayOps<A>,
    jacobian: A,
    losses: A,
    state: Readonly<Record<string, A>>,
    draws: Readonly<Record<string, A>>,
    present?: A,
  ): TensorRuleResult<A>;
  /**
   * What the rule multiplies each task's gradient by, `[tasks, parameters]`; of a rule without state that does just this and sums. With it the
   * rule also works at the representation: its `parameters` are then the units of a layer, `jacobian` the tasks' gradients by the activations
   * times the activations' signs, summed over the batch, and every row's gradients by the activations are multiplied by the factors.
   */
  factors?<A>(ops: ArrayOps<A>, jacobian: A, draws: Readonly<Record<string, A>>): A;
}

/** What a step of a tensor rule yields. */
export interface TensorRuleResult<A> {
  /** The update direction `[1, parameters]`. */
  readonly update: A;
  /** The arrays to give to the next step. */
  readonly state: Record<string, A>;
  /** The method's task weights `[tasks, 1]`, where it has some. */
  readonly weights?: A;
  /** See {@link StepResult.heads}, `[tasks, 1]`. @default the weights */
  readonly heads?: A;
}

/** What a stand-alone call may be told besides gradients or losses. Everything is optional. */
export interface Context {
  /** Losses, one a task. */
  readonly losses?: readonly number[];
  /** Whether there is a label of each task, see {@link StepInput.present}. @default all are present */
  readonly present?: readonly boolean[];
  /** Task gradients `[tasks, parameters]`, for loss weightings that look at them. */
  readonly jacobian?: Matrix;
  /** Gramian `[tasks, tasks]` instead of `jacobian`. */
  readonly gramian?: Matrix;
  /** @default 0, or the number of `epochLosses` */
  readonly epoch?: number;
  /** @default 0; a session counts its steps */
  readonly step?: number;
  readonly epochLosses?: readonly (readonly number[])[];
  /** Products J1 J2^T of the task gradients on two independent batches. @default the Gramian of the gradients given */
  readonly crossGramian?: Matrix;
  readonly likelihoodFactors?: readonly number[];
  readonly learningRate?: number;
  readonly parameterStep?: ParameterStep;
  /** Seed of the method's random stream. @default 0 */
  readonly seed?: number;
  /** State to start from. @default a fresh one */
  readonly state?: State;
}

/** Options of `start`. */
export interface StartOptions {
  /** Seed of the method's random stream. @default 0 */
  readonly seed?: number;
}

/** A loss weighting: weights from losses (and, for a few, from gradient norms). */
export interface Weighting extends WeightsMethod {
  /** Whether the weights depend on the losses of the very batch they weigh; else they are known before the step, which is then cheaper. */
  readonly usesBatch: boolean;
  /**
   * Weights of the first step, or of the step that follows `context.state`.
   * @param losses one a task
   * @throws TypeError when the losses are not numbers, or something the method needs is missing
   * @throws RangeError when a loss is not finite or out of the method's range
   */
  weights(losses: readonly number[], context?: Context): number[];
  /** The scalarized loss whose gradient by the losses is `weights` (where the weights are not themselves a function of the losses). */
  value(losses: readonly number[], context?: Context): number;
  /** A session that carries the state from call to call. */
  start(tasks: number, options?: StartOptions): WeightingSession;
}

/** A loss weighting with its state. */
export interface WeightingSession {
  weights(losses: readonly number[], context?: Context): number[];
  value(losses: readonly number[], context?: Context): number;
  /** Tells the method the losses of the same batch after the step; without effect for methods that do not learn from them. */
  after(nextLosses: readonly number[]): void;
  state(): State;
  restore(state: State): void;
}

/** A gradient aggregator that needs no more than the Gramian: its update is a weighted sum of the task gradients. */
export interface GramianBalancer extends WeightsMethod {
  readonly needs: 'gramian';
  /**
   * The update direction, from fresh state or from `context.state`.
   * @param jacobian task gradients `[tasks, parameters]`
   * @returns a vector of length `parameters`
   * @throws TypeError when `jacobian` is not a matrix of numbers
   * @throws RangeError when an entry is not finite, naming the task
   */
  combine(jacobian: Matrix, context?: Context): number[];
  /** The weights of the task gradients in the update. */
  weights(jacobian: Matrix, context?: Context): number[];
  /** A session that carries the state from call to call. */
  start(tasks: number, options?: StartOptions): GramianSession;
}

/** A Gramian-based aggregator with its state. */
export interface GramianSession {
  combine(jacobian: Matrix, context?: Context): number[];
  weights(jacobian: Matrix, context?: Context): number[];
  state(): State;
  restore(state: State): void;
}

/** A gradient aggregator that works on the coordinates of the task gradients. */
export interface JacobianBalancer extends Method {
  readonly needs: 'jacobian';
  readonly rule: TensorRule;
  /** See {@link GramianBalancer.combine}. Without `context.losses` every loss counts as 1. */
  combine(jacobian: Matrix, context?: Context): number[];
  /** The method's task weights, where it has some. */
  weights?(jacobian: Matrix, context?: Context): number[];
  /** A session that carries the state from call to call. */
  start(tasks: number, options?: StartOptions): JacobianSession;
}

/** A coordinate-wise aggregator with its state. */
export interface JacobianSession {
  combine(jacobian: Matrix, context?: Context): number[];
  weights?(jacobian: Matrix, context?: Context): number[];
  state(): State;
  restore(state: State): void;
}

/** Any gradient aggregator. */
export type Balancer = GramianBalancer | JacobianBalancer;

/** Makes a method from its options; carries what is known of the method without making one. */
export interface MethodFactory<Options, Made> {
  /**
   * @throws TypeError on an unknown option or one of the wrong type
   * @throws RangeError on an option out of its range
   */
  (options?: Options): Made;
  readonly info: MethodInfo;
}
