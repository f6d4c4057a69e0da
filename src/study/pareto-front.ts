import { fixed } from '../balancing/weightings/fixed';
import type { TaskData } from '../data/task-data';
import type { Method } from '../models/method';
import { didYouMean } from '../options/check';
import { type CallSpecs, COUNT, checkOption, numberOption, type OptionalSpec, optional, optionalOption } from '../options/spec';
import type { Figure } from '../plots/figure';
import type { MimeBundle } from '../plots/mime';
import { paretoFront as frontOf, pareto } from '../plots/pareto';
import type { Cell, Table } from '../plots/table';
import { checkMethod } from '../training/fit';
import { longWork } from '../training/long-work';
import type { Comparison } from './comparison';
import type { ComparisonData } from './comparison-data';
import { displayable } from './displayable';
import { type DesignOptions, planObservations } from './observations';
import { type AbsentStudyCallOptions, readStudyCall, runStudy, type StudyOptions, studyCallSpecs } from './run-study';
import { correctedTTest, hypervolume, type Interval, mean, standardDeviation } from './statistics';
import { withTasks } from './subset';
import { finite, valuesOf } from './values';

/** Options of `paretoFront`: those of `compare`, with a base method whose losses are weighed. */
export interface ParetoFrontOptions extends Omit<StudyOptions, 'methods' | 'tune' | 'baseline'>, DesignOptions {
  /** The method that is trained with every weight vector, for instance `hardSharing(mlp([64]))`. */
  readonly method: Method;
  /** Two or more tasks whose trade-off is drawn; only these are trained. @default all tasks */
  readonly tasks?: readonly string[];
  /** Steps of the weight grid: shares 0/n, 1/n, ..., n/n less the pure ends. @default 6 for two tasks, 4 for more */
  readonly steps?: number;
  /** Further methods to set beside the front of fixed weights. @default none */
  readonly methods?: Readonly<Record<string, Method>>;
  /** `[tasks]` worst scores that still count for the hypervolume. @default the worst score of any run */
  readonly reference?: readonly number[];
}

type AbsentOptions = Exclude<AbsentStudyCallOptions, 'tune' | 'baseline'> | 'method' | 'tasks' | 'steps' | 'reference';

const { tune: _tune, baseline: _baseline, ...otherSpecs } = studyCallSpecs;

const paretoFrontSpecs: CallSpecs<ParetoFrontOptions, AbsentOptions> = {
  ...otherSpecs,
  method: optionalOption('method such as hardSharing(mlp([64]))', 'what is trained with every weight vector', () => undefined),
  methods: otherSpecs.methods as OptionalSpec<Readonly<Record<string, Method>>>,
  tasks: optionalOption('array of names of tasks', 'whose trade-off is drawn', (value) => (Array.isArray(value) ? undefined : 'type')),
  steps: optional(numberOption(6, 'steps of the weight grid', COUNT), '6 for two tasks, 4 for more'),
  reference: optionalOption('array of scores', 'worst scores that still count', (value) => (Array.isArray(value) ? undefined : 'type')),
};

/** A point of the trade-off. */
export interface ParetoPoint {
  readonly method: string;
  /** Fixed weights; undefined for other methods. */
  readonly weights?: readonly number[];
  /** `[tasks]` mean scores. */
  readonly scores: readonly number[];
  /** Whether no other point is at least as good everywhere and better somewhere. */
  readonly onFront: boolean;
}

/** The trade-off between tasks. */
export interface ParetoFront {
  readonly tasks: readonly string[];
  readonly points: readonly ParetoPoint[];
  /** Hypervolume over `reference` per seed, with the corrected interval over seeds. */
  readonly hypervolume: {
    /** Of the fixed weights alone. */
    readonly scalarization: Interval;
    /** With the further methods: what they add is the difference. */
    readonly all: Interval;
    /**
     * What the further methods add beyond what copies of the nearest weights would, paired by seed: more points cover more by chance alone, so a copy
     * of a point adds something as well. Copies have the scatter of their point on the other seeds. About 0 for methods that are no better.
     */
    readonly added: Interval;
  };
  readonly reference: readonly number[];
  readonly comparison: Comparison;
  table(): Table;
  plot(): Figure;
  toMime(): readonly MimeBundle[];
  toString(): string;
}

/** Weight vectors of a regular grid on the simplex, without those that leave a task out. */
export function weightGrid(tasks: number, steps: number): number[][] {
  const grid = (left: number, parts: number): number[][] =>
    parts === 1
      ? [[left]]
      : Array.from({ length: left - parts + 1 }, (_, i) => grid(left - i - 1, parts - 1).map((rest) => [i + 1, ...rest])).flat();
  return steps < tasks ? [] : grid(steps, tasks).map((shares) => shares.map((share) => (tasks * share) / steps));
}

/**
 * The trade-off between tasks: one method trained with a grid of fixed weights (the front that Xin 2022, 2209.11379, asks for), further
 * methods beside it, and the hypervolume with an interval over seeds. Scores are those on test rows by the tasks' primary metrics; the
 * hypervolume is there for two and three tasks. Shows its progress.
 * @param data made by `taskData`
 * @throws TypeError for an unknown option or a method that trains tasks alone, RangeError for a value out of range
 */
export async function paretoFront(data: TaskData, options: ParetoFrontOptions): Promise<ParetoFront> {
  return longWork(options, (own) => runParetoFront(data, own));
}

async function runParetoFront(data: TaskData, options: ParetoFrontOptions): Promise<ParetoFront> {
  const who = 'paretoFront';
  readStudyCall<ParetoFrontOptions, AbsentOptions>(who, paretoFrontSpecs, options);
  const { method, tasks, steps, methods = {}, reference, ...rest } = options;
  checkMethod(`${who}: method`, method);
  if (method.architecture.separate)
    throw new TypeError(`${who}: ${method.architecture.name} trains every task alone, so weights trade nothing; give a method that shares`);
  const names = data.tasks.map(({ name }) => name);
  const keep = (tasks ?? names).map((name) => {
    const index = names.indexOf(name);
    if (index < 0)
      throw new RangeError(`${who}: tasks names "${name}", which is no task${didYouMean(name, names)}; tasks: ${names.join(', ')}`);
    return index;
  });
  if (keep.length < 2 || new Set(keep).size < keep.length)
    throw new RangeError(`${who}: tasks must name at least 2 different tasks, got ${JSON.stringify(tasks ?? names)}`);
  const count = steps ?? (keep.length === 2 ? 6 : keep.length + 2);
  checkOption(who, 'steps', numberOption(count, '', { ...COUNT, min: keep.length }), count);
  if (reference !== undefined && (reference.length !== keep.length || !reference.every(Number.isFinite)))
    throw new TypeError(`${who}: reference must hold one finite score a task (${keep.length}), got ${JSON.stringify(reference)}`);
  const grid = weightGrid(keep.length, count);
  const nameOf = (weights: readonly number[]): string => `weights ${weights.map((w) => Number(w.toPrecision(3))).join(' : ')}`;
  const weighted = Object.fromEntries(grid.map((weights) => [nameOf(weights), method.with(fixed({ weights }))]));
  const equal = nameOf(keep.map(() => 1));
  const comparison = await runStudy(
    who,
    withTasks(data, keep),
    { ...rest, methods: { ...weighted, ...methods }, ...(equal in weighted ? { baseline: equal } : {}) },
    (validation) => planObservations(who, data, rest, validation),
  );
  const weightsOf = new Map(grid.map((weights) => [nameOf(weights), weights]));
  return makeParetoFront(comparison, weightsOf, reference);
}

/**
 * Per seed the hypervolume of the weights with a copy of a weight for each further method: of the one that is nearest to it by mean scores. A copy is
 * the weight's mean on the seed's own level, with its scatter about that level on another seed; mean over the other seeds.
 */
function copiedVolumes(
  data: ComparisonData,
  all: readonly (readonly (readonly number[])[])[],
  scores: readonly (readonly number[])[],
  weightsOf: ReadonlyMap<string, readonly number[]>,
  volumeOf: (points: readonly number[][]) => number,
): number[] {
  const known = data.methods.flatMap(({ name }, m) => (weightsOf.has(name) ? [m] : []));
  const further = data.methods.flatMap(({ name }, m) => (weightsOf.has(name) ? [] : [m]));
  const tasks = data.tasks.map((_, t) => t);
  if (tasks.length > 3 || known.length === 0) return data.seeds.map(() => Number.NaN);
  const spreads = tasks.map((t) => standardDeviation(known.map((m) => scores[m]![t]!)) || 1);
  const apart = (a: number, b: number): number => tasks.reduce((sum, t) => sum + ((scores[a]![t]! - scores[b]![t]!) / spreads[t]!) ** 2, 0);
  const nearest = further.map((m) => known.reduce((best, w) => (apart(m, w) < apart(m, best) ? w : best), known[0]!));
  // `[tasks, seeds]`: the level of a seed is the mean of the weights there.
  const levels = tasks.map((t) => data.seeds.map((_, s) => mean(finite(known.map((m) => all[m]![t]![s]!)))));
  const pointOf = (m: number, s: number): number[] => tasks.map((t) => all[m]![t]![s]!);
  const copyOf = (m: number, s: number, other: number): number[] =>
    tasks.map((t) => levels[t]![s]! + all[m]![t]![other]! - levels[t]![other]!);
  return data.seeds.map((_, s) => {
    const own = known.map((m) => pointOf(m, s)).filter((point) => point.every(Number.isFinite));
    const volumes = data.seeds.flatMap((__, other) => {
      const copies = nearest.map((m) => copyOf(m, s, other));
      return other === s || !copies.flat().every(Number.isFinite) ? [] : [volumeOf([...own, ...copies])];
    });
    return own.length === 0 ? Number.NaN : volumes.length === 0 ? volumeOf(own) : mean(volumes);
  });
}

/** The front that a comparison of weights and methods shows. */
export function makeParetoFront(
  comparison: Comparison,
  weightsOf: ReadonlyMap<string, readonly number[]>,
  given?: readonly number[],
): ParetoFront {
  const { data } = comparison;
  const objectives = data.tasks.map(({ name, metric, better }) => ({ name: `${name} ${metric}`, better }));
  const all = data.methods.map(({ name }) => data.tasks.map((task) => valuesOf(data, name, task.name, task.metric)));
  const scores = all.map((perTask) => perTask.map((values) => mean(finite(values))));
  const front = frontOf(scores, objectives);
  const reference =
    given ??
    data.tasks.map(({ better }, t) => {
      const values = finite(all.flatMap((perTask) => perTask[t]!));
      return better === 'higher' ? Math.min(...values) : Math.max(...values);
    });
  // To be minimized, whatever the metric.
  const turned = (values: readonly number[]): number[] => values.map((value, t) => (data.tasks[t]!.better === 'higher' ? -value : value));
  const volumes = (include: (name: string) => boolean): number[] =>
    data.seeds.map((_, s) => {
      if (objectives.length > 3) return Number.NaN;
      const points = data.methods.flatMap(({ name }, m) => {
        const point = all[m]!.map((values) => values[s]!);
        return include(name) && point.every(Number.isFinite) ? [turned(point)] : [];
      });
      return points.length === 0 ? Number.NaN : hypervolume(points, turned(reference));
    });
  const interval = (values: readonly number[]): Interval => {
    const { effect, low, high } = correctedTTest(values, { rho: data.rho, level: 1 - data.alpha });
    return { value: effect, low, high };
  };
  const withCopies = copiedVolumes(data, all, scores, weightsOf, (points) => hypervolume(points.map(turned), turned(reference)));
  const byWeights = volumes((name) => weightsOf.has(name));
  const byAll = volumes(() => true);
  const points = data.methods.map(({ name }, m): ParetoPoint => {
    const weights = weightsOf.get(name);
    return { method: name, ...(weights ? { weights } : {}), scores: scores[m]!, onFront: front[m]! };
  });
  const volume = {
    scalarization: interval(byWeights),
    all: interval(byAll),
    added: interval(byAll.map((value, s) => value - withCopies[s]!)),
  };
  const digits = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'n/a');
  const words = ({ value, low, high }: Interval): string => `${digits(value)} (interval ${digits(low)} to ${digits(high)})`;
  const table = (): Table => ({
    title: `Trade-off between ${data.tasks.map(({ name }) => name).join(', ')}, ${data.seeds.length} seeds`,
    columns: ['method', ...objectives.map(({ name }) => name), 'on the front'],
    rows: points.map(({ method, scores: own, onFront }): Cell[] => [method, ...own, onFront ? 'yes' : '']),
    notes:
      objectives.length > 3
        ? ['hypervolume is computed for two and three tasks']
        : [
            `hypervolume of the fixed weights ${words(volume.scalarization)}${points.some(({ weights }) => !weights) ? `; the other methods add ${words(volume.added)} to what copies of weights would` : ''}, over ${reference.map(digits).join(', ')}`,
          ],
  });
  const plot = (): Figure =>
    pareto({
      objectives,
      points: points.map(({ method, weights, scores: own }) => ({
        method: weights ? 'fixed weights' : method,
        values: own,
        ...(weights ? { note: method } : {}),
      })),
    });
  return displayable(
    { tasks: data.tasks.map(({ name }) => name), points, hypervolume: volume, reference, comparison, table, plot },
    () => [],
  );
}
