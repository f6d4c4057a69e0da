import {
  clustered,
  graphRegularized,
  jointFeatures,
  type LinearFit,
  type LinearTask,
  lasso,
  meanRegularized,
  type Penalty,
  ridge,
  traceNorm,
} from '../../linear';
import { choosingLambda, fittingLinear, linearProblem } from '../../linear/fit-linear';
import { fittingGoMtl } from '../../linear/go-mtl';
import { pooledProblem } from '../../linear/pooled-ridge';
import { choiceOption, nullableNumberOption, numberOption, type OptionSpec } from '../../options/spec';
import type { Steps } from '../../steps';
import type { Task } from '../../tasks/task';
import { type ArchitectureFactory, defineArchitecture } from '../define-architecture';
import { flattenRows, sizeOf } from '../network/features';
import { heads } from '../network/heads';
import type { LabeledRows, SolvableProblem, TaskGroup } from '../network/network';
import { checkLinearInput, checkLinearTasks, lossOf, ROUGH } from './linear-tasks';

/**
 * What ties the tasks' weights together: nothing (`ridge`, `lasso`: anchors), their mean (Evgeniou and Pontil 2004), the features they use
 * (L2,1 norm, Obozinski et al. 2010), a common subspace (`traceNorm`, Argyriou et al. 2008), groups (Jacob et al. 2008), a graph
 * (Evgeniou et al. 2005), sparse codes of latent tasks (`goMtl`, Kumar and Daume 2012); or one model for the rows of all tasks (`pooled`).
 */
export type LinearMtlKind =
  | 'ridge'
  | 'lasso'
  | 'meanRegularized'
  | 'jointFeatures'
  | 'traceNorm'
  | 'clustered'
  | 'graphRegularized'
  | 'goMtl'
  | 'pooled';

const KINDS: readonly LinearMtlKind[] = [
  'ridge',
  'lasso',
  'meanRegularized',
  'jointFeatures',
  'traceNorm',
  'clustered',
  'graphRegularized',
  'goMtl',
  'pooled',
];

/** How strongly pairs of tasks are tied; an `Affinity` is one. */
export interface TaskGraph {
  readonly tasks: readonly string[];
  /** `[tasks, tasks]`; both directions are averaged, what is negative or unknown (NaN) ties nothing, the diagonal is not read. */
  readonly values: readonly (readonly number[])[];
}

/** Options of `linearMtl`. */
export interface LinearMtlOptions {
  /** Strength of the penalty; null: chosen on the validation rows, or by cross-validation over the training rows where there are none. @default null */
  readonly lambda?: number | null;
  /** Strength of a plain ridge beside the penalty; null: 0 (`goMtl`: 1e-3 of the data's mean curvature). @default null */
  readonly ridge?: number | null;
  /** Folds of the cross-validation. @default 5 */
  readonly folds?: number;
  /** Number of groups (`clustered`; 3 where null). @default null */
  readonly groups?: number | null;
  /** Number of latent tasks (`goMtl`; 3 where null). @default null */
  readonly latent?: number | null;
  /** Which tasks are tied (`graphRegularized`; must be given there). @default null */
  readonly graph?: TaskGraph | null;
}

type Options = LinearMtlOptions & { readonly kind: LinearMtlKind };

function graphOption(): OptionSpec<TaskGraph | null> {
  const type = '{ tasks: [names], values: [tasks, tasks] } | null';
  return {
    type,
    default: null,
    doc: 'which tasks are tied (graphRegularized), for instance an affinity',
    fault(value) {
      if (value === null) return undefined;
      const { tasks, values } = value as Partial<TaskGraph>;
      const square =
        Array.isArray(tasks) &&
        Array.isArray(values) &&
        values.length === tasks.length &&
        values.every((row) => Array.isArray(row) && row.length === tasks.length);
      return square ? undefined : { kind: 'type', expected: type };
    },
  };
}

/** Most alternating steps of `goMtl` at one lambda: the last digits of the objective would take several times as long. */
const GO_MTL_ITERATIONS = 1000;

/** Options that only one kind reads. */
const OWN: Readonly<Record<'groups' | 'latent' | 'graph', LinearMtlKind>> = {
  groups: 'clustered',
  latent: 'goMtl',
  graph: 'graphRegularized',
};

function checkOwn(options: Required<Options>): void {
  for (const [name, kind] of Object.entries(OWN) as [keyof typeof OWN, LinearMtlKind][]) {
    if (options[name] !== null && options.kind !== kind)
      throw new TypeError(`linearMtl: option "${name}" belongs to the kind "${kind}", got the kind "${options.kind}"; leave it out`);
  }
  if (options.kind === 'graphRegularized' && options.graph === null)
    throw new TypeError('linearMtl: the kind "graphRegularized" needs the option "graph", for instance an affinity of the tasks');
}

/** The tasks by their loss: those of one loss are learned together. */
function groupsOf(tasks: readonly Task[]): TaskGroup[] {
  checkLinearTasks('linearMtl', tasks);
  return (['logistic', 'squared'] as const).flatMap((loss) => {
    const train = tasks.flatMap((task, t) => (lossOf(task) === loss ? [t] : []));
    return train.length > 0 ? [{ train, serve: train }] : [];
  });
}

/** The graph's weights among some tasks. */
function tiesOf({ tasks, values }: TaskGraph, names: readonly string[]): number[][] {
  const at = names.map((name) => {
    const index = tasks.indexOf(name);
    if (index < 0) throw new RangeError(`linearMtl: the graph lacks task "${name}"; it has ${tasks.join(', ')}`);
    return index;
  });
  const tie = (i: number, j: number): number => {
    const known = [values[i]![j]!, values[j]![i]!].filter(Number.isFinite);
    return Math.max(0, known.reduce((a, b) => a + b, 0) / Math.max(1, known.length));
  };
  return at.map((i) => at.map((j) => (i === j ? 0 : tie(i, j))));
}

function penaltyOf({ kind, groups, graph }: Required<Options>, names: readonly string[]): Penalty {
  switch (kind) {
    case 'lasso':
      return lasso();
    case 'meanRegularized':
      return meanRegularized();
    case 'jointFeatures':
      return jointFeatures();
    case 'traceNorm':
      return traceNorm();
    case 'clustered':
      return clustered(groups === null ? {} : { groups });
    case 'graphRegularized':
      return graphRegularized(tiesOf(graph!, names));
    default:
      return ridge();
  }
}

function linearTasks(tasks: readonly Task[], { inputs, labels }: LabeledRows): LinearTask[] {
  const rows = [...inputs.keys()];
  return tasks.map(({ name }, t) => ({ name, inputs, labels: labels[t]!, rows }));
}

function* solve({ tasks, train, validation, seed }: SolvableProblem, options: Required<Options>): Steps<LinearFit> {
  const judged = validation.labels.some((labels) => labels.some((v) => !Number.isNaN(v)));
  const settings = {
    loss: lossOf(tasks[0]!),
    folds: options.folds,
    seed,
    ...(options.lambda === null ? {} : { lambda: options.lambda }),
    ...(options.ridge === null ? {} : { ridge: options.ridge }),
    ...(judged ? { validation: linearTasks(tasks, validation) } : {}),
  };
  const rows = linearTasks(tasks, train);
  if (options.kind === 'goMtl') {
    const { latent } = options;
    return yield* fittingGoMtl(rows, { ...settings, maxIterations: GO_MTL_ITERATIONS, ...(latent === null ? {} : { latent }) });
  }
  const names = tasks.map(({ name }) => name);
  const problem = options.kind === 'pooled' ? pooledProblem : linearProblem(penaltyOf(options, names));
  if (settings.loss === 'squared' || options.lambda !== null) return yield* fittingLinear(problem, rows, settings);
  const lambda = yield* choosingLambda(problem, rows, { ...settings, ...ROUGH });
  return yield* fittingLinear(problem, rows, { ...settings, lambda });
}

/**
 * Linear multi-task learning by convex optimization (`goMtl`: alternating): a linear model per task on the encoded inputs, without a
 * network and without epochs, as a fast and exact anchor. See `linear` for the methods themselves.
 *
 * Least squares for regression tasks (their labels standardized), logistic loss for binary ones; tasks of one loss are learned together.
 * Parameters: `heads/weights` `[features, tasks]`, `heads/bias` `[1, tasks]`.
 * @param kind what ties the tasks together
 * @throws TypeError for an option of another kind; when it is trained, RangeError for multiclass and tagging tasks and for class weights
 * @example
 * const comparison = await compare(data, { methods: { alone: linearMtl('ridge'), joint: linearMtl('jointFeatures') } });
 */
export const linearMtl: ArchitectureFactory<[kind: LinearMtlKind, options?: LinearMtlOptions]> = defineArchitecture({
  name: 'linearMtl',
  title: 'Linear multi-task learning',
  paper: { authors: 'Evgeniou, Pontil', year: 2004, title: 'Regularized Multi-Task Learning' },
  options: {
    kind: choiceOption('meanRegularized', KINDS, 'what ties the weights of the tasks together'),
    lambda: nullableNumberOption(null, 'strength of the penalty; null: chosen on validation rows or by cross-validation', { min: 0 }),
    ridge: nullableNumberOption(null, 'strength of a plain ridge beside the penalty; null: 0 (goMtl: 1e-3 of the mean curvature)', {
      min: 0,
    }),
    folds: numberOption(5, 'folds of the cross-validation', { integer: true, min: 2 }),
    groups: nullableNumberOption(null, 'number of groups (clustered; null: 3)', { integer: true, min: 1 }),
    latent: nullableNumberOption(null, 'number of latent tasks (goMtl; null: 3)', { integer: true, min: 1 }),
    graph: graphOption(),
  },
  check: checkOwn,
  read(kind: LinearMtlKind, options?: LinearMtlOptions): Options {
    const graph = options?.graph;
    const plain = graph ? { graph: { tasks: graph.tasks, values: graph.values } } : {};
    return { ...options, ...plain, kind };
  },
  partition: groupsOf,
  build({ input, tasks }) {
    checkLinearInput('linearMtl', input);
    const top = heads({ shape: [sizeOf(input.shape)], sequence: false }, tasks);
    return { parameters: top.parameters, forward: (values, x) => top.apply(values, flattenRows(x)) };
  },
  *solve(problem, options) {
    const { weights, intercepts } = yield* solve(problem, options);
    const features = weights[0]!.length;
    const byFeature = Float32Array.from(
      { length: features * weights.length },
      (_, at) => weights[at % weights.length]![Math.floor(at / weights.length)]!,
    );
    return [byFeature, Float32Array.from(intercepts)];
  },
});
