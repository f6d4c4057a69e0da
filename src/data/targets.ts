import { DataError } from '../cells/data-error';
import { kindOf } from '../tasks/registry';
import type { FittedTarget } from '../tasks/task';
import type { TaskData } from './data-types';

/**
 * Fits each task's target on the training rows: mean and deviation for regression, balanced class weights for classification.
 *
 * Balanced: labels / (classes present x labels of the class), as in King and Zeng 2001; a class that no training row has weighs 1.
 * @param trainRows row indices of the training part
 * @returns one entry a task, in the data's order
 * @throws DataError when a task has no label in the training rows
 */
export function fitTargets(data: TaskData, trainRows: ArrayLike<number>): readonly FittedTarget[] {
  return data.labels.map((labels) => {
    const { task, values, length } = labels;
    const positions = length === 1 ? trainRows : trainPositions(trainRows, length);
    const known = labelsAt(values, positions);
    if (known === 0) {
      throw new DataError(
        'no-label',
        `Cannot fit task "${task.name}": none of the ${trainRows.length} training rows has a label in column "${task.column}"`,
        { column: task.column },
      );
    }
    const { mean, sd } = kindOf(task).fit?.(labels, trainRows) ?? { mean: 0, sd: 1 };
    const classCounts = new Array<number>(task.classes.length).fill(0);
    if (classCounts.length > 0) {
      for (let i = 0; i < positions.length; i++) {
        const code = values[positions[i]!]!;
        if (!Number.isNaN(code)) classCounts[code]!++;
      }
    }
    const present = classCounts.filter((count) => count > 0).length;
    const classWeights =
      task.classWeights === 'balanced' ? classCounts.map((count) => (count > 0 ? known / (present * count) : 1)) : task.classWeights;
    return { name: task.name, count: known, mean, sd, classCounts, ...(classWeights === undefined ? {} : { classWeights }) };
  });
}

function labelsAt(values: Float64Array, positions: ArrayLike<number>): number {
  let known = 0;
  for (let i = 0; i < positions.length; i++) if (!Number.isNaN(values[positions[i]!]!)) known++;
  return known;
}

function trainPositions(rows: ArrayLike<number>, length: number): Int32Array {
  const out = new Int32Array(rows.length * length);
  for (let i = 0; i < rows.length; i++) for (let j = 0; j < length; j++) out[i * length + j] = rows[i]! * length + j;
  return out;
}
