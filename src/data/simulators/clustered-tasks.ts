import { type CallSpecs, COUNT, checkOption, choiceOption, flagOption, numberOption, readCall } from '../../options/spec';
import { random } from '../../random/random';
import { kindFactory } from '../../tasks/registry';
import type { TaskSpec } from '../../tasks/task';
import { inner, orthonormal } from './directions';
import { columns, inputNames, type Simulation } from './simulation';
import { featuresOption, noiseOption, rowsOption, seedOption } from './simulation-options';

/** Options of `clusteredTasks`. */
export interface ClusteredTasksOptions {
  /** Number of groups. @default 3 */
  readonly groups?: number;
  /** @default 4 */
  readonly tasksPerGroup?: number;
  /** At least groups + tasks. @default 20 */
  readonly features?: number;
  /** @default 300 */
  readonly rows?: number;
  /** Cosine between the weights of two tasks of a group, in [0, 1]; tasks of different groups have cosine 0. @default 0.8 */
  readonly similarity?: number;
  /** Standard deviation of the noise; that of the signal is 1. @default 0.5 */
  readonly noise?: number;
  /** 'binary': whether signal and noise together are above 0. @default 'regression' */
  readonly kind?: 'regression' | 'binary';
  /** Whether labels depend on sqrt(2) sin(2 x) of each input instead of the input, of which a line explains 15 %. @default false */
  readonly nonLinear?: boolean;
  /** @default 0 */
  readonly seed?: number;
}

const specs: CallSpecs<ClusteredTasksOptions> = {
  groups: numberOption(3, 'groups of tasks', COUNT),
  tasksPerGroup: numberOption(4, 'tasks of a group', COUNT),
  features: featuresOption(20, 1),
  rows: rowsOption(300),
  similarity: numberOption(0.8, "cosine of two tasks' weights within a group", { min: 0, max: 1 }),
  noise: noiseOption(0.5),
  kind: choiceOption('regression', ['regression', 'binary'], 'what the labels are'),
  nonLinear: flagOption(false, 'whether labels depend on a sine of each input'),
  seed: seedOption,
};

/** What generated clustered tasks. */
export interface ClusteredTruth {
  /** Group of each task. */
  readonly groups: Readonly<Record<string, number>>;
  /** Unit weight vector of each task. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

/**
 * Tasks in groups of alike weights: label = weights . inputs + noise, inputs standard normal. The weights' cosines are exact: `similarity`
 * within a group, 0 between groups. Tasks are dealt to groups in turn (task 0 in group 0, task 1 in group 1, ...).
 * With the defaults (similarity 0.8, 300 rows, noise 0.5) independent linear fits, their weights' cosines and `clusterTasks` recover the groups
 * (adjusted Rand index 1), and so does the rank correlation of the labels.
 * @throws RangeError on options out of range
 */
export function clusteredTasks(options?: ClusteredTasksOptions): Simulation<ClusteredTruth> {
  const who = 'clusteredTasks';
  const o = readCall<ClusteredTasksOptions>(who, specs, options);
  checkOption(who, 'features', featuresOption(20, o.groups * (o.tasksPerGroup + 1)), o.features);
  const { link } = kindFactory(o.kind)!.kind;
  const draw = random(o.seed, who);
  const count = o.groups * o.tasksPerGroup;
  const names = Array.from({ length: count }, (_, t) => `task${t}`);
  // One direction per group and one per task, all orthogonal.
  const directions = orthonormal(o.groups + count, o.features, draw.split('weights'));
  const weights = names.map((_, t) => {
    const [common, own] = [directions[t % o.groups]!, directions[o.groups + t]!];
    return common.map((v, f) => Math.sqrt(o.similarity) * v + Math.sqrt(1 - o.similarity) * own[f]!);
  });
  const inputs = inputNames(o.features);
  const input = draw.split('inputs');
  const rows = Array.from({ length: o.rows }, () => inputs.map(() => input.normal()));
  const noise = draw.split('noise');
  const features = o.nonLinear ? rows.map((x) => x.map((v) => Math.SQRT2 * Math.sin(2 * v))) : rows;
  const labels = features.map((x) =>
    weights.map((w) => {
      const y = inner(w, x) + o.noise * noise.normal();
      return link === 'logistic' ? Number(y > 0) : y;
    }),
  );
  const spec: TaskSpec = { kind: o.kind };
  return {
    table: { ...columns(inputs, rows), ...columns(names, labels) },
    tasks: Object.fromEntries(names.map((name) => [name, spec])),
    inputs,
    truth: {
      groups: Object.fromEntries(names.map((name, t) => [name, t % o.groups])),
      weights: Object.fromEntries(names.map((name, t) => [name, weights[t]!])),
    },
    answer: `${o.groups} groups of ${o.tasksPerGroup} tasks: sharing within a group helps, sharing across groups does not.`,
  };
}
