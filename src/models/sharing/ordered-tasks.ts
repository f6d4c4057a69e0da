import { kindOf } from '../../tasks/registry';
import type { Task } from '../../tasks/task';

/**
 * For architectures whose tasks are steps of one sequence, each possible only after the one before (click, then purchase).
 * @throws RangeError for a single task, TypeError for a task that is not binary
 */
export function checkOrderedTasks(who: string, tasks: readonly Task[]): void {
  if (tasks.length < 2) throw new RangeError(`${who}: expected at least two tasks in the order of their steps, got ${tasks.length}`);
  for (const task of tasks) {
    if (kindOf(task).link !== 'logistic')
      throw new TypeError(`${who}: tasks must be binary, each a step that follows the one before; "${task.name}" is ${task.kind}`);
  }
}
