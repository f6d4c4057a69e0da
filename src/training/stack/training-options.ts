import type { Executor } from '../executors/executor';
import type { Optimizer } from '../optimizer';
import type { CheckedTaskSampling } from '../task-sampling';
import type { TrainedMember } from './members';

/** How a stack is trained. */
export interface TrainingOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  /** Epochs without a better validation loss before a model stops; undefined: all epochs. */
  readonly patience?: number;
  /** Whose best epoch is kept: that of the mean validation loss, or of each task. @default 'joint' */
  readonly stopping?: 'joint' | 'perTask';
  /** Factor of the learning rate by the share of steps done, in [0, 1): by name, or as a function. @default 'constant' */
  readonly schedule?: 'constant' | 'cosine' | ((share: number) => number);
  readonly clipNorm?: number;
  /** How rows are drawn by task; undefined: every row once an epoch. */
  readonly taskSampling?: CheckedTaskSampling;
  /** Epochs after which the parameters are recorded; 0 is before the first step. @default none */
  readonly snapshots?: readonly number[];
  /** `auto`: graphs where the backend can build them. */
  readonly mode: 'auto' | 'eager';
  readonly signal?: AbortSignal;
}

/** What a finished stack returns. */
export interface StackResult {
  readonly members: readonly TrainedMember[];
  /** Seconds spent training, of the whole stack. */
  readonly seconds: number;
  readonly steps: number;
  readonly mode: Executor['mode'];
  /** Why steps ran op by op that another call may run as a graph, so that its last bits differ; absent where none did. */
  readonly fallback?: string;
}

/** Told after every epoch. */
export type EpochListener = (epoch: number, epochs: number, meanLoss: number) => void;

/** Factor of the learning rate where this share of the steps is done, in [0, 1). */
export function scheduleFactor(schedule: TrainingOptions['schedule'], share: number): number {
  if (typeof schedule === 'function') return schedule(share);
  return schedule === 'cosine' ? (1 + Math.cos(Math.PI * share)) / 2 : 1;
}
