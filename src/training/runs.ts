import { totalmem } from 'node:os';
import type { State } from '../balancing/balancing';
import type { Split, TaskData } from '../data/task-data';
import type { Method } from '../models/method';
import { countParameters, type Network, type TaskGroup } from '../models/network/network';
import { cellsOf, kindOf } from '../tasks/registry';
import type { Task } from '../tasks/task';
import { initialValues, type Start } from './initial-values';
import { predictionsOf } from './predictions';
import { classWeightsOf, type FittedSplit, fitSplit, labelColumns, makeResident, type ResidentData } from './prepare';
import { solveNetwork } from './solve';
import { computedBatch } from './stack/batches';
import type { GradientRecord, Member, Snapshot, TrainedMember } from './stack/members';
import { trainStack } from './stack/train-stack';
import type { StackResult, TrainingOptions } from './stack/training-options';

/** One run of a study: a method on a split with a seed. */
export interface Run {
  /** The method's name in the study. */
  readonly name: string;
  readonly method: Method;
  readonly seed: number;
  readonly split: Split;
  readonly learningRate: number;
}

/** A trained network with the tasks it serves; where each task has its own best epoch, one of these a set of parameters. */
export interface TrainedPart {
  /** Indices of the tasks in the data. */
  readonly tasks: readonly number[];
  /** Those of them that it predicts. */
  readonly serve: readonly number[];
  readonly network: Network;
  readonly parameters: readonly Float32Array[];
  readonly bestEpoch: number;
  readonly epochs: number;
  /** Mean loss per epoch and task of this part. */
  readonly trainLosses: readonly (readonly number[])[];
  readonly validationLosses: readonly (readonly number[])[];
  readonly weights: readonly { readonly step: number; readonly values: readonly number[] }[];
  readonly gradients: readonly GradientRecord[];
  readonly snapshots: readonly Snapshot[];
  readonly balancingState?: State;
}

/** What one run gave. */
export interface RunResult {
  readonly run: Run;
  readonly fitted: FittedSplit;
  /** One network, or one per task for single-task learning; with per-task stopping one per best epoch. */
  readonly parts: readonly TrainedPart[];
  /** Predictions on the split's test rows per task, see `predictionsOf`. */
  readonly predictions: readonly Float64Array[];
  /** The same on its training rows; only where `trainPredictions` was asked for. */
  readonly trainPredictions?: readonly Float64Array[];
  /** Numbers that predictions need, all parts together. */
  readonly parameters: number;
  /** Seconds of training, this run's share of its stacks. */
  readonly seconds: number;
  readonly steps: number;
  readonly failure?: string;
  /** Why it was computed op by op although another call may compute it as a graph, so that its last bits differ; absent where it was not. */
  readonly fallback?: string;
  readonly interrupted: boolean;
}

/** Told now and then while runs are trained. */
export interface RunsProgress {
  readonly name: string;
  /** Share of all work that is done, in [0, 1]. */
  readonly share: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
}

/** How runs are trained. */
export interface RunsOptions extends TrainingOptions {
  /** Bytes that one stack may take on the device; a larger one is split. @default 2^30 */
  readonly memoryBudget: number;
  /** What heads start from, see `TrainingSettings`. @default 'constant' */
  readonly start?: Start;
  /** Predict the training rows too. @default false */
  readonly trainPredictions?: boolean;
  /**
   * Runs that are not to be trained.
   */
  readonly skip?: ReadonlySet<Run>;
  readonly onProgress?: (progress: RunsProgress) => void;
  /** Called with runs as soon as they are finished: with all that shared a stack at once, directly or through another one. */
  readonly onResults?: (results: readonly RunResult[]) => void;
}

interface Unit {
  readonly run: number;
  readonly tasks: readonly number[];
  /** Those of the tasks whose predictions are taken from this network. */
  readonly serve: readonly number[];
  readonly weights?: readonly number[];
  readonly network: Network;
}

/** Rough bytes that one model takes while it trains. */
function bytesOf(network: Network, method: Method, tasks: number, batch: number, features: number): number {
  const parameters = countParameters(network.parameters);
  const copies = method.balancing && method.balancing.needs !== 'losses' ? tasks : 1;
  // Parameters, best, two slots, gradients, and as much again while ops overlap; activations are about as wide as the widest weights.
  const widths = network.parameters.reduce((sum, { shape }) => sum + (shape.length === 1 ? 0 : shape[shape.length - 1]!), features);
  return 4 * (10 * parameters + copies * (3 * parameters + 4 * batch * widths));
}

/** What runs are trained from. */
interface Study {
  readonly data: TaskData;
  readonly runs: readonly Run[];
  readonly fitted: ReadonlyMap<Split, FittedSplit>;
  readonly options: RunsOptions;
}

/** A trained network, with its share of its stack's time. */
interface TrainedUnit {
  readonly member: TrainedMember;
  readonly seconds: number;
  readonly steps: number;
  readonly fallback?: string;
}

/**
 * Trains runs, stacking all networks of one shape, and predicts their test rows. What an architecture solves by itself is not stacked.
 * @returns a result per run, in the order of the runs; runs that were skipped or had not begun when training was stopped from outside are
 * missing
 */
export async function trainRuns(data: TaskData, runs: readonly Run[], options: RunsOptions): Promise<RunResult[]> {
  const splits = [...new Set(runs.map(({ split }) => split))];
  const study: Study = { data, runs, fitted: new Map(splits.map((split) => [split, fitSplit(data, split)])), options };
  const units = runs.flatMap((run, index) => unitsOf(study, run, index));
  const batches = stacks(data, runs, units, study.fitted, options)
    .map((list) => list.filter((unit) => !options.skip?.has(runs[unit.run]!)))
    .filter((list) => list.length > 0);
  checkSizes(runs, units, options.batchSize, study.fitted);
  const companies = companiesOf(batches.map((list) => list.map(({ run }) => run)));
  const totalWork = batches.reduce((sum, { length }) => sum + length, 0);
  let doneWork = 0;
  const trained = new Map<Unit, TrainedUnit>();
  const results = new Map<number, RunResult>();
  const held = new HeldData(study);
  try {
    for (const list of batches) {
      if (options.signal?.aborted) break;
      const result = await trainUnits(study, list, held, (part) => (doneWork + list.length * part) / totalWork);
      if (!result) break;
      const { members, seconds, steps, fallback } = result;
      for (const [i, unit] of list.entries())
        trained.set(unit, { member: members[i]!, seconds: seconds / list.length, steps, ...(fallback !== undefined && { fallback }) });
      doneWork += list.length;
      for (const index of new Set(list.map(({ run }) => run))) {
        const own = units.filter((unit) => unit.run === index);
        if (!own.every((unit) => trained.has(unit))) continue;
        const run = runs[index]!;
        results.set(index, collect(data, run, study.fitted.get(run.split)!, own, trained, options.trainPredictions === true));
      }
      // Stacks that were not begun may still hold runs of this one's company.
      const company = [...companies.find((runsOf) => runsOf.has(list[0]!.run))!];
      if (company.every((index) => results.has(index))) options.onResults?.(company.map((index) => results.get(index)!));
    }
  } finally {
    held.dispose();
  }
  return runs.flatMap((_, index) => results.get(index) ?? []);
}

/**
 * The networks of a run.
 * @throws RangeError when a plan with weights of its own is balanced besides
 */
function unitsOf({ data, fitted }: Study, run: Run, index: number): Unit[] {
  const { encoder } = fitted.get(run.split)!;
  const { architecture, balancing } = run.method;
  const input = { shape: encoder.shape, ...(encoder.vocabulary === undefined ? {} : { vocabulary: encoder.vocabulary }) };
  const every = data.tasks.map((_, t) => t);
  const whole = [{ train: every, serve: every }];
  const apart = every.map((t) => ({ train: [t], serve: [t] }));
  const groups: readonly TaskGroup[] = architecture.partition?.(data.tasks) ?? (architecture.separate ? apart : whole);
  if (balancing && groups.some(({ weights }) => weights !== undefined)) {
    throw new RangeError(
      `${architecture.name}.with(${balancing.info.name}()): the plan has weights of its own; leave them out, or train without .with(...)`,
    );
  }
  return groups.map(({ train: tasks, serve, weights }) => ({
    run: index,
    tasks,
    serve,
    ...(weights ? { weights } : {}),
    network: architecture.build({ input, tasks: tasks.map((t) => data.tasks[t]!) }),
  }));
}

/** Data on the device; neighboring stacks mostly read the same splits, whose data stays there. */
class HeldData {
  private held: { readonly splits: readonly Split[]; readonly data: ResidentData } | undefined;

  constructor(private readonly study: Pick<Study, 'data' | 'fitted'>) {}

  of(wanted: readonly Split[]): ResidentData {
    const { held } = this;
    if (held && held.splits.length === wanted.length && wanted.every((split, i) => split === held.splits[i])) return held.data;
    this.dispose();
    const fitted = wanted.map((split) => this.study.fitted.get(split)!);
    this.held = { splits: wanted, data: makeResident(this.study.data, fitted) };
    return this.held.data;
  }

  dispose(): void {
    this.held?.data.dispose();
    this.held = undefined;
  }
}

/**
 * Trains networks of one shape as one stack, or lets their architecture solve them.
 * @param shareAt share of all work that is done, by that of this stack's
 * @returns undefined where training was stopped from outside before there was anything
 */
async function trainUnits(
  study: Study,
  list: readonly Unit[],
  held: HeldData,
  shareAt: (part: number) => number,
): Promise<StackResult | undefined> {
  const { data, runs, fitted, options } = study;
  const splits = [...new Set(list.map((unit) => runs[unit.run]!.split))];
  const resident = held.of(splits);
  const members = list.map((unit) => memberOf(study, unit, resident.offsets[splits.indexOf(runs[unit.run]!.split)]!));
  const first = list[0]!;
  const { method, name, split } = runs[first.run]!;
  const own = fitted.get(split)!;
  let latest: RunsProgress | undefined;
  const onEpoch = (epoch: number, epochs: number, loss: number): void => {
    latest = { name, share: shareAt(epoch / epochs), epoch, epochs, loss };
    options.onProgress?.(latest);
  };
  const tasks = first.tasks.map((t) => data.tasks[t]!);
  const result = method.architecture.solve
    ? await solveNetwork(data, method, own, first, members[0]!, resident, onEpoch, options.signal)
    : await trainStack(method, first.network, tasks, own.encoder.shape, members, resident, options, onEpoch);
  // A stack that stopped early is done, too.
  if (result && latest && latest.epoch < latest.epochs && !options.signal?.aborted) options.onProgress?.({ ...latest, share: shareAt(1) });
  return result;
}

/** @param offset resident row of the split's first */
function memberOf({ data, runs, fitted, options }: Study, unit: Unit, offset: number): Member {
  const run = runs[unit.run]!;
  const { train, validation, test } = run.split;
  const resident = (rows: Iterable<number>): Int32Array => Int32Array.from(rows, (row) => row + offset);
  const labeled = (rows: Int32Array): Int32Array => resident(rows.filter((row) => unit.tasks.some((t) => hasLabel(data, t, row))));
  const { targets } = fitted.get(run.split)!;
  const columns = labelColumns(data);
  const weights = classWeightsOf(targets, data.tasks, unit.tasks);
  const constants =
    options.start === 'glorot' ? undefined : unit.tasks.flatMap((t) => kindOf(data.tasks[t]!).constants(data.tasks[t]!, targets[t]!));
  return {
    label: labelOf(data, run, unit),
    seed: run.seed,
    train: labeled(train),
    ...(options.taskSampling && {
      labeled: unit.tasks.map((t) => resident(train.filter((row) => hasLabel(data, t, row)))),
    }),
    validation: labeled(validation),
    predict: resident(options.trainPredictions ? [...test, ...train] : test),
    columns: unit.tasks.flatMap((t) => columns[t]!),
    initial: initialValues(unit.network, run.seed, constants),
    learningRate: run.learningRate,
    ...(unit.weights ? { taskWeights: unit.weights } : {}),
    serve: unit.serve.map((t) => unit.tasks.indexOf(t)),
    ...(weights ? { classWeights: weights } : {}),
  };
}

/** Names a network in messages: its run, and its tasks where it has not all. */
function labelOf({ tasks }: TaskData, { name, seed }: Run, unit: Unit): string {
  const [first] = unit.tasks;
  const own = unit.tasks.length === 1 ? `task "${tasks[first!]!.name}"` : `${unit.tasks.length} tasks`;
  return `"${name}" (seed ${seed}${unit.tasks.length < tasks.length ? `, ${own}` : ''})`;
}

/** @throws RangeError when a single model needs more memory than there is */
function checkSizes(runs: readonly Run[], units: readonly Unit[], batch: number, fitted: ReadonlyMap<Split, FittedSplit>): void {
  for (const { run, network, tasks } of units) {
    const { name, method, split } = runs[run]!;
    const bytes = bytesOf(network, method, tasks.length, batch, fitted.get(split)!.encoder.features);
    if (bytes <= totalmem()) continue;
    const gibibytes = (n: number): string => `${Math.ceil(n / 2 ** 30).toLocaleString('en-US')} GiB`;
    throw new RangeError(
      `"${name}": a network of ${countParameters(network.parameters).toLocaleString('en-US')} parameters with batches of ${batch} rows needs about ${gibibytes(bytes)} to train, and there are ${gibibytes(totalmem())}; make its layers or the batches smaller`,
    );
  }
}

/**
 * Sets of runs that share stacks, directly or through another run: where a run's numbers depend on its stack (very large networks, no oneDNN, the
 * portable backend), only together they give the same numbers to the last bit.
 */
function companiesOf(stacked: readonly (readonly number[])[]): ReadonlySet<number>[] {
  let companies: Set<number>[] = [];
  for (const runs of stacked) {
    const joined = companies.filter((company) => runs.some((run) => company.has(run)));
    companies = [...companies.filter((company) => !joined.includes(company)), new Set([...joined.flatMap((one) => [...one]), ...runs])];
  }
  return companies;
}

function hasLabel(data: TaskData, task: number, row: number): boolean {
  const { values, length } = data.labels[task]!;
  for (let j = 0; j < length; j++) if (!Number.isNaN(values[row * length + j]!)) return true;
  return false;
}

/** Groups units of one method and one shape into stacks within the memory budget. */
function stacks(
  data: TaskData,
  runs: readonly Run[],
  units: readonly Unit[],
  fitted: ReadonlyMap<Split, FittedSplit>,
  options: RunsOptions,
): Unit[][] {
  const ids = new Map<unknown, number>();
  const idOf = (thing: unknown): number => {
    if (!ids.has(thing)) ids.set(thing, ids.size);
    return ids.get(thing)!;
  };
  const groups = new Map<string, Unit[]>();
  for (const unit of units) {
    const { method, split } = runs[unit.run]!;
    const kinds = unit.tasks.map((t) => [
      data.tasks[t]!.kind,
      cellsOf(data.tasks[t]!),
      data.tasks[t]!.outputs,
      data.tasks[t]!.classes.length,
      data.tasks[t]!.lossWeight,
    ]);
    const key = JSON.stringify([
      idOf(method.architecture.build),
      idOf(method.balancing),
      method.update,
      fitted.get(split)!.encoder.shape,
      kinds,
      unit.network.parameters.map(({ shape }) => shape),
      computedBatch(options.batchSize, split.train.filter((row) => unit.tasks.some((t) => hasLabel(data, t, row))).length),
    ]);
    groups.set(key, [...(groups.get(key) ?? []), unit]);
  }
  return [...groups.values()].flatMap((group) => {
    const { method, split } = runs[group[0]!.run]!;
    if (method.architecture.solve) return group.map((unit) => [unit]);
    const { features } = fitted.get(split)!.encoder;
    const bytes = bytesOf(group[0]!.network, method, group[0]!.tasks.length, options.batchSize, features);
    const size = Math.max(1, Math.floor(options.memoryBudget / bytes));
    const chunks = Math.ceil(group.length / size);
    const each = Math.ceil(group.length / chunks);
    return Array.from({ length: chunks }, (_, c) => group.slice(c * each, (c + 1) * each)).filter((chunk) => chunk.length > 0);
  });
}

/** Puts a run's networks together. */
function collect(
  data: TaskData,
  run: Run,
  fitted: FittedSplit,
  units: readonly Unit[],
  trained: ReadonlyMap<Unit, TrainedUnit>,
  withTrain: boolean,
): RunResult {
  const predictions: Float64Array[] = new Array(data.tasks.length);
  const trainPredictions: Float64Array[] = new Array(data.tasks.length);
  const { test } = run.split;
  const parts = units.flatMap((unit): TrainedPart[] => {
    const { member } = trained.get(unit)!;
    const tasks: Task[] = unit.tasks.map((t) => data.tasks[t]!);
    const width = tasks.reduce((n, task) => n + task.outputs, 0);
    let offset = 0;
    for (const [i, task] of tasks.entries()) {
      const t = unit.tasks[i]!;
      const from = offset;
      offset += task.outputs;
      if (!unit.serve.includes(t)) continue;
      const target = fitted.targets[t]!;
      predictions[t] = predictionsOf(task, target, member.outputs.subarray(0, test.length * width), width, from);
      trainPredictions[t] = predictionsOf(task, target, member.outputs.subarray(test.length * width), width, from);
    }
    const { epochs, trainLosses, validationLosses, weights, gradients, snapshots, balancingState } = member;
    const checkpoints = member.checkpoints?.map((kept) => ({ ...kept, serve: kept.tasks.map((i) => unit.tasks[i]!) }));
    const joint = { serve: unit.serve, epoch: member.bestEpoch, parameters: member.parameters };
    return (checkpoints ?? [joint]).map(({ serve, epoch, parameters }) => ({
      tasks: unit.tasks,
      serve,
      network: unit.network,
      parameters,
      bestEpoch: epoch,
      epochs,
      trainLosses,
      validationLosses,
      weights,
      gradients,
      snapshots,
      ...(balancingState === undefined ? {} : { balancingState }),
    }));
  });
  const all = units.map((unit) => trained.get(unit)!);
  const failure = all.find(({ member }) => member.failure !== undefined)?.member.failure;
  const fallback = all.find((unit) => unit.fallback !== undefined)?.fallback;
  return {
    run,
    fitted,
    parts,
    predictions,
    ...(withTrain ? { trainPredictions } : {}),
    parameters: parts.reduce((n, { network }) => n + countParameters(network.parameters), 0),
    seconds: all.reduce((n, { seconds }) => n + seconds, 0),
    steps: all.reduce((n, { steps }) => n + steps, 0),
    ...(failure === undefined ? {} : { failure }),
    ...(fallback === undefined ? {} : { fallback }),
    interrupted: all.some(({ member }) => member.interrupted),
  };
}
