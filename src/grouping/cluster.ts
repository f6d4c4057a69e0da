import { type CallSpecs, COUNT, choiceOption, type FilledOptions, numberOption, optional, readCall, SEED } from '../options/spec';
import { type Random, random } from '../random/random';
import { type Affinity, checkAffinity, symmetrize } from './affinity';
import { cutTree, hierarchical, type Linkage, type Merge, numberByFirst } from './hierarchical';
import { kMedoids } from './k-medoids';
import { type SharingPlan, sharingPlan } from './sharing-plan';
import { meanSilhouette } from './silhouette';
import { spectral } from './spectral';

/** How tasks are put into groups. */
export type ClusterMethod = 'hierarchical' | 'spectral' | 'k-medoids';

/** Every one of them. */
export const clusterMethods: readonly ClusterMethod[] = ['hierarchical', 'spectral', 'k-medoids'];

/** How the number of groups is chosen. */
export type GroupCountRule = 'silhouette' | 'gap';

/** Options of `clusterTasks`. */
export interface ClusterOptions {
  /** @default 'hierarchical' */
  readonly method?: ClusterMethod;
  /** Linkage of the hierarchical method. @default 'average' */
  readonly linkage?: Linkage;
  /** Number of groups, where it is known; the rule is then not used. @default chosen by the rule */
  readonly groups?: number;
  /** @default 'silhouette' */
  readonly rule?: GroupCountRule;
  /** Most groups to look at. @default tasks - 1 for 'hierarchical', at most 12 else */
  readonly maxGroups?: number;
  /** Shuffled affinities that say what no structure looks like. @default 99 */
  readonly permutations?: number;
  /** Seed of the shuffles. @default 0 */
  readonly seed?: number;
}

const clusterSpecs: CallSpecs<ClusterOptions, 'groups' | 'maxGroups'> = {
  method: choiceOption('hierarchical', clusterMethods, 'how tasks are put into groups'),
  linkage: choiceOption('average', ['average', 'complete', 'single'], 'linkage of the hierarchical method'),
  groups: optional(numberOption(1, 'number of groups', COUNT), 'chosen by the rule'),
  rule: choiceOption('silhouette', ['silhouette', 'gap'], 'how the number of groups is chosen'),
  maxGroups: optional(numberOption(1, 'most groups to look at', COUNT), "tasks - 1 for 'hierarchical', at most 12 else"),
  permutations: numberOption(99, 'shuffled affinities', { ...COUNT, min: 19 }),
  seed: numberOption(0, 'seed of the shuffles', SEED),
};

/** What was seen at one number of groups. */
export interface GroupCount {
  readonly groups: number;
  readonly silhouette: number;
  /** Gap statistic and the standard error of its reference (rule 'gap' only). */
  readonly gap?: number;
  readonly gapError?: number;
}

/** Tasks put into groups by their affinity. Plain data. */
export interface TaskClustering {
  readonly method: ClusterMethod;
  readonly rule: GroupCountRule | 'given';
  readonly tasks: readonly string[];
  /** Group of each task, numbered from 0 by first member. */
  readonly labels: readonly number[];
  readonly plan: SharingPlan;
  /** Whether the tasks fall into groups at all; false where the answer is one group or all alone. */
  readonly structure: boolean;
  /** Share of shuffled affinities that are as transitive; never below 1 / (permutations + 1). */
  readonly p?: number;
  /** By number of groups, rising. */
  readonly counts: readonly GroupCount[];
  /** The dendrogram (hierarchical only). */
  readonly merges?: readonly Merge[];
  /** One sentence saying why these groups. */
  readonly reason: string;
  readonly notes: readonly string[];
}

/** A distance matrix and what the methods need beside it. */
interface Geometry {
  readonly n: number;
  readonly distances: Float64Array;
  readonly similarities: Float64Array;
}

/** Distance = ceiling - affinity; where the measure has no ceiling, the largest affinity seen between two tasks stands in. */
function geometry(values: Float64Array, n: number, affinity: Affinity): Geometry {
  let top = affinity.ceiling ?? Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) top = Math.max(top, values[i * n + j]!);
  const distances = new Float64Array(n * n);
  const similarities = new Float64Array(n * n);
  // With nothing above neutral every task is its own component; any positive self-similarity says so.
  const self = top > affinity.neutral ? top - affinity.neutral : 1;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      distances[i * n + j] = i === j ? 0 : top - values[i * n + j]!;
      similarities[i * n + j] = i === j ? self : Math.max(0, values[i * n + j]! - affinity.neutral);
    }
  }
  return { n, distances, similarities };
}

function clusterer(
  g: Geometry,
  method: ClusterMethod,
  linkage: Linkage,
): { readonly cut: (k: number) => Int32Array; readonly merges?: Merge[] } {
  if (method === 'k-medoids') return { cut: (k) => kMedoids(g.distances, g.n, k) };
  if (method === 'spectral') return { cut: spectral(g.similarities, g.n) };
  const merges = hierarchical(g.distances, g.n, linkage);
  return { cut: (k) => cutTree(merges, g.n, k), merges };
}

/** The affinities between tasks, shuffled: the same values, no groups. */
function shuffled(values: Float64Array, n: number, draw: Random): Float64Array {
  const pairs: [number, number][] = [];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) pairs.push([i, j]);
  const order = draw.permutation(pairs.length);
  const out = Float64Array.from(values);
  pairs.forEach(([i, j], at) => {
    const [a, b] = pairs[order[at]!]!;
    out[i * n + j] = values[a * n + b]!;
    out[j * n + i] = values[a * n + b]!;
  });
  return out;
}

/** Log of the pooled within-cluster dispersion of Tibshirani et al. 2001. */
function logDispersion(distances: Float64Array, labels: Int32Array): number {
  const n = labels.length;
  const size = new Int32Array(n);
  for (const label of labels) size[label]!++;
  let w = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (labels[i] === labels[j]) w += distances[i * n + j]! / (2 * size[labels[i]!]!);
  return Math.log(Math.max(w, Number.MIN_VALUE));
}

/**
 * Lets out of each group the tasks that have nothing to do with it: whose mean affinity with their mates is not above neutral by more
 * than chance. Chance is the half-width of the affinity's intervals, or two standard deviations of the affinities inside the group,
 * over the root of the number of mates.
 */
function letOut(labels: Int32Array, values: Float64Array, half: Float64Array | undefined, neutral: number): Int32Array {
  const n = labels.length;
  const out = Int32Array.from(labels);
  for (const label of new Set(labels)) {
    const members = [...labels.keys()].filter((i) => labels[i] === label);
    const inside = members.flatMap((i) => members.filter((j) => j < i).map((j) => values[i * n + j]!));
    const average = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
    const center = average(inside);
    const spread = 2 * Math.sqrt(inside.reduce((a, v) => a + (v - center) ** 2, 0) / Math.max(1, inside.length - 1));
    for (const i of members) {
      const mates = members.filter((j) => j !== i);
      if (mates.length === 0) continue;
      const width = half === undefined ? spread : average(mates.map((j) => half[i * n + j]!));
      if (!(average(mates.map((j) => values[i * n + j]!)) - width / Math.sqrt(mates.length) > neutral)) out[i] = n + i;
    }
  }
  return numberByFirst(out);
}

/** Mean silhouettes from which Kaufman and Rousseeuw (1990) speak of a weak (they write 0.26) and a reasonable structure (0.51). */
const weakStructure = 0.25;
const strongStructure = 0.5;

/**
 * Puts tasks into groups by their affinity; the direction of an affinity is averaged out, a pair of which nothing is known counts as neutral.
 *
 * The rule. `'silhouette'`: the number of groups from 2 on with the largest mean silhouette. `'gap'` (Tibshirani, Walther and Hastie
 * 2001): the smallest k from 2 on with gap(k) >= gap(k + 1) - s(k + 1), the reference being shuffled affinities instead
 * of uniform points.
 * Either is believed only where there is structure: the best mean silhouette is at least 0.25, and at most 5 % of shuffled affinities
 * are as transitive (sum over triples of the product of the three centered affinities: are the friends of friends friends?). With fewer
 * than 6 tasks, where hardly an arrangement is that rare, the best mean silhouette must be at least 0.5 instead. Without structure all
 * tasks are taken as one group.
 * At last a task leaves its group where its mean affinity with its mates is not above neutral by more than chance: half-width of the
 * affinity's intervals (or, without any, two standard deviations of the affinities inside the group) over the root of the number of mates.
 * So the answer may be one group, all alone, or groups beside tasks alone.
 * @throws RangeError when `groups` or `maxGroups` is not between 1 and the number of tasks
 */
export function clusterTasks(affinity: Affinity, options?: ClusterOptions): TaskClustering {
  checkAffinity(affinity);
  const who = 'clusterTasks';
  const n = affinity.tasks.length;
  if (n === 0) throw new RangeError(`${who}: the affinity has no tasks.`);
  const filled = readCall<ClusterOptions, 'groups' | 'maxGroups'>(who, clusterSpecs, options);
  const { method, linkage, groups, rule, maxGroups } = filled;
  for (const [name, value] of Object.entries({ groups, maxGroups })) {
    if (value !== undefined && value > n) throw new RangeError(`${who}: ${name} must be at most the number of tasks (${n}), got ${value}.`);
  }

  const notes: string[] = [];
  const symmetric = symmetrize(affinity);
  const values = Float64Array.from(symmetric.values.flat());
  const unknown = values.reduce((count, v, at) => count + (Number.isNaN(v) && at % (n + 1) !== 0 ? 1 : 0), 0) / 2;
  if (unknown > 0) notes.push(`${unknown} pairs of tasks have no known affinity and count as neutral`);
  for (let at = 0; at < values.length; at++) if (Number.isNaN(values[at]!)) values[at] = affinity.neutral;
  const low = symmetric.low?.flat();
  const half = low === undefined ? undefined : values.map((v, at) => (Number.isNaN(low[at]!) ? 0 : v - low[at]!));

  const g = geometry(values, n, affinity);
  const { cut, merges } = clusterer(g, method, linkage);
  const most = Math.min(n - 1, maxGroups ?? (method === 'hierarchical' ? n - 1 : 12));
  const ks = Array.from({ length: Math.max(most, 0) }, (_, i) => i + 1);
  const cuts = ks.map(cut);
  const scores = cuts.map((labels) => (labels.length === 0 ? 0 : meanSilhouette(g.distances, labels)));

  const base = { method, tasks: affinity.tasks, ...(merges === undefined ? {} : { merges }), notes };
  const finish = (labels: Int32Array, rest: Pick<TaskClustering, 'rule' | 'structure' | 'p' | 'counts' | 'reason'>): TaskClustering => {
    const members = (label: number): string[] => affinity.tasks.filter((_, i) => labels[i] === label);
    return { ...base, labels: [...labels], plan: sharingPlan([...new Set(labels)].map(members)), ...rest };
  };

  if (groups !== undefined) {
    const counts = ks.map((k, i) => ({ groups: k, silhouette: scores[i]! }));
    const labels = groups === n ? Int32Array.from({ length: n }, (_, i) => i) : cut(groups);
    return finish(labels, { rule: 'given', structure: groups > 1 && groups < n, counts, reason: `${groups} groups were asked for.` });
  }

  const found = chooseGroups(filled, affinity, values, cuts, scores);
  const { structure, why, p, counts } = found;
  const labels = letOut(found.chosen, values, half, affinity.neutral);
  const count = labels.reduce((a, b) => Math.max(a, b), 0) + 1;
  const alone = labels.filter((l) => labels.indexOf(l) === labels.lastIndexOf(l)).length;
  const answer = count === 1 ? 'one group' : count === n ? 'all alone' : `${count - alone} groups and ${alone} tasks alone`;
  const reason = `${answer}: ${why}${structure ? '' : ', so the tasks do not fall into groups'}; a task stays in its group where its affinity with its mates is clearly above ${affinity.neutral}.`;
  return finish(labels, { rule, structure, ...(p === undefined ? {} : { p }), counts, reason });
}

/** How many groups, by the rule. */
interface Choice {
  readonly chosen: Int32Array;
  readonly structure: boolean;
  readonly why: string;
  readonly p: number | undefined;
  readonly counts: readonly GroupCount[];
}

/**
 * Chooses the number of groups, and says whether there is structure at all.
 * @param cuts clusters of each task in 1, 2, ... groups
 * @param scores mean silhouette of each
 */
function chooseGroups(
  { method, linkage, rule, permutations, seed }: FilledOptions<ClusterOptions, 'groups' | 'maxGroups'>,
  affinity: Affinity,
  values: Float64Array,
  cuts: readonly Int32Array[],
  scores: readonly number[],
): Choice {
  const n = affinity.tasks.length;
  const counts = cuts.map((_, i): GroupCount => ({ groups: i + 1, silhouette: scores[i]! }));
  if (cuts.length <= 1)
    return { chosen: new Int32Array(n), structure: false, why: 'too few tasks to look for groups', p: undefined, counts };
  const references = shuffles(values, n, permutations, seed);
  let best = 1;
  for (let i = 2; i < cuts.length; i++) if (scores[i]! > scores[best]!) best = i;
  const gaps =
    rule === 'gap'
      ? gapStatistic(cuts, geometry(values, n, affinity).distances, references, (shuffle) => {
          const reference = geometry(shuffle, n, affinity);
          return { distances: reference.distances, cut: clusterer(reference, method, linkage).cut };
        })
      : undefined;
  const at = gaps
    ? gaps.findIndex(({ gap }, i) => i > 0 && (i + 1 === gaps.length || gap >= gaps[i + 1]!.gap - gaps[i + 1]!.gapError))
    : best;
  const seen = transitivity(values, n);
  const p = (1 + references.filter((shuffle) => transitivity(shuffle, n) >= seen).length) / (1 + permutations);
  const structure = n < 6 ? scores[best]! >= strongStructure : scores[best]! >= weakStructure && p <= 0.05;
  const test = n < 6 ? '' : `, and ${p <= 0.05 ? 'few' : 'many'} shuffled affinities look as structured (p = ${p.toFixed(2)})`;
  const why =
    rule === 'gap'
      ? `the gap statistic stops at ${at + 1} groups${test}`
      : `the best mean silhouette is ${scores[at]!.toFixed(2)} at ${at + 1} groups${test}`;
  return {
    chosen: structure ? cuts[at]! : new Int32Array(n),
    structure,
    why,
    p,
    counts: gaps ? counts.map((count, i) => ({ ...count, ...gaps[i]! })) : counts,
  };
}

function shuffles(values: Float64Array, n: number, permutations: number, seed: number): Float64Array[] {
  const draw = random(seed, 'clusterTasks');
  return Array.from({ length: permutations }, () => shuffled(values, n, draw));
}

/** Sum over triples of tasks of the product of their three affinities, less the mean affinity. */
function transitivity(values: Float64Array, n: number): number {
  let mean = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) mean += values[i * n + j]!;
  mean /= (n * (n - 1)) / 2;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let third = 0;
      for (let k = 0; k < j; k++) third += (values[i * n + k]! - mean) * (values[j * n + k]! - mean);
      sum += (values[i * n + j]! - mean) * third;
    }
  }
  return sum;
}

function gapStatistic(
  cuts: readonly Int32Array[],
  distances: Float64Array,
  references: readonly Float64Array[],
  recluster: (shuffle: Float64Array) => { readonly distances: Float64Array; readonly cut: (k: number) => Int32Array },
): { gap: number; gapError: number }[] {
  const expected = references.map((shuffle) => {
    const reference = recluster(shuffle);
    return cuts.map((_, i) => logDispersion(reference.distances, reference.cut(i + 1)));
  });
  return cuts.map((labels, i) => {
    const mean = expected.reduce((a, row) => a + row[i]!, 0) / expected.length;
    const sd = Math.sqrt(expected.reduce((a, row) => a + (row[i]! - mean) ** 2, 0) / expected.length);
    return { gap: mean - logDispersion(distances, labels), gapError: sd * Math.sqrt(1 + 1 / expected.length) };
  });
}
