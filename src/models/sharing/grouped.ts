import { checkNumber } from '../../options/check';
import type { OptionSpec } from '../../options/spec';
import type { Task } from '../../tasks/task';
import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import type { Encoder, TaskGroup } from '../network/network';
import { type TowerOptions, towerOption } from '../network/towers';
import { buildHardSharing } from './hard-sharing';
import { plannedTask, planPaper } from './plan-tasks';

/**
 * Which tasks share a network: names of the tasks that it learns and of those that it predicts, optionally with a fixed weight, above 0, for
 * the loss of each task in `train`, in its order. What `groupTasks`, `sharingPlan` and `auxiliaryWeights` return.
 */
export interface NetworkPlan {
  readonly groups: readonly {
    readonly train: readonly string[];
    readonly serve: readonly string[];
    readonly weights?: readonly number[];
  }[];
}

function planOption(): OptionSpec<NetworkPlan> {
  const type = '{ groups: [{ train, serve, weights? }, ...] }';
  return {
    type,
    default: { groups: [] },
    doc: 'the networks, by the tasks they learn and predict; no group: all tasks together',
    fault(value) {
      const groups = (value as NetworkPlan | null)?.groups;
      const whole =
        Array.isArray(groups) &&
        groups.every(
          (group) =>
            Array.isArray(group?.train) && Array.isArray(group?.serve) && (group.weights === undefined || Array.isArray(group.weights)),
        );
      return whole ? undefined : { kind: 'type', expected: type };
    },
  };
}

/** The plan's groups by task indices. */
function groupsOf(plan: NetworkPlan, tasks: readonly Task[]): TaskGroup[] {
  const names = tasks.map(({ name }) => name);
  if (plan.groups.length === 0) {
    const every = [...names.keys()];
    return [{ train: every, serve: every }];
  }
  const index = (name: string): number => plannedTask('grouped: the plan', names, name);
  const groups = plan.groups.map(({ train, serve, weights }, g): TaskGroup => {
    const learned = train.map(index);
    const sorted = [...learned].sort((a, b) => a - b);
    if (weights === undefined) return { train: sorted, serve: serve.map(index) };
    if (weights.length !== train.length)
      throw new RangeError(
        `grouped: groups[${g}].weights must be one weight for each task in "train", ${train.length}, got ${weights.length}`,
      );
    for (const [i, weight] of weights.entries()) checkNumber('grouped', `groups[${g}].weights[${i}]`, weight, Number.MIN_VALUE);
    return { train: sorted, serve: serve.map(index), weights: sorted.map((t) => weights[learned.indexOf(t)]!) };
  });
  for (const [t, name] of names.entries()) {
    const serving = groups.filter(({ serve }) => serve.includes(t)).length;
    if (serving !== 1)
      throw new RangeError(`grouped: task "${name}" is predicted by ${serving} networks of the plan, expected exactly one`);
  }
  for (const { train, serve } of groups) {
    const untrained = serve.find((t) => !train.includes(t));
    if (untrained !== undefined)
      throw new RangeError(`grouped: a network predicts task "${names[untrained]}" without learning it; add it to "train"`);
  }
  return groups;
}

/**
 * Task grouping: one hard-sharing network per group of a plan, each trained on its own (Standley et al. 2020, 1905.07553). A task may train
 * alone, or help in a network that does not predict it, with a smaller weight where the plan says so.
 *
 * Parameters: in every network those of `hardSharing`.
 * @param plan the groups, from `groupTasks`, `sharingPlan` or by hand; without any, all tasks share one network
 * @param trunk the encoder of every network
 * @throws RangeError, when a network is built, for a plan that does not suit the tasks; where a plan has weights and `.with(...)` balances
 *   the tasks, too
 */
export const grouped: ArchitectureFactory<[plan: NetworkPlan, trunk: Encoder, options?: TowerOptions]> = defineArchitecture({
  name: 'grouped',
  title: 'Task grouping',
  paper: planPaper,
  encoder: 'trunk',
  options: { plan: planOption(), trunk: encoderOption('the encoder of every network'), tower: towerOption() },
  read: (plan: NetworkPlan, trunk: Encoder, options?: TowerOptions) => ({ ...withTrunk('grouped', trunk, options), plan }),
  partition: (tasks, { plan }) => groupsOf(plan, tasks),
  build: (problem, { trunk, tower }) => buildHardSharing(trunk, tower, problem),
});
