import { kindOf } from '../tasks/registry';
import type { FittedTarget, Task } from '../tasks/task';

/**
 * Turns a network's outputs into what a user reads, as the task's kind says: probabilities of the positive class `[rows]` (binary), probabilities
 * `[rows, classes]` (multiclass), `[rows, length, classes]` (tagging), values in the label's unit `[rows]` (regression).
 * @param outputs `[rows, width]`, the tasks' outputs side by side
 * @param offset first column of this task
 */
export function predictionsOf(task: Task, target: FittedTarget, outputs: Float32Array, width: number, offset: number): Float64Array {
  const rows = outputs.length / width;
  const result = new Float64Array(rows * task.outputs);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < task.outputs; j++) result[i * task.outputs + j] = outputs[i * width + offset + j]!;
  }
  return kindOf(task).predict(result, task, target);
}
