import { didYouMean } from '../options/check';

/** One network of a plan: the tasks it is trained on, and the tasks whose predictions are taken from it. */
export interface SharingGroup {
  /** Tasks predicted by this network; each task of the data is served by exactly one network. */
  readonly serve: readonly string[];
  /** Tasks trained in this network: those it serves, and helper tasks that are trained here but served elsewhere. */
  readonly train: readonly string[];
  /** A name for tables and plots. */
  readonly name?: string;
}

/**
 * Which tasks share a network. Plain data: what a planner returns and what architectures take, safe to write as JSON.
 * The split into `serve` and `train` is that of Standley et al. 2020 (1905.07553) and Fifty et al. 2021 (2109.04617), where a
 * network may learn a task only for the good of the others.
 */
export interface SharingPlan {
  readonly groups: readonly SharingGroup[];
}

/** How a group may be written by hand: the tasks that share (trained and served), or the full form. */
export type GroupInput =
  | readonly string[]
  | { readonly serve: readonly string[]; readonly train?: readonly string[]; readonly name?: string };

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((v) => typeof v === 'string');
}

function group(input: unknown, at: number): SharingGroup {
  if (isNames(input)) return { serve: [...input], train: [...input] };
  const { serve, train = serve, name, ...rest } = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
  if (!isNames(serve) || !isNames(train) || (name !== undefined && typeof name !== 'string') || Object.keys(rest).length > 0) {
    throw new TypeError(
      `sharing plan: groups[${at}] must be an array of task names or { serve, train?, name? } with arrays of task names, got ${JSON.stringify(input)}.`,
    );
  }
  return { serve: [...serve], train: [...train], ...(name === undefined ? {} : { name }) };
}

function checkGroup(g: SharingGroup, at: number): void {
  const label = g.name === undefined ? `groups[${at}]` : `groups[${at}] ('${g.name}')`;
  if (g.serve.length === 0) throw new RangeError(`sharing plan: ${label} serves no task; remove it.`);
  for (const list of [g.serve, g.train]) {
    const twice = list.find((t, i) => list.indexOf(t) !== i);
    if (twice !== undefined) throw new RangeError(`sharing plan: ${label} names task '${twice}' twice.`);
  }
  const untrained = g.serve.find((t) => !g.train.includes(t));
  if (untrained !== undefined) {
    throw new RangeError(
      `sharing plan: ${label} serves task '${untrained}' without training it; add it to 'train' or remove it from 'serve'.`,
    );
  }
}

/**
 * A plan from its groups.
 * @param groups `[['a', 'b'], ['c']]`, or full groups where some tasks only help: `[{ serve: ['a'], train: ['a', 'c'] }, ['c']]`
 * @throws TypeError when a group is neither form
 * @throws RangeError when a group serves nothing, serves what it does not train, or a task is served twice
 */
export function sharingPlan(groups: readonly GroupInput[]): SharingPlan {
  if (!Array.isArray(groups)) throw new TypeError(`sharing plan: groups must be an array of groups, got ${JSON.stringify(groups)}.`);
  const full = groups.map(group);
  const servedBy = new Map<string, number>();
  full.forEach((g, at) => {
    checkGroup(g, at);
    for (const t of g.serve) {
      const other = servedBy.get(t);
      if (other !== undefined) {
        throw new RangeError(
          `sharing plan: task '${t}' is served by groups[${other}] and groups[${at}]; keep it in 'serve' of one and in 'train' of the other.`,
        );
      }
      servedBy.set(t, at);
    }
  });
  return { groups: full };
}

/**
 * Checks a plan against the tasks of the data and returns it in full form.
 * @param plan the plan, from `sharingPlan`, a planner or JSON
 * @param tasks names of the data's tasks
 * @throws TypeError when the plan is malformed
 * @throws RangeError when it names an unknown task or leaves a task unserved
 */
export function checkPlan(plan: SharingPlan, tasks: readonly string[]): SharingPlan {
  if (typeof plan !== 'object' || plan === null || !Array.isArray(plan.groups)) {
    throw new TypeError(`sharing plan: expected { groups: [...] }, got ${JSON.stringify(plan)}.`);
  }
  const full = sharingPlan(plan.groups);
  full.groups.forEach((g, at) => {
    for (const t of g.train) {
      if (!tasks.includes(t)) {
        throw new RangeError(`sharing plan: groups[${at}] names unknown task '${t}'${didYouMean(t, tasks)}; tasks: ${tasks.join(', ')}.`);
      }
    }
  });
  const missing = tasks.filter((t) => !full.groups.some((g) => g.serve.includes(t)));
  if (missing.length > 0) {
    throw new RangeError(
      `sharing plan: no group serves ${missing.map((t) => `'${t}'`).join(', ')}; add a group such as ['${missing[0]}'].`,
    );
  }
  return full;
}

/**
 * Reads a plan written with `JSON.stringify`.
 * @throws SyntaxError when the text is no JSON
 * @throws TypeError or RangeError when it is no plan
 */
export function parsePlan(json: string): SharingPlan {
  const value = JSON.parse(json) as { groups?: readonly GroupInput[] } | null;
  if (typeof value !== 'object' || value === null || value.groups === undefined) {
    throw new TypeError(`sharing plan: expected JSON like {"groups":[["a","b"],["c"]]}, got ${json.slice(0, 80)}.`);
  }
  return sharingPlan(value.groups);
}

/** The plan in which all tasks share one network. */
export function allTogether(tasks: readonly string[]): SharingPlan {
  return sharingPlan([tasks]);
}

/** The plan in which each task has its own network. */
export function allAlone(tasks: readonly string[]): SharingPlan {
  return sharingPlan(tasks.map((t) => [t]));
}
