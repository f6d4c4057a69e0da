import type { TensorRule } from '../../balancing/balancing';
import type { UpdateOptions } from '../../models/method';
import type { Optimizer } from '../optimizer';
import { layerCount, type StackShape } from './stack-shape';

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

/** Task weights of a model in `StepFeed.weights`. */
export function weightCount({ shape }: Pick<StackPlan, 'shape'>): number {
  return layerCount(shape) * shape.tasks.length;
}

/** Numbers of a model in `StepFeed.scalars`. */
export const STEP_SCALARS = 5;

/** Rows whose losses an evaluation sums up at a time. */
export const EVALUATION_BLOCK = 64;
