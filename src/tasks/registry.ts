import type { Kind, KindFactory, KindMetric, TaskOptions } from './kind';
import * as registered from './kinds/index';
import type { Task } from './task';

/** Every kind of task by name. */
export const kinds: Readonly<typeof registered> = registered;

const byName = new Map(
  Object.values(registered as unknown as Readonly<Record<string, KindFactory<TaskOptions>>>).map((factory) => [factory.info.name, factory]),
);

/** The names of all kinds of tasks. */
export const kindNames: readonly string[] = [...byName.keys()];

/** A kind by its name; undefined where there is none. */
export function kindFactory(name: string): KindFactory<TaskOptions> | undefined {
  return byName.get(name);
}

/**
 * The kind of a task.
 * @throws RangeError for a name that is not registered
 */
export function kindOf({ kind }: Pick<Task, 'kind'>): Kind {
  const found = byName.get(kind);
  if (!found) throw new RangeError(`There is no kind of task "${kind}"; kinds: ${kindNames.join(', ')}`);
  return found.kind;
}

/** Label cells per row of a task. */
export function cellsOf(task: Task): number {
  return kindOf(task).cells?.(task) ?? 1;
}

/** The metrics that suit a task, the primary one first: the one that was chosen for it, else the first of its kind. */
export function metricsFor(task: Task): KindMetric[] {
  const suited = kindOf(task).metrics.filter(({ suits }) => suits?.(task) ?? true);
  const chosen = suited.filter(({ name }) => name === task.metric);
  return [...chosen, ...suited.filter(({ name }) => name !== task.metric)];
}
