import type { FittedTarget } from '../data/targets';
import type { Task } from '../tasks/task';

/**
 * Turns a network's outputs into what a user reads: probabilities of the positive class `[rows]` (binary), probabilities `[rows, classes]`
 * (multiclass), `[rows, length, classes]` (tagging), values in the label's unit `[rows]` (regression).
 * @param outputs `[rows, width]`, the tasks' outputs side by side
 * @param offset first column of this task
 */
export function predictionsOf(task: Task, target: FittedTarget, outputs: Float32Array, width: number, offset: number): Float64Array {
  const rows = outputs.length / width;
  const result = new Float64Array(rows * task.outputs);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < task.outputs; j++) result[i * task.outputs + j] = outputs[i * width + offset + j]!;
  }
  if (task.kind === 'regression') return result.map((z) => z * target.sd + target.mean);
  if (task.kind === 'binary') return result.map((z) => 1 / (1 + Math.exp(-z)));
  const classes = task.classes.length;
  for (let start = 0; start < result.length; start += classes) {
    const logits = result.subarray(start, start + classes);
    const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      logits[c] = Math.exp(logits[c]! - top);
      sum += logits[c]!;
    }
    for (let c = 0; c < classes; c++) logits[c]! /= sum;
  }
  return result;
}
