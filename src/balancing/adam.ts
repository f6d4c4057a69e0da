import type { State } from './balancing';

/** Learning rate of loss parameters where neither an option nor the model gives one. */
export const USUAL_LEARNING_RATE = 1e-3;

/** Parameters of a few numbers trained by Adam, with its moments; a plain JSON value. */
export interface AdamState extends State {
  readonly values: readonly number[];
  readonly mean: readonly number[];
  readonly square: readonly number[];
  readonly steps: number;
}

/** Adam's state before the first step. */
export function adamStart(values: readonly number[]): AdamState {
  return { values, mean: values.map(() => 0), square: values.map(() => 0), steps: 0 };
}

/**
 * One step of Adam (Kingma and Ba 2015, arXiv 1412.6980) with betas 0.9 and 0.999 and epsilon 1e-8.
 * @param weightDecay L2 penalty added to the gradient
 */
export function adamStep(state: AdamState, gradient: readonly number[], learningRate: number, weightDecay = 0): AdamState {
  const steps = state.steps + 1;
  const meanScale = 1 / (1 - 0.9 ** steps);
  const squareScale = 1 / (1 - 0.999 ** steps);
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
    values[i] = state.values[i]! - (learningRate * m * meanScale) / (Math.sqrt(v * squareScale) + 1e-8);
  }
  return { values, mean, square, steps };
}
