import { adamStep } from './adam';
import type { ParameterStep, State, StepInput } from './balancing';

/** Learning rate of loss parameters where neither an option nor the model gives one. */
const USUAL_LEARNING_RATE = 1e-3;

/** Numbers, one a task, that are trained along with the model; a plain JSON value. */
export interface LossParameters extends State {
  readonly values: readonly number[];
  /** What the optimizer remembers of each. */
  readonly slots: readonly (readonly number[])[];
  /** Steps taken, of each: that of a task takes none where a batch has no label of the task. */
  readonly steps: readonly number[];
}

/** The parts of {@link LossParameters} that belong to tasks. */
export const LOSS_PARAMETER_PARTS = { values: 'task', slots: 'task', steps: 'task' } as const;

/** The state before the first step. */
export function lossParameters(tasks: number, initial: number): LossParameters {
  const each = <T>(value: T): T[] => new Array<T>(tasks).fill(value);
  return { values: each(initial), slots: each([]), steps: each(0) };
}

/** Adam with its usual options. */
const usualStep: ParameterStep = (value, gradient, [mean = 0, square = 0], count, learningRate) => {
  const next = adamStep({ values: [value], mean: [mean], square: [square], steps: [count - 1] }, [gradient], learningRate);
  return { value: next.values[0]!, slots: [next.mean[0]!, next.square[0]!] };
};

/**
 * One step of the model's optimizer on every number, without weight decay; Adam's where no model is told of.
 * @param own learning rate of the method's own; null: that of the model's step
 */
export function trainLossParameters(
  { values, slots, steps }: LossParameters,
  gradient: readonly number[],
  { learningRate, parameterStep = usualStep }: StepInput,
  own: number | null,
): LossParameters {
  const rate = own ?? learningRate ?? USUAL_LEARNING_RATE;
  const counts = steps.map((count) => count + 1);
  const next = values.map((value, t) => parameterStep(value, gradient[t]!, slots[t]!, counts[t]!, rate));
  return { values: next.map(({ value }) => value), slots: next.map((each) => each.slots), steps: counts };
}
