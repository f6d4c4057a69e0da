import type { Task } from './task';

/** The name of the most probable class, the first of equals. */
export function bestClass({ classes }: Task, probabilities: Float64Array, at: number): string {
  let top = 0;
  for (let c = 1; c < classes.length; c++) if (probabilities[at + c]! > probabilities[at + top]!) top = c;
  return classes[top]!;
}

/** The most probable class, then a column of probabilities for each class. */
export function classColumns(task: Task, own: Float64Array): [string, (number | string)[]][] {
  const classes = task.classes.length;
  const rows = own.length / classes;
  return [
    [task.name, Array.from({ length: rows }, (_, i) => bestClass(task, own, i * classes))],
    ...task.classes.map((name, c): [string, number[]] => [
      `${task.name}=${name}`,
      Array.from({ length: rows }, (_, i) => own[i * classes + c]!),
    ]),
  ];
}
