import type { Random } from '../random/random';

/** In which order a method visits the other tasks. */
export type TaskOrder = 'random' | 'index' | 'reverse';

/** The order in which the other tasks are visited for one task. */
export function visitingOrder(order: TaskOrder, tasks: number, stream: Random | undefined): ArrayLike<number> {
  if (stream !== undefined) return stream.permutation(tasks);
  return Array.from({ length: tasks }, (_, i) => (order === 'reverse' ? tasks - 1 - i : i));
}
