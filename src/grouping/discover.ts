import type { TaskData } from '../data/data-types';
import { mlp } from '../models/encoders/mlp';
import { grouped } from '../models/sharing/grouped';
import { hardSharing } from '../models/sharing/hard-sharing';
import { singleTask } from '../models/sharing/single-task';
import { pick } from '../options/spec';
import { type CompareOptions, compare } from '../study/compare';
import type { Comparison } from '../study/comparison';
import { longWork } from '../training/long-work';
import { settingNames } from '../training/settings';
import { type GroupTasksOptions, groupBy, type TaskGrouping } from './group-tasks';

/** Options of `discover`. */
export interface DiscoverOptions extends GroupTasksOptions {
  /**
   * Options of the comparison that judges the groups; its seeds are further ones than those of the affinity.
   * @default 10 seeds, which give odds, and the groups as the method that is looked at first; else as for the affinity
   */
  readonly compare?: Omit<CompareOptions, 'methods'>;
}

/** What `discover` found. */
export interface Discovery {
  readonly grouping: TaskGrouping;
  /** Every task alone, all tasks together, and the groups: `comparison.recommend()` is what to train, by the odds, and why. */
  readonly comparison: Comparison;
}

/**
 * From data to a judged grouping in one call: measures affinity, groups the tasks, trains the groups anew and compares them with all tasks
 * alone and all tasks together; shows its progress.
 *
 * The comparison draws other seeds, and thus other splits, than the affinity was measured on; the rows are the same, so a gain of the groups
 * is somewhat flattered where there are few.
 * @param data made by `taskData`, at least two tasks
 * @throws as `groupTasks` and `compare`
 * @example
 * const { grouping, comparison } = await discover(data, { measure: 'tag', trunk: mlp([64, 32]) });
 */
export async function discover(data: TaskData, options: DiscoverOptions = {}): Promise<Discovery> {
  return longWork(options, (own) => runDiscover(data, own));
}

async function runDiscover(data: TaskData, options: DiscoverOptions): Promise<Discovery> {
  const { compare: judging = {}, ...rest } = options;
  const trunk = options.trunk ?? mlp([64, 32]);
  const grouping = await groupBy('discover', ['compare'], data, { ...rest, trunk });
  const measured = options.seeds ?? 3;
  const count = typeof judging.seeds === 'number' ? judging.seeds : 10;
  const seeds = Array.isArray(judging.seeds) ? judging.seeds : Array.from({ length: count }, (_, i) => measured + i);
  const shared = pick(options, [...settingNames, 'directory']);
  const comparison = await compare(data, {
    epochs: 60,
    primary: 'groups',
    ...shared,
    ...judging,
    ...(judging.splits === undefined ? { seeds } : {}),
    methods: { alone: singleTask(trunk), together: hardSharing(trunk), groups: grouped(grouping.plan, trunk) },
  });
  return { grouping, comparison };
}
