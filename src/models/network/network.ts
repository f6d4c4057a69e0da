import type { Tensor } from '@tensorflow/tfjs-core';
import type { Random } from '../../random/random';
import type { Steps } from '../../steps';
import type { Task } from '../../tasks/task';
import type { Heads } from './heads';

/**
 * One block of numbers that is learned.
 *
 * Models are plain data and functions: a network lists its parameters and computes with whatever values it is given, so that many
 * models of one shape can be stacked on a leading axis and trained by one step.
 */
export interface Parameter {
  /** Unique in the network, for instance `trunk/0/weights`. Equal names start from equal values for equal seeds and shapes. */
  readonly name: string;
  /** Shape in one model; a stack of S models holds `[S, ...shape]`. */
  readonly shape: readonly number[];
  /** `shared` parameters serve several tasks: balancing acts on their gradients. `task` parameters follow their own task's loss. */
  readonly role: 'shared' | 'task';
  /** Index of the one task whose loss reaches a `task` parameter, where there is just one. */
  readonly task?: number;
  /** The same per entry of the last axis, where heads of several tasks lie side by side. */
  readonly columnTasks?: readonly number[];
  /** The same per entry of another axis of `shape`, where networks of several tasks lie side by side. */
  readonly taskBlocks?: { readonly axis: number; readonly tasks: readonly number[] };
  /** Whether weight decay applies (weights: yes, biases: no). */
  readonly decay: boolean;
  /**
   * Initial values of one model, row-major.
   * @param constants the constant prediction to start near, a number per output of the network; heads then have small weights, and biases
   * that give it. Without it they start as random guesses
   */
  readonly initial: (random: Random, constants?: ArrayLike<number>) => Float32Array;
}

/** Values of a stack of models by parameter name, each `[stack, ...shape]`. */
export type Values = Readonly<Record<string, Tensor>>;

/** What a network may use while it computes. */
export interface ForwardContext {
  readonly training: boolean;
  /** Sets each entry to 0 with probability `rate` and scales the rest by 1 / (1 - rate); the identity outside training. `[stack, ...]` */
  readonly dropout: (x: Tensor, rate: number) => Tensor;
  /** Uniform draws in [0, 1), `[stack, ...shape]`, while training; 0.5 outside. */
  readonly uniform: (stack: number, shape: readonly number[]) => Tensor;
  /** Share of the training that is done, `[stack]` in [0, 1), for what anneals. Without it, training counts as just begun. */
  readonly progress?: Tensor;
  /**
   * While training: 1 where a row of the batch is one to learn from, 0 where it only fills the batch up, `[stack, batch]`: what averages
   * over rows leaves such rows out. Without it all are.
   */
  readonly rows?: Tensor;
  /** For inputs of token ids: 1 where a position holds a token, 0 where it is padding (id 0), `[stack, batch, length]`. Set by the network. */
  readonly mask?: Tensor;
}

/** Shape of one input row: `[features]`, `[height, width, channels]`, or `[length]` of ids below `vocabulary`. */
export interface InputShape {
  readonly shape: readonly number[];
  readonly vocabulary?: number;
}

/** A layer's output with its backward pass for several loss signals at once. */
export interface LayerTrace {
  readonly output: Tensor;
  /**
   * Backward pass of K signals in one go.
   * @param signals gradients of K scalars by the output, `[stack, K, batch, ...outputShape]`
   * @param wantsInput whether the gradients by the input are needed
   * @returns per parameter `[stack, K, ...shape]`; by the input `[stack, K, batch, ...in]`
   */
  readonly backward: (signals: Tensor, wantsInput: boolean) => { readonly parameters: readonly Tensor[]; readonly input?: Tensor };
}

/** One step of an encoder. Architectures that exchange features between tasks do so after every layer. */
export interface Layer {
  readonly parameters: readonly Parameter[];
  /** Shape of one row after this layer. */
  readonly outputShape: readonly number[];
  /**
   * True where the output is a vector per position, `[length, width]`: heads of tagging tasks then apply at every position, other heads to
   * the mean over the positions that hold a token.
   */
  readonly sequence?: boolean;
  /** `[stack, batch, ...in] -> [stack, batch, ...outputShape]`. */
  readonly apply: (values: Values, x: Tensor, context: ForwardContext) => Tensor;
  /**
   * The same with a backward pass of its own. A trunk whose layers all have one gives all tasks' gradients from a single forward pass;
   * without it the engine differentiates `apply` once a task.
   */
  readonly trace?: (values: Values, x: Tensor, context: ForwardContext) => LayerTrace;
}

/** What turns inputs into a representation; made by `mlp()` and its like, by `encoder()` from a pair of functions, or by hand. */
export interface Encoder {
  readonly name: string;
  /** Of an encoder of one's own: names its code; change it with the code. Without one its runs are not kept in a study's `directory`. */
  readonly version?: string | number;
  readonly options: Readonly<Record<string, unknown>>;
  /**
   * The encoder's layers for inputs of this shape.
   * @param scope prefix of the parameters' names
   */
  readonly build: (input: InputShape, scope: string) => readonly Layer[];
  /** True where inputs of more than one axis are flattened to a vector first: such a tower reads a sequence's summary, or each position. */
  readonly flattens?: boolean;
  /** The same encoder with its widths times `factor`, as multiples of `multiple` (1 without), for comparisons at equal parameters. */
  readonly scaled?: (factor: number, multiple?: number) => Encoder;
}

/** What an architecture is built for. */
export interface Problem {
  readonly input: InputShape;
  readonly tasks: readonly Task[];
}

/** A built model: its parameters and its computation. */
export interface Network {
  readonly parameters: readonly Parameter[];
  /** `[stack, batch, ...input] -> [stack, batch, outputs]`, the tasks' outputs side by side in task order (logits or standardized values). */
  readonly forward: (values: Values, x: Tensor, context: ForwardContext) => Tensor;
  /** Where all tasks meet in one representation: `forward = decode after encode`. Needed for gradients by the representation. */
  readonly representation?: {
    readonly encode: (values: Values, x: Tensor, context: ForwardContext) => Tensor;
    readonly decode: (values: Values, z: Tensor, context: ForwardContext) => Tensor;
  };
  /** The same as a chain of layers below the heads: what the engine's own backward pass needs. */
  readonly layered?: { readonly layers: readonly Layer[]; readonly heads: Pick<Heads, 'trace'> };
  /**
   * A term added to each model's loss, `[stack]` (soft sharing's pull, gates' regularizers). A term that depends on the inputs is 0 where
   * they are not given.
   */
  readonly penalty?: (values: Values, x?: Tensor, context?: ForwardContext) => Tensor;
  /** Things to look at, for instance the gates' weights per task: name -> `[stack, ...]`. */
  readonly diagnose?: (values: Values, x: Tensor, context: ForwardContext) => Readonly<Record<string, Tensor>>;
}

/** Tasks of one network by their indices: those it learns, and those of them that it predicts in the end. */
export interface TaskGroup {
  readonly train: readonly number[];
  readonly serve: readonly number[];
  /** Fixed weights of the losses, in the order of `train`. @default all 1 */
  readonly weights?: readonly number[];
}

/** Labeled rows as an architecture's own algorithm reads them. */
export interface LabeledRows {
  /** Encoded inputs, `[rows][features]`. */
  readonly inputs: readonly ArrayLike<number>[];
  /** Per task `[rows]`: classes 0 and 1, or standardized values; NaN where missing. */
  readonly labels: readonly Float64Array[];
}

/** What an architecture's own algorithm learns from. */
export interface SolvableProblem extends Problem {
  readonly train: LabeledRows;
  /** May have no rows. */
  readonly validation: LabeledRows;
  readonly seed: number;
}

/** A published way of sharing, with its options. */
export interface Architecture {
  readonly name: string;
  /** Of an architecture of one's own: names its code; change it with the code. Without one its runs are not kept in a study's `directory`. */
  readonly version?: string | number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly build: (problem: Problem) => Network;
  /** True for single-task learning: every task gets a network of its own, trained on its own. */
  readonly separate?: boolean;
  /** Networks that are trained apart from each other; one network of all tasks without it. */
  readonly partition?: (tasks: readonly Task[]) => readonly TaskGroup[];
  /**
   * An algorithm of its own in the place of gradient steps: the values of the network's parameters, in their order. Settings of the
   * training (epochs, optimizer, learning rate) mean nothing to it. One that takes long is a generator, and can be stopped where it yields.
   */
  readonly solve?: (problem: SolvableProblem) => readonly Float32Array[] | Steps<readonly Float32Array[]>;
  /** The same architecture with every encoder among its options replaced. */
  readonly mapEncoders?: (change: (encoder: Encoder) => Encoder) => Architecture;
  /** What the encoders' widths must be multiples of. @default 1 */
  readonly widthMultiple?: number;
}

/** Number of learned numbers in one model. */
export function countParameters(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** Total output columns of the tasks. */
export function totalOutputs(tasks: readonly Task[]): number {
  return tasks.reduce((sum, task) => sum + task.outputs, 0);
}
