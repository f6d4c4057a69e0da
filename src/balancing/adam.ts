import type { State } from './balancing';

/** A few numbers, one a task, trained by Adam, with its moments; a plain JSON value. */
export interface AdamState extends State {
  readonly values: readonly number[];
  readonly mean: readonly number[];
  readonly square: readonly number[];
  /** Steps taken, of each number: that of a task takes none where a batch has no label of the task. */
  readonly steps: readonly number[];
}

/** The parts of an {@link AdamState} that belong to tasks. */
export const ADAM_PARTS = { values: 'task', mean: 'task', square: 'task', steps: 'task' } as const;

/** Adam's state before the first step. */
export function adamStart(values: readonly number[]): AdamState {
  return { values, mean: values.map(() => 0), square: values.map(() => 0), steps: values.map(() => 0) };
}

/**
 * One step of Adam (Kingma and Ba 2015, arXiv 1412.6980) with betas 0.9 and 0.999 and epsilon 1e-8.
 * @param weightDecay L2 penalty added to the gradient
 */
export function adamStep(state: AdamState, gradient: readonly number[], learningRate: number, weightDecay = 0): AdamState {
  const steps = state.steps.map((count) => count + 1);
  const size = gradient.length;
  const values = new Array<number>(size);
  const mean = new Array<number>(size);
  const square = new Array<number>(size);
  for (let i = 0; i < size; i++) {
    const g = gradient[i]! + weightDecay * state.values[i]!;
    const m = 0.9 * state.mean[i]! + 0.1 * g;
    const v = 0.999 * state.square[i]! + 0.001 * g * g;
    mean[i] = m;
    square[i] = v;
    const meanScale = 1 / (1 - 0.9 ** steps[i]!);
    const squareScale = 1 / (1 - 0.999 ** steps[i]!);
    values[i] = state.values[i]! - (learningRate * m * meanScale) / (Math.sqrt(v * squareScale) + 1e-8);
  }
  return { values, mean, square, steps };
}
