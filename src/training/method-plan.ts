import type { Method } from '../models/method';
import type { Optimizer } from './optimizer';
import type { TrainingSettings } from './settings';

/** Which method predicts which tasks, and how all are trained: what `comparison.recommend().plan()` gives. */
export interface MethodPlan {
  readonly parts: readonly {
    /** Trained on all tasks, unless it trains each alone. */
    readonly method: Method;
    /** Names of the tasks that it predicts. */
    readonly tasks: readonly string[];
    readonly learningRate: number;
    readonly optimizer: Optimizer;
  }[];
  /** What options of `fit` override. */
  readonly settings: TrainingSettings;
}

/** A recommendation, or anything else that has a plan. */
export interface HasPlan {
  plan(): MethodPlan;
}

/** Whether this is something with a plan. */
export function hasPlan(given: unknown): given is HasPlan {
  return typeof (given as Partial<HasPlan> | null | undefined)?.plan === 'function';
}
