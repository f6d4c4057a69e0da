import type { Figure } from './figure';
import { matrix } from './matrix';
import { formatNumber } from './text';

/** Cosines between the gradients of tasks. */
export interface ConflictInput {
  readonly tasks: readonly string[];
  /** `[tasks, tasks]`, in `[-1, 1]`. */
  readonly cosine: readonly (readonly number[])[];
  /** Ends of the intervals, `[tasks, tasks]`. */
  readonly low?: readonly (readonly number[])[];
  readonly high?: readonly (readonly number[])[];
}

/**
 * Which tasks pull against each other: the matrix of gradient cosines, red where two gradients conflict.
 *
 * @throws RangeError when there are no tasks; TypeError when the shape is not `[tasks, tasks]`.
 */
export function conflict(input: ConflictInput, title = 'Gradient conflict between tasks'): Figure {
  const { tasks, cosine, low, high } = input;
  let [worst, first, second] = [Number.POSITIVE_INFINITY, '', ''];
  for (const [i, row] of cosine.entries()) {
    for (const [j, value] of row.entries())
      if (i < j && value < worst) [worst, first, second] = [value, tasks[i] as string, tasks[j] as string];
  }
  const figure = matrix(
    { rows: tasks, columns: tasks, values: cosine, ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) },
    {
      title,
      subtitle: 'Cosine between task gradients on the shared parameters: below 0 (red) one task’s step hurts the other.',
      unit: 'cosine',
      range: [-1, 1],
    },
  );
  return first === ''
    ? figure
    : Object.assign(figure, { text: `${title}: strongest between ${first} and ${second}, cosine ${formatNumber(worst)}` });
}
