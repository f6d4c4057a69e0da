import type { TaskData } from '../data/data-types';
import { type CallSpecs, COUNT, choiceOption, numberOption, optional, optionalOption, pick, readCall } from '../options/spec';
import { dendrogram } from '../plots/dendrogram';
import type { Figure } from '../plots/figure';
import { matrix } from '../plots/matrix';
import { FEWEST_FOR_PROBABILITIES } from '../study/answers';
import { planOf } from '../study/task-influence';
import { percent } from '../study/words';
import { longWork } from '../training/long-work';
import type { Affinity } from './affinity';
import { type ClusterMethod, clusterMethods, clusterTasks, type TaskClustering } from './cluster';
import { pairwiseScores } from './group-scores';
import { HARM_MARGIN, harmOdds } from './harm-odds';
import { type GroupPlan, planGroups } from './plan';
import { type SharingPlan, sharingPlan } from './sharing-plan';
import { measureAffinity, type TaskAffinityOptions } from './task-affinity';

/** Options of `groupTasks`. */
export interface GroupTasksOptions extends TaskAffinityOptions {
  /**
   * `clusters`: groups by clustering the affinity, their number chosen by a stated rule; `search`: the plan of at most `budget` networks with
   * the largest expected gain. @default 'clusters'
   */
  readonly by?: 'clusters' | 'search';
  /** Most networks (`search`) or number of groups (`clusters`). @default chosen */
  readonly budget?: number;
  /** How tasks are clustered. @default 'hierarchical' */
  readonly method?: ClusterMethod;
  /** An affinity that was measured before. @default measured by the other options */
  readonly affinity?: Affinity;
}

type OwnOptions = Omit<GroupTasksOptions, keyof TaskAffinityOptions>;

const ownSpecs: CallSpecs<OwnOptions, 'budget' | 'method' | 'affinity'> = {
  by: choiceOption('clusters', ['clusters', 'search'], 'how groups are found'),
  budget: optional(numberOption(1, 'most networks, or number of groups', COUNT), 'chosen'),
  method: optional(choiceOption('hierarchical', clusterMethods, 'how tasks are clustered'), 'hierarchical'),
  affinity: optionalOption('affinity', 'one that was measured before', (value) =>
    Array.isArray((value as Affinity | null)?.values) ? undefined : 'type',
  ),
};

const ownNames = Object.keys(ownSpecs) as (keyof OwnOptions)[];

/** Which tasks should share a network, and why. */
export interface TaskGrouping {
  /** Give it to `grouped(plan, trunk)`. */
  readonly plan: SharingPlan;
  readonly affinity: Affinity;
  /** Sentences. */
  readonly reasons: readonly string[];
  readonly clustering?: TaskClustering;
  readonly search?: GroupPlan;
  readonly plot: {
    /** The affinity with its intervals. */
    matrix(): Figure;
    /** How tasks merge; only by hierarchical clustering. */
    dendrogram(): Figure;
  };
  toString(): string;
}

/**
 * Finds which tasks belong together: measures their affinity, then groups them; shows its progress. With a measure of errors (`pairwise`,
 * `leave-one-out`) and 10 seeds or more, a task is trained without a mate that is likely to harm it: by a hierarchical model of all its mates more
 * likely to cost it something than not, with more than one chance in ten of more than 2 % of its error.
 * @param data made by `taskData`, at least two tasks
 * @throws as `taskAffinity`; RangeError for an unknown `by`
 * @example
 * const { plan } = await groupTasks(data, { measure: 'tag' });
 * const comparison = await compare(data, { methods: { single: singleTask(trunk), groups: grouped(plan, trunk) } });
 */
export async function groupTasks(data: TaskData, options: GroupTasksOptions = {}): Promise<TaskGrouping> {
  return longWork(options, (own) => runGroupTasks(data, own));
}

async function runGroupTasks(data: TaskData, options: GroupTasksOptions): Promise<TaskGrouping> {
  return groupBy('groupTasks', [], data, options);
}

/**
 * `groupTasks` for a function that takes its options among others.
 * @param who the function that the user called, for messages
 * @param others names of its other options, which are none of `options`
 */
export async function groupBy(who: string, others: readonly string[], data: TaskData, options: GroupTasksOptions): Promise<TaskGrouping> {
  if ('architecture' in options)
    throw new TypeError(
      `${who}(data, options): options must be an object such as { trunk: mlp([64]) }, got a method; give its encoder as trunk`,
    );
  const { by: _, budget: __, method: ___, affinity: ____, ...rest } = options;
  const {
    by,
    budget,
    method,
    affinity: given,
  } = readCall<OwnOptions, 'budget' | 'method' | 'affinity'>(who, ownSpecs, pick(options, ownNames));
  const size = given?.tasks.length ?? data.tasks.length;
  if (by === 'clusters' && budget !== undefined && budget > size)
    throw new RangeError(`${who}: budget must be at most the number of tasks, ${size}, got ${budget}`);
  const affinity = given ?? (await measureAffinity(who, [...others, ...ownNames], data, rest));
  const found = withoutHarm(by === 'clusters' ? byClusters(affinity, budget, method) : bySearch(affinity, budget), affinity, budget);
  const text = (): string =>
    [...found.plan.groups.map(({ train }, i) => `group ${i + 1}: ${train.join(', ')}`), ...found.reasons].join('\n');
  const grouping: TaskGrouping = {
    ...found,
    affinity,
    plot: {
      matrix: () =>
        matrix(
          {
            rows: affinity.tasks,
            columns: affinity.tasks,
            values: affinity.values,
            ...(affinity.low && affinity.high ? { low: affinity.low, high: affinity.high } : {}),
          },
          { title: `Task affinity (${affinity.kind})` },
        ),
      dendrogram() {
        const merges = found.clustering?.merges;
        if (!merges) throw new RangeError('groupTasks: a dendrogram needs by "clusters" with method "hierarchical"');
        return dendrogram({ labels: affinity.tasks, merges });
      },
    },
    toString: text,
  };
  return Object.defineProperty(grouping, Symbol.for('nodejs.util.inspect.custom'), { value: text });
}

type Found = Pick<TaskGrouping, 'plan' | 'reasons' | 'clustering' | 'search'>;

/**
 * Drops from each task's network the mates that are likely to harm it, by the odds, and says so; tasks that keep the same mates still share a
 * network. Not where that takes more networks than `budget`.
 */
function withoutHarm(found: Found, affinity: Affinity, budget: number | undefined): Found {
  const odds = harmOdds(affinity);
  const said = (...reasons: readonly string[]): Found => ({ ...found, reasons: [...found.reasons, ...reasons] });
  const { tasks, kind, runs } = affinity;
  if (!odds) {
    if (kind !== 'pairwise' && kind !== 'leave-one-out') return found;
    return said(`Groups follow the mean affinity: ${runs ?? 'fewer than 2'} runs give no odds of harm, ${FEWEST_FOR_PROBABILITIES} do.`);
  }
  const reasons: string[] = [];
  const groups = found.plan.groups.flatMap(
    ({ serve, train }) =>
      planOf(serve, (task) => {
        const on = tasks.indexOf(task);
        const dropped = train.filter((mate) => mate !== task && odds.harms(tasks.indexOf(mate), on));
        for (const mate of dropped) {
          const { pGain, pHarm } = odds.of(tasks.indexOf(mate), on)!;
          reasons.push(
            `${task} is trained without ${mate}, which has a risk of ${percent(pHarm)} of costing it more than ${100 * HARM_MARGIN} % of its error, and a chance of ${percent(pGain)} of a gain.`,
          );
        }
        return { train: train.filter((mate) => !dropped.includes(mate)) };
      }).groups,
  );
  if (reasons.length === 0) return said('No mate is dropped: none is likely to harm another in its group.');
  if (budget !== undefined && groups.length > budget)
    return said(`The budget of ${budget} keeps tasks together though some are likely to be harmed; without it: ${reasons.join(' ')}`);
  return { ...said(...reasons), plan: sharingPlan(groups) };
}

function byClusters(affinity: Affinity, groups: number | undefined, method: ClusterMethod | undefined): Found {
  const clustering = clusterTasks(affinity, { ...(groups === undefined ? {} : { groups }), ...(method === undefined ? {} : { method }) });
  return { plan: clustering.plan, clustering, reasons: [clustering.reason, ...affinity.notes] };
}

function bySearch(affinity: Affinity, budget: number | undefined): Found {
  const search = planGroups(pairwiseScores(affinity), budget === undefined ? {} : { budget });
  const networks = `${search.plan.groups.length} network${search.plan.groups.length === 1 ? '' : 's'}`;
  const reason = `The ${search.search} search expects ${networks} to gain ${Number(search.score.toPrecision(3))} in all, by the mean affinity of each task's mates.`;
  return { plan: search.plan, search, reasons: [reason, ...affinity.notes] };
}
