import type { LinearLoss } from '../../linear';
import { kindOf } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import { constant } from '../network/initial';
import type { InputShape, Parameter } from '../network/network';

/** The loss that a linear model of the task has. */
export const lossOf = (task: Task): LinearLoss => (kindOf(task).link === 'logistic' ? 'logistic' : 'squared');

/** How well the logistic loss is solved where strengths are judged or a fold is predicted: held-out errors agree to about three digits. */
export const ROUGH = { tolerance: 1e-3, maxIterations: 1000 } as const;

/** @throws RangeError for a task that linear models cannot learn */
export function checkLinearTasks(who: string, tasks: readonly Task[]): void {
  for (const task of tasks) {
    const { name, kind, classWeights, lossWeight } = task;
    const { link } = kindOf(task);
    if (link !== 'logistic' && link !== 'identity')
      throw new RangeError(`${who}: task "${name}" is ${kind}; linear multi-task learning takes binary and regression tasks only`);
    if (classWeights !== undefined)
      throw new RangeError(`${who}: task "${name}" has class weights, which the linear methods do not take; leave them out`);
    if (lossWeight !== undefined)
      throw new RangeError(`${who}: task "${name}" has a lossWeight, which the linear methods do not take; leave it out`);
  }
}

/** @throws RangeError for token ids */
export function checkLinearInput(who: string, { vocabulary }: InputShape): void {
  if (vocabulary !== undefined)
    throw new RangeError(`${who}: the inputs are token ids, which have no linear meaning; encode them as numbers`);
}

/** Numbers that an algorithm finds for all tasks, before it has. */
export function unsolved(name: string, shape: readonly number[], decay: boolean): Parameter {
  return { name, shape, role: 'shared', decay, initial: constant(0, shape) };
}
