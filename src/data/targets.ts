import { DataError } from '../cells/data-error';
import { moments } from '../numeric/moments';
import type { Task } from '../tasks/task';
import type { TaskData } from './data-types';

/** What training needs to know of one task's labels, counted on the training rows. */
export interface FittedTarget {
  readonly name: string;
  /** Labels that are present in the training rows (positions, for tagging). */
  readonly count: number;
  /** Mean of the training labels of a regression; 0 else. */
  readonly mean: number;
  /** Population standard deviation of the training labels of a regression, 1 where they are all equal; 1 else. */
  readonly sd: number;
  /** Training labels of each class in code order; empty for regression. */
  readonly classCounts: readonly number[];
  /** Loss weight of each class in code order, `'balanced'` resolved; undefined where all weigh 1. */
  readonly classWeights?: readonly number[];
}

/**
 * Fits each task's target on the training rows: mean and deviation for regression, balanced class weights for classification.
 *
 * Balanced: labels / (classes present x labels of the class), as in King and Zeng 2001; a class that no training row has weighs 1.
 * @param trainRows row indices of the training part
 * @returns one entry a task, in the data's order
 * @throws DataError when a task has no label in the training rows
 */
export function fitTargets(data: TaskData, trainRows: ArrayLike<number>): readonly FittedTarget[] {
  return data.labels.map(({ task, values, length }) => {
    const positions = length === 1 ? trainRows : trainPositions(trainRows, length);
    const { mean, sd, known } = moments(values, positions);
    if (known === 0) {
      throw new DataError(
        'no-label',
        `Cannot fit task "${task.name}": none of the ${trainRows.length} training rows has a label in column "${task.column}"`,
        { column: task.column },
      );
    }
    if (task.kind === 'regression') return { name: task.name, count: known, mean, sd: sd > 0 ? sd : 1, classCounts: [] };
    const classCounts = new Array<number>(task.classes.length).fill(0);
    for (let i = 0; i < positions.length; i++) {
      const code = values[positions[i]!]!;
      if (!Number.isNaN(code)) classCounts[code]!++;
    }
    const present = classCounts.filter((count) => count > 0).length;
    const classWeights =
      task.classWeights === 'balanced' ? classCounts.map((count) => (count > 0 ? known / (present * count) : 1)) : task.classWeights;
    return { name: task.name, count: known, mean: 0, sd: 1, classCounts, ...(classWeights === undefined ? {} : { classWeights }) };
  });
}

/**
 * The constant prediction with the lowest loss on the training labels, class weights counted: what a network that knows nothing of the
 * inputs had best say.
 * @returns a number per output of the task: the logit of the positive class, the logarithms of the classes' shares (at every position, for
 * tagging), or 0, the mean of a standardised regression. A class that no label has, or that weighs nothing, counts as half a label
 */
export function constantOutputs(task: Task, { classCounts, classWeights, count }: FittedTarget): number[] {
  if (task.kind === 'regression') return new Array<number>(task.outputs).fill(0);
  const masses = classCounts.map((labels, c) => labels * (classWeights?.[c] ?? 1));
  // Where all weigh nothing, any prediction is as good.
  const total = masses.reduce((a, b) => a + b, 0) || 1;
  const half = total / count / 2;
  const logs = masses.map((mass) => Math.log((mass || half) / total));
  return task.kind === 'binary' ? [logs[1]! - logs[0]!] : Array.from({ length: task.outputs }, (_, i) => logs[i % logs.length]!);
}

function trainPositions(rows: ArrayLike<number>, length: number): Int32Array {
  const out = new Int32Array(rows.length * length);
  for (let i = 0; i < rows.length; i++) for (let j = 0; j < length; j++) out[i * length + j] = rows[i]! * length + j;
  return out;
}
