import { type Affinity, checkAffinity } from './affinity';
import { harmOdds } from './harm-odds';

/** Estimates of what each task gains in each possible network. */
export interface GroupScores {
  readonly tasks: readonly string[];
  /**
   * Gain of a task in the network trained on `members`, larger = better; negative infinity where the network is not to be had.
   * @param task index of the task, one of the members
   * @param members indices of the network's tasks, rising
   */
  gain(task: number, members: readonly number[]): number;
  /** Whether `from` is likely to harm `on`, by the odds: it is then no helper of it. @default never */
  harms?(from: number, on: number): boolean;
}

/**
 * Gains of whole groups from an affinity between pairs, as the mean over the task's mates of their affinity on it: the higher-order
 * approximation of Standley et al. 2020 (1905.07553), used by Fifty et al. 2021 (2109.04617) on TAG. A task alone gains the affinity's
 * neutral value. Pairs of which nothing is known count as neutral. Where the affinity is a share of the error in 10 runs or more, `harms` says by
 * a hierarchical model who is no helper of whom.
 */
export function pairwiseScores(affinity: Affinity): GroupScores {
  checkAffinity(affinity);
  const values = affinity.values.map((row) => row.map((v) => (Number.isNaN(v) ? affinity.neutral : v)));
  const odds = harmOdds(affinity);
  return {
    tasks: affinity.tasks,
    ...(odds ? { harms: odds.harms } : {}),
    gain(task, members) {
      if (members.length < 2) return affinity.neutral;
      let sum = 0;
      for (const from of members) if (from !== task) sum += values[from]![task]!;
      return sum / (members.length - 1);
    },
  };
}

/** One network that was trained: its tasks and the error of each, in the same order. Lower is better. */
export interface MeasuredGroup {
  readonly tasks: readonly string[];
  readonly errors: readonly number[];
}

/**
 * Gains from networks that were really trained (the exhaustive search of Standley et al. 2020): the share by which the group lowers the
 * task's error when trained alone. Only measured groups can be chosen.
 * @param groups must hold every task alone
 * @throws RangeError when a group names an unknown task or a task was not measured alone
 */
export function measuredScores(tasks: readonly string[], groups: readonly MeasuredGroup[]): GroupScores {
  const table = new Map<string, number[]>();
  for (const group of groups) {
    const at = group.tasks.map((t) => tasks.indexOf(t));
    const unknown = group.tasks.find((_, i) => at[i]! < 0);
    if (unknown !== undefined) throw new RangeError(`measuredScores: unknown task '${unknown}'; tasks: ${tasks.join(', ')}.`);
    if (group.errors.length !== at.length)
      throw new TypeError(`measuredScores: the group ${group.tasks.join(', ')} needs ${at.length} errors, got ${group.errors.length}.`);
    const order = [...at.keys()].sort((a, b) => at[a]! - at[b]!);
    table.set(
      order.map((i) => at[i]!).join(),
      order.map((i) => group.errors[i]!),
    );
  }
  const alone = tasks.map((t, i) => {
    const error = table.get(`${i}`)?.[0];
    if (error === undefined || !(error > 0))
      throw new RangeError(`measuredScores: '${t}' must be measured alone with a positive error, got ${error}.`);
    return error;
  });
  return {
    tasks,
    gain(task, members) {
      const errors = table.get(members.join());
      return errors === undefined ? Number.NEGATIVE_INFINITY : 1 - errors[members.indexOf(task)]! / alone[task]!;
    },
  };
}
