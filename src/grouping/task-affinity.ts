import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../backend/backend';
import type { Split, TaskData } from '../data/data-types';
import { splitData } from '../data/split';
import { fields, listOf, type Shape } from '../json-shape';
import { encoderOption } from '../models/encoder-option';
import { mlp } from '../models/encoders/mlp';
import { constant } from '../models/network/initial';
import type { Encoder, Network } from '../models/network/network';
import { methodToJSON } from '../models/registry';
import { hardSharing } from '../models/sharing/hard-sharing';
import { singleTask } from '../models/sharing/single-task';
import {
  type CallSpecs,
  COUNT,
  checkNames,
  choiceOption,
  type FilledOptions,
  numberOption,
  optional,
  pick,
  readCall,
  textOption,
} from '../options/spec';
import { random } from '../random/random';
import { metricsOf, taskMetrics } from '../tasks/task-metrics';
import { interruptible } from '../training/interrupt';
import { longWork } from '../training/long-work';
import { classWeightsOf, makeResident } from '../training/prepare';
import { progressReporter } from '../training/progress-reporter';
import { dataFingerprint, packageVersion, unversioned } from '../training/run-key';
import { type Run, type RunResult, type RunsOptions, trainRuns } from '../training/runs';
import {
  type AbsentSettings,
  type CheckedSettings,
  checkSettings,
  identityOf,
  settingNames,
  settingSpecs,
  type TrainingSettings,
} from '../training/settings';
import { lookaheadLosses } from '../training/steps/lookahead';
import { batchLosses } from '../training/steps/losses';
import type { Batch, Resident, StackShape } from '../training/steps/stack-shape';
import { gramianOf, taskGradients } from '../training/steps/task-gradients';
import {
  type Affinity,
  gradientCosineAffinity,
  type LookaheadLosses,
  leaveOneOutAffinity,
  pairwiseAffinity,
  tagAffinity,
} from './affinity';
import { exactNumber, type KeptParts, keptAffinity, keptShape } from './kept-affinity';
import { representationAffinity } from './representation';
import { labelSimilarity } from './similarity';

/**
 * How task affinity is measured: before any training (`labels`), during one training of all tasks (`tag`, `gradient-cosine`), by comparing
 * single-task networks (`cka`, `rsa`), or by training every pair (`pairwise`) or all but one (`leave-one-out`).
 */
export type AffinityMeasure = 'labels' | 'tag' | 'gradient-cosine' | 'cka' | 'rsa' | 'pairwise' | 'leave-one-out';

const MEASURES: readonly AffinityMeasure[] = ['labels', 'tag', 'gradient-cosine', 'cka', 'rsa', 'pairwise', 'leave-one-out'];

/** Options of `taskAffinity`. */
export interface TaskAffinityOptions extends TrainingSettings {
  /** @default 'tag' */
  readonly measure?: AffinityMeasure;
  /** @default mlp([64, 32]) */
  readonly trunk?: Encoder;
  /** How many seeds; the interval is over them. @default 3 */
  readonly seeds?: number;
  /** Points of the training at which gradients are looked at (`tag`, `gradient-cosine`). @default 10 */
  readonly checkpoints?: number;
  /** Size of TAG's trial step. @default 0.1 */
  readonly lookahead?: number;
  /** Layer of the trunk, from 0, whose gradients alone are compared (`gradient-cosine`). @default all layers */
  readonly layer?: number;
  /** Share of the rows that measures by error (`pairwise`, `leave-one-out`) and representations are taken on, in (0, 1). @default 0.3 */
  readonly test?: number;
  /**
   * Folder that keeps the affinity: the same call, or `groupTasks` and `discover` with the same options, reads it instead of training. One that
   * was stopped or killed goes on from the seeds that were trained, with equal numbers. Not where the trunk or the optimizer is your own code
   * without a `version`; a note says so. @default none
   */
  readonly directory?: string;
}

type AbsentAffinityOptions = AbsentSettings | 'layer' | 'directory';
type FilledAffinityOptions = FilledOptions<TaskAffinityOptions, AbsentAffinityOptions>;

/** How the options are checked, for functions that have further ones. */
export const affinitySpecs: CallSpecs<TaskAffinityOptions, AbsentAffinityOptions> = {
  ...settingSpecs,
  epochs: numberOption(60, settingSpecs.epochs.doc, COUNT),
  measure: choiceOption('tag', MEASURES, 'how affinity is measured'),
  trunk: { ...encoderOption('encoder of all networks'), default: mlp([64, 32]), otherwise: 'mlp([64, 32])' },
  seeds: numberOption(3, 'how many seeds', COUNT),
  checkpoints: numberOption(10, 'points of the training at which gradients are looked at', COUNT),
  lookahead: numberOption(0.1, "size of TAG's trial step", { above: 0 }),
  layer: optional(numberOption(0, 'layer of the trunk whose gradients are compared', { ...COUNT, min: 0 }), 'all layers'),
  test: numberOption(0.3, 'share of the rows that errors are measured on', { above: 0, below: 1 }),
  directory: optional(textOption('', 'keeps the affinity there')),
};

/** Most rows of one look at the gradients, and looks per checkpoint. */
const LOOK = { rows: 256, batches: 2 } as const;

/** Checked options, and the function that trains runs with them. */
interface Trainer {
  readonly data: TaskData;
  readonly trunk: Encoder;
  readonly splits: readonly Split[];
  /** Epochs of the looks at gradients. */
  readonly checkpoints: readonly number[];
  /**
   * Trains each method with every seed.
   * @returns what `of` says of each network: of the seeds of the first method, of the second, ...
   */
  readonly train: <T>(methods: Methods, of: (result: RunResult) => T, shape: Shape<T>, snapshots?: readonly number[]) => Promise<T[][]>;
}

/** Methods with a name for progress, which two may share. */
type Methods = readonly (readonly [string, Run['method']])[];

/**
 * How much each pair of tasks has to do with each other, with an interval over seeds; shows its progress.
 *
 * Costs in trained networks, T tasks and S seeds: `labels` none; `tag` and `gradient-cosine` S; `cka` and `rsa` S T; `leave-one-out`
 * S (T + 1); `pairwise` S T (T + 1) / 2. An exhaustive search would train S (2^T - 1).
 * `tag` (Fifty et al. 2021, 2109.04617) and `gradient-cosine` look at the tasks of one training: at `checkpoints` epochs, closer together early on, on
 * 2 batches of at most 256 training rows each. TAG's trial steps are plain descent of length `lookahead`; in the paper they are the training's own
 * steps, at every batch. Heads of that training start at 0 (random ones would give the gradients' products a random sign), those of the paper at
 * random.
 * @param data made by `taskData`, at least two tasks
 * @throws RangeError for fewer than two tasks, an unknown measure or an option out of range; TypeError for an unknown option
 * @example
 * const affinity = await taskAffinity(data, { measure: 'gradient-cosine', seeds: 5 });
 */
export async function taskAffinity(data: TaskData, options: TaskAffinityOptions = {}): Promise<Affinity> {
  return longWork(options, (own) => runTaskAffinity(data, own));
}

async function runTaskAffinity(data: TaskData, options: TaskAffinityOptions): Promise<Affinity> {
  return measureAffinity('taskAffinity', [], data, options);
}

/**
 * `taskAffinity` for a function that takes its options among others.
 * @param who the function that the user called, for messages
 * @param others names of its other options, which are none of `options`
 */
export async function measureAffinity(
  who: string,
  others: readonly string[],
  data: TaskData,
  options: TaskAffinityOptions,
): Promise<Affinity> {
  checkNames(who, options, [...others, ...Object.keys(affinitySpecs)]);
  const asked = pick(options, Object.keys(affinitySpecs) as (keyof TaskAffinityOptions)[]);
  const filled = readCall<TaskAffinityOptions, AbsentAffinityOptions>(who, affinitySpecs, asked);
  const { measure, trunk, seeds, checkpoints, lookahead, layer, test } = filled;
  if (data.tasks.length < 2) throw new RangeError(`${who}: needs at least two tasks, got ${data.tasks.length}`);
  if (layer !== undefined && measure !== 'gradient-cosine')
    throw new TypeError(`${who}: option "layer" belongs to the measure "gradient-cosine", got "${measure}"; leave it out`);
  if (measure === 'labels') return labelSimilarity(data.labels);
  const { onProgress, ...settings } = checkSettings(who, { ...pick(options, settingNames), epochs: filled.epochs });
  const backend = await loadBackend();
  const measured = (parts?: KeptParts): Promise<Affinity> => measureTrained(who, data, { ...filled, measure }, settings, onProgress, parts);
  if (options.directory === undefined) return measured();
  const method = hardSharing(trunk);
  const own = unversioned({ method, optimizer: settings.optimizer });
  if (own.length > 0) {
    const found = await measured();
    const note = `the affinity is not kept: ${own.join(' and ')} ${own.length === 1 ? 'is' : 'are'} your own code without a version; give it one, for instance version: "1", and change it with the code`;
    return { ...found, notes: [...found.notes, note] };
  }
  const { optimizer, validation } = settings;
  const ingredients = {
    version: packageVersion,
    data: dataFingerprint(data),
    method: methodToJSON(method),
    optimizer: [optimizer.name, optimizer.options, optimizer.version],
    settings: { ...identityOf(settings), validation },
    measure: [measure, seeds, checkpoints, lookahead, layer ?? null, test],
    backend,
  };
  return keptAffinity(options.directory, ingredients, measured);
}

/** The measures that need training. */
async function measureTrained(
  who: string,
  data: TaskData,
  {
    measure,
    trunk,
    seeds,
    checkpoints,
    lookahead,
    layer,
    test,
  }: FilledAffinityOptions & { readonly measure: Exclude<AffinityMeasure, 'labels'> },
  settings: Omit<CheckedSettings, 'onProgress'>,
  onProgress: CheckedSettings['onProgress'],
  parts: KeptParts | undefined,
): Promise<Affinity> {
  const splits = Array.from({ length: seeds }, (_, seed) => splitData(data, { test, validation: settings.validation, seed }));
  return interruptible(settings.signal, async (signal) => {
    const trainer: Trainer = {
      data,
      trunk,
      splits,
      checkpoints: checkpointEpochs(settings.epochs, checkpoints),
      train: (methods, of, shape, snapshots = []) =>
        trainEach(who, data, { ...settings, snapshots, signal }, { methods, splits, of, shape, parts, onProgress }),
    };
    switch (measure) {
      case 'tag':
        return tagAffinity(
          names(data),
          (await gradientLooks(trainer, trialSteps(lookahead), fields({ before: numbers, after: listOf(numbers) }))).map(
            (looks): LookaheadLosses => ({ before: looks.map(({ before }) => before), after: looks.map(({ after }) => after) }),
          ),
        );
      case 'gradient-cosine':
        return gradientCosineAffinity(names(data), await gradientLooks(trainer, gramianOfLayer(who, layer), listOf(numbers)));
      case 'pairwise':
        return byPairs(trainer);
      case 'leave-one-out':
        return byLeavingOneOut(trainer);
      default:
        return byRepresentation(trainer, measure);
    }
  });
}

interface Training<T> {
  readonly methods: Methods;
  readonly splits: readonly Split[];
  readonly of: (result: RunResult) => T;
  readonly shape: Shape<T>;
  readonly parts: KeptParts | undefined;
  readonly onProgress: CheckedSettings['onProgress'];
}

/**
 * `Trainer.train`. Where parts are kept, one seed is trained after the other, so that a kill costs at most the stacks of one; else all in stacks
 * of all seeds, which is faster. A network's numbers do not depend on its stack.
 */
async function trainEach<T>(
  who: string,
  data: TaskData,
  { learningRate, ...settings }: Omit<CheckedSettings, 'onProgress'> & Pick<RunsOptions, 'snapshots'>,
  { methods, splits, of, shape, parts, onProgress }: Training<T>,
): Promise<T[][]> {
  const all = methods.map(([name, method]) => splits.map((split, seed): Run => ({ name, method, seed, split, learningRate })));
  const names = new Map(all.flatMap((ofMethod, m) => ofMethod.map((run) => [run, `${m} ${run.name}, seed ${run.seed}`])));
  const found = new Map<Run, T>();
  for (const [run, name] of names) {
    const kept = parts?.read(name, shape);
    if (kept !== undefined) found.set(run, kept);
  }
  const total = names.size;
  const progress = progressReporter(onProgress, total);
  const take = (results: readonly RunResult[]): void => {
    const failed = results.find(({ failure }) => failure !== undefined);
    if (failed) throw new Error(failed.failure);
    if (results.some(({ interrupted }) => interrupted)) return;
    for (const result of results) found.set(result.run, of(result));
    const { fallback } = results.find((result) => result.fallback !== undefined) ?? {};
    if (fallback !== undefined)
      parts?.leave(`its networks were computed op by op, which may differ in the last bits from what its key stands for (${fallback})`);
    else parts?.write(Object.fromEntries(results.map(({ run }) => [names.get(run)!, found.get(run)])));
  };
  for (const runs of parts ? splits.map((_, seed) => all.map((ofMethod) => ofMethod[seed]!)) : [all.flat()]) {
    const done = found.size;
    const skip = new Set(runs.filter((run) => found.has(run)));
    const left = runs.length - skip.size;
    if (left === 0) continue;
    await trainRuns(data, runs, {
      ...settings,
      skip,
      onResults: take,
      onProgress: (event) => progress({ ...event, share: (done + event.share * left) / total }),
    });
    if (runs.some((run) => !found.has(run)))
      throw new Error(`${who} was interrupted before the networks were trained${parts ? '; the same call goes on from what is kept' : ''}`);
  }
  return all.map((ofMethod) => ofMethod.map((run) => found.get(run)!));
}

/** A list of numbers as parts keep it. */
const numbers = listOf(exactNumber);

const names = (data: TaskData): string[] => data.tasks.map(({ name }) => name);

/** Epochs from the first to the last, closer together early on, where the gradients say most. */
function checkpointEpochs(epochs: number, count: number): number[] {
  return [...new Set(Array.from({ length: count }, (_, i) => Math.max(1, Math.round(epochs * ((i + 1) / count) ** 2))))];
}

/** One look at the tasks' gradients: on a batch, at the parameters of some point of the training. */
type Look<T> = (shape: StackShape, parameters: readonly tf.Tensor[], on: Resident, batch: Batch) => T;

/** The losses before and after a trial step of each task. */
function trialSteps(rate: number): Look<{ readonly before: number[]; readonly after: number[][] }> {
  return (shape, parameters, on, batch) => ({
    before: Array.from(batchLosses(shape, parameters, on, batch).dataSync()),
    after: rowsOf(lookaheadLosses(shape, parameters, on, batch, rate).dataSync(), shape.tasks.length),
  });
}

/** The products of the tasks' gradients of the shared parameters, or of one layer of them. */
function gramianOfLayer(who: string, layer: number | undefined): Look<number[][]> {
  return (shape, parameters, on, batch) => {
    const { network, tasks, stack } = shape;
    const { jacobian, gramian } = taskGradients(shape, parameters, on, batch);
    if (layer === undefined) return rowsOf(gramian.dataSync(), tasks.length);
    if (!network.layered) throw new RangeError(`${who}: layer needs inputs that are numbers, got token ids; leave it out`);
    const { layers } = network.layered;
    // Layers without parameters (activations, pooling) have no gradient to compare.
    const learned = layers.filter((own) => own.parameters.length > 0);
    if (layer >= learned.length)
      throw new RangeError(`${who}: layer must be below the number of the trunk's layers that learn, ${learned.length}, got ${layer}`);
    const names = learned[layer]!.parameters.map(({ name }) => name);
    const shared = network.parameters.filter(({ role }) => role === 'shared');
    const own = jacobian.filter((_, i) => names.includes(shared[i]!.name));
    return rowsOf(gramianOf(own, own, stack, tasks.length).dataSync(), tasks.length);
  };
}

/**
 * The same method with heads that start at 0. Two tasks' gradients by the trunk multiply with the product of their heads: random heads give
 * it a random sign, heads that grow from 0 grow alike for tasks that are alike.
 */
function withSilentHeads(whole: Run['method']): Run['method'] {
  const { architecture } = whole;
  return {
    ...whole,
    architecture: {
      ...architecture,
      build(problem) {
        const network = architecture.build(problem);
        const parameters = network.parameters.map((p) => (p.role === 'task' ? { ...p, initial: constant(0, p.shape) } : p));
        return { ...network, parameters };
      },
    },
  };
}

/** Trains all tasks together and looks at the tasks' gradients at points of the training; per seed, a list of looks. */
async function gradientLooks<T>({ data, trunk, checkpoints, train }: Trainer, look: Look<T>, shape: Shape<T>): Promise<T[][]> {
  const silent = withSilentHeads(hardSharing(trunk));
  const of = (result: RunResult): T[] => looksAt(data, result, look);
  const [looks] = await train([['together', silent]], of, listOf(shape), checkpoints);
  return looks!;
}

function looksAt<T>(data: TaskData, { fitted, parts, run }: RunResult, look: Look<T>): T[] {
  const [part] = parts;
  const resident = makeResident(data, [fitted]);
  const every = data.tasks.map((_, t) => t);
  const weights = classWeightsOf(fitted.targets, data.tasks, every);
  const classWeights = weights ? tf.tensor2d(weights, [1, weights.length]) : tf.ones([1, 1]);
  const shape = shapeOf(data, part!.network, fitted.encoder.shape, weights !== undefined);
  const order = random(run.seed, 'looks');
  const rows = Math.min(LOOK.rows, run.split.train.length);
  try {
    return part!.snapshots.flatMap(({ parameters }, s) =>
      Array.from({ length: LOOK.batches }, (_, b) => {
        const chosen = order.permutation(run.split.train.length).subarray(0, rows);
        let seen: T | undefined;
        tf.tidy(() => {
          const values = part!.network.parameters.map((p, i) => tf.tensor(parameters[i]!, [1, ...p.shape]));
          const at = Int32Array.from(chosen, (i) => run.split.train[i]!);
          // Every look has dropout draws of its own.
          const seeds = tf.tensor2d([[run.seed, s * LOOK.batches + b]], [1, 2], 'int32');
          const batch = { rows: tf.tensor2d(at, [1, rows], 'int32'), seeds };
          seen = look(shape, values, { ...resident.resident, classWeights }, batch);
        });
        return seen!;
      }),
    );
  } finally {
    resident.dispose();
    classWeights.dispose();
  }
}

function shapeOf(data: TaskData, network: Network, inputShape: readonly number[], weighted: boolean): StackShape {
  return { network, tasks: data.tasks, stack: 1, inputShape, weighted, totalSteps: [1] };
}

function rowsOf(values: ArrayLike<number>, size: number): number[][] {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => values[i * size + j]!));
}

/** Error of each task on the test rows, lower is better and positive: 1 - score for scores in [0, 1]. */
function errorsOf(data: TaskData, { fitted, predictions, run }: RunResult): number[] {
  return data.tasks.map((task, t) => {
    if (predictions[t] === undefined) return Number.NaN;
    const { values, length } = data.labels[t]!;
    const labels = new Float64Array(run.split.test.length * length);
    for (const [i, row] of run.split.test.entries()) labels.set(values.subarray(row * length, (row + 1) * length), i * length);
    const [primary] = metricsOf(task);
    const score = taskMetrics(task, labels, predictions[t], { trainMean: fitted.targets[t]!.mean, length })[primary!.name] ?? Number.NaN;
    // An error of exactly 0 leaves no share of it to win.
    return Math.max(1e-6, primary!.better === 'higher' ? 1 - score : score);
  });
}

async function byPairs({ data, trunk, train, splits }: Trainer): Promise<Affinity> {
  const size = data.tasks.length;
  const pairs = Array.from({ length: size }, (_, i) => Array.from({ length: size - i - 1 }, (__, k) => [i, i + 1 + k] as const)).flat();
  const whole = hardSharing(trunk);
  const named = pairs.map(([i, j]) => [`${data.tasks[i]!.name} + ${data.tasks[j]!.name}`, partial(whole, [i, j])] as const);
  const [alone, ...together] = await train([['alone', singleTask(trunk)], ...named], (result) => errorsOf(data, result), numbers);
  return pairwiseAffinity(
    names(data),
    splits.map((_, seed) => {
      const table = Array.from({ length: size }, () => new Array<number>(size).fill(Number.NaN));
      for (const [k, [i, j]] of pairs.entries()) {
        const errors = together[k]![seed]!;
        table[i]![j] = errors[j]!;
        table[j]![i] = errors[i]!;
      }
      return { alone: alone![seed]!, pairs: table };
    }),
  );
}

async function byLeavingOneOut({ data, trunk, train, splits }: Trainer): Promise<Affinity> {
  const all = data.tasks.map((_, t) => t);
  const whole = hardSharing(trunk);
  const others = (t: number): number[] => all.filter((other) => other !== t);
  const named = all.map((t) => [`without ${data.tasks[t]!.name}`, partial(whole, others(t))] as const);
  const [together, ...without] = await train([['together', whole], ...named], (result) => errorsOf(data, result), numbers);
  return leaveOneOutAffinity(
    names(data),
    splits.map((_, seed) => ({ together: together![seed]!, without: without.map((ofTask) => ofTask[seed]!) })),
  );
}

/** Hard sharing of some of the tasks; the others are not predicted. Built by one function, so that all are trained as one stack. */
function partial(whole: Run['method'], members: readonly number[]): Run['method'] {
  return { ...whole, architecture: { ...whole.architecture, partition: () => [{ train: members, serve: members }] } };
}

async function byRepresentation({ data, trunk, train, splits }: Trainer, measure: 'cka' | 'rsa'): Promise<Affinity> {
  const represented = ({ fitted, parts, run }: RunResult): Affinity => {
    const { test } = run.split;
    const inputs = fitted.encoder.encode(data, test);
    const representations = Object.fromEntries(
      parts.map(({ tasks, network, parameters }) => {
        const values = tf.tidy(() => {
          const named = Object.fromEntries(network.parameters.map((p, i) => [p.name, tf.tensor(parameters[i]!, [1, ...p.shape])]));
          const context = { training: false, dropout: (x: tf.Tensor) => x, uniform: () => tf.scalar(0.5) };
          const z = network.representation!.encode(named, tf.tensor(inputs, [1, test.length, ...fitted.encoder.shape]), context);
          return { width: z.shape[2]!, all: z.dataSync() };
        });
        return [
          data.tasks[tasks[0]!]!.name,
          Array.from(test, (_, i) => values.all.slice(i * values.width, (i + 1) * values.width)),
        ] as const;
      }),
    );
    return representationAffinity(representations, measure);
  };
  const [runs = []] = await train([['alone', singleTask(trunk)]], represented, keptShape);
  const [first] = runs;
  const mean = first!.values.map((row, i) => row.map((_, j) => runs.reduce((sum, run) => sum + run.values[i]![j]!, 0) / runs.length));
  return { ...first!, values: mean, notes: [`mean over ${splits.length} seeds`] };
}
