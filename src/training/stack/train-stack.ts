import * as tf from '@tensorflow/tfjs-core';
import { canBuildGraphs } from '../../backend/graph';
import type { State, StepResult, WeightsMethod } from '../../balancing/balancing';
import type { Method } from '../../models/method';
import { sizeOf } from '../../models/network/features';
import { type Network, totalOutputs } from '../../models/network/network';
import { type Random, random } from '../../random/random';
import { cellsOf, kindOf } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import { notFinite } from '../divergence';
import { eagerExecutor } from '../executors/eager';
import { type Executor, type ProbeResult, type StepFeed, unrollFor, type Which } from '../executors/executor';
import { graphExecutor } from '../executors/graph';
import { totalClasses } from '../loss';
import { type Optimizer, parameterStepOf } from '../optimizer';
import type { ResidentData } from '../prepare';
import { EVALUATION_BLOCK } from '../steps/evaluate';
import { layersOf } from '../steps/layers';
import { type HeadsPlan, STEP_SCALARS, type StackPlan, type StepKind } from '../steps/plan';
import { layerCount } from '../steps/stack-shape';
import { type CheckedTaskSampling, sampleRow, sampleRows, taskShares } from '../task-sampling';
import { Presence, RecentLosses } from './presence';
import { type Checkpoint, TaskCheckpoints } from './task-checkpoints';

/** One model of a stack. */
export interface Member {
  /** Names the run in messages. */
  readonly label: string;
  readonly seed: number;
  /** Resident rows. */
  readonly train: Int32Array;
  /** Those of them that have a label, per task of the network; needed for `taskSampling`. */
  readonly labelled?: readonly Int32Array[];
  readonly validation: Int32Array;
  /** Resident rows whose outputs are wanted after training. */
  readonly predict: Int32Array;
  /** Columns of the label matrix that the model learns. */
  readonly columns: readonly number[];
  /** Initial parameters, one model's values each. */
  readonly initial: readonly Float32Array[];
  readonly classWeights?: Float32Array;
  readonly learningRate: number;
  /** `[tasks]` fixed weights of the losses, of a method that balances nothing. @default all 1 */
  readonly taskWeights?: readonly number[];
  /** Places of the tasks whose outputs are wanted. @default all tasks */
  readonly serve?: readonly number[];
}

/** How a stack is trained. */
export interface TrainingOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  /** Epochs without a better validation loss before a model stops; undefined: all epochs. */
  readonly patience?: number;
  /** Whose best epoch is kept: that of the mean validation loss, or of each task. @default 'joint' */
  readonly stopping?: 'joint' | 'perTask';
  /** Factor of the learning rate by the share of steps done, in [0, 1). */
  readonly schedule?: (share: number) => number;
  readonly clipNorm?: number;
  /** How rows are drawn by task; undefined: every row once an epoch. */
  readonly taskSampling?: CheckedTaskSampling;
  /** Epochs after which the parameters are recorded; 0 is before the first step. @default none */
  readonly snapshots?: readonly number[];
  /** `auto`: graphs where the backend can build them. */
  readonly mode: 'auto' | 'eager';
  readonly signal?: AbortSignal;
}

/** Conflict between the tasks' gradients at one step of one model. */
export interface GradientRecord {
  readonly step: number;
  /**
   * `[tasks, tasks]` products of the gradients as the method reads them (GradNorm: of the last shared layer); of layers that are balanced by
   * themselves the sum.
   */
  readonly gramian: readonly (readonly number[])[];
}

/** Parameters as they were after an epoch (from 1). */
export interface Snapshot {
  readonly epoch: number;
  readonly parameters: readonly Float32Array[];
}

/** One model's training. */
export interface TrainedMember {
  /** Final (with validation rows: best) parameters. */
  readonly parameters: readonly Float32Array[];
  /** Outputs on the member's `predict` rows, `[rows, outputs]`. */
  readonly outputs: Float32Array;
  /**
   * Mean training loss per epoch and task over the steps that had a label of the task (that of the epoch before where there was none, NaN
   * before the first).
   */
  readonly trainLosses: readonly (readonly number[])[];
  /** Validation loss per epoch and task; empty without validation rows. */
  readonly validationLosses: readonly (readonly number[])[];
  /** Epoch whose parameters were kept, from 1. */
  readonly bestEpoch: number;
  /** With per-task stopping the tasks' best epochs, from which `outputs` are; undefined where all are from `parameters`. */
  readonly checkpoints?: readonly Checkpoint[];
  /** Epochs trained. */
  readonly epochs: number;
  /** Task weights used (with weights per layer: their means), a row per recorded step. */
  readonly weights: readonly { readonly step: number; readonly values: readonly number[] }[];
  readonly gradients: readonly GradientRecord[];
  /** After the epochs asked for, as far as the model was trained. */
  readonly snapshots: readonly Snapshot[];
  /** The balancing method's state at the end; with a state per layer `{ layers }`. */
  readonly balancingState?: State;
  /** Why the run failed; its parameters are then the last finite ones. */
  readonly failure?: string;
  /** True where training was stopped from outside before its end. */
  readonly interrupted: boolean;
}

/** What a finished stack returns. */
export interface StackResult {
  readonly members: readonly TrainedMember[];
  /** Seconds spent training, of the whole stack. */
  readonly seconds: number;
  readonly steps: number;
  readonly mode: Executor['mode'];
}

/** Told after every epoch. */
export type EpochListener = (epoch: number, epochs: number, meanLoss: number) => void;

/**
 * The cheapest kind of step that gives a method what it needs.
 * @throws RangeError when the method cannot work on the gradients that were asked for
 */
function stepKindOf({ balancing, update, architecture }: Method): StepKind {
  if (!balancing) return { kind: 'weighted' };
  if (balancing.needs === 'jacobian') {
    const representation = update.gradients === 'representation';
    if (representation && !balancing.rule.factors) {
      throw new RangeError(
        `${architecture.name}.with(${balancing.info.name}()): works on the coordinates of the parameters; use gradients: "parameters"`,
      );
    }
    return { kind: 'rule', rule: balancing.rule, ...(representation && { representation }) };
  }
  // An update of another length than its heads' is only known where the tasks' gradients are.
  if (balancing.needs === 'gramian' || update.scale !== 'native') {
    if (update.gradients === 'representation') return { kind: 'representation' };
    return { kind: 'gramian', cross: balancing.independentBatches, ...(balancing.lastLayer && { lastLayer: true }) };
  }
  return 'usesBatch' in balancing && balancing.usesBatch ? { kind: 'losses' } : { kind: 'weighted' };
}

/** Where the weights of the losses that heads follow come from. */
function headsPlanOf({ balancing, update }: Method, { kind }: StepKind): HeadsPlan {
  if (update.heads === 'plain') return 'plain';
  const apart = balancing?.info.kind === 'aggregator' || update.scale === 'sum';
  return apart && (kind === 'gramian' || kind === 'representation') ? 'apart' : 'shared';
}

/** @throws TypeError when a method promises weights for the heads and has none */
function headWeightsOf({ info, weighsHeads }: WeightsMethod, { weights, heads }: StepResult): readonly number[] {
  if (weighsHeads && heads?.length !== weights.length)
    throw new TypeError(
      `${info.name}().step: weighsHeads promises heads, a weight for each of the ${weights.length} tasks, got ${JSON.stringify(heads)}`,
    );
  return heads ?? weights;
}

/** @throws RangeError when steps of one task are asked for, and the method balances what the tasks' losses or gradients are in a step */
function checkTaskBatches({ balancing, architecture }: Method, kind: StepKind, sampling: CheckedTaskSampling | undefined): void {
  if (!balancing || sampling?.batches !== 'task' || kind.kind === 'weighted') return;
  throw new RangeError(
    `${architecture.name}.with(${balancing.info.name}()): balances the tasks of a step, but taskSampling.batches "task" makes steps of one task; use batches: "mixed"`,
  );
}

/**
 * The method without its aggregator where there is nothing to aggregate, as no parameter serves several tasks (soft sharing), and the method
 * has no weights for heads by themselves.
 */
function withWhatItBalances(method: Method, { parameters }: Network): Method {
  const { balancing, update } = method;
  const idle =
    balancing?.info.kind === 'aggregator' &&
    !(balancing.weighsHeads && update.heads === 'weighted') &&
    update.gradients === 'parameters' &&
    parameters.every(({ role }) => role === 'task');
  if (!idle) return method;
  const { balancing: _, ...rest } = method;
  return rest;
}

/** 64 MiB of task gradients. */
const KEPT_GRADIENTS = 2 ** 24;

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Rows drawn by task. */
interface Sampled {
  readonly sampling: CheckedTaskSampling;
  readonly labelled: readonly Int32Array[];
}

/** Random orders of an epoch, which the single-task networks of a seed have in common. */
class Shuffles {
  private epoch = -1;
  private readonly known = new Map<string, Int32Array>();
  of(seed: number, epoch: number, rows: number): Int32Array {
    if (epoch !== this.epoch) {
      this.known.clear();
      this.epoch = epoch;
    }
    const key = `${seed} ${rows}`;
    let order = this.known.get(key);
    if (!order) {
      order = random(seed, `batches/${epoch}`).permutation(rows);
      this.known.set(key, order);
    }
    return order;
  }
}

/** A model's rows of one epoch, in random order. */
class Order {
  private epoch = -1;
  private rows: Int32Array = new Int32Array(0);
  private readonly sampled: Sampled | undefined;
  constructor(
    private readonly member: Member,
    private readonly size: number,
    private readonly epochs: number,
    private readonly shuffles: Shuffles,
    sampling: CheckedTaskSampling | undefined,
  ) {
    const { labelled } = member;
    // The rows of a single task have nothing to be drawn by.
    this.sampled = sampling && labelled && labelled.length > 1 ? { sampling, labelled } : undefined;
  }
  /** Copies batch `step` of `epoch` to `out`, filled up with `padding`; returns how many rows there were. */
  batch(epoch: number, step: number, padding: number, out: Int32Array): number {
    if (epoch !== this.epoch) {
      this.rows = this.draw(epoch);
      this.epoch = epoch;
    }
    const start = step * this.size;
    const count = Math.max(0, Math.min(this.size, this.rows.length - start));
    out.set(this.rows.subarray(start, start + count));
    out.fill(padding, count);
    return count;
  }
  /** A row that does not depend on the epoch's order. */
  other(epoch: number, draws: Random): number {
    const { train } = this.member;
    return this.sampled ? sampleRow(this.sampled.labelled, this.shares(epoch), draws) : train[draws.below(train.length)]!;
  }
  /** The task that the first epoch draws most rarely, and for how many steps or rows on average. */
  rarest(): { readonly task: number; readonly draws: number } | undefined {
    if (!this.sampled) return undefined;
    const shares = this.shares(0);
    const least = Math.min(...shares);
    const draws = least * Math.ceil(this.member.train.length / this.run);
    return { task: shares.indexOf(least), draws };
  }
  /** Neighbouring rows that are drawn for one task. */
  private get run(): number {
    return this.sampled?.sampling.batches === 'task' ? this.size : 1;
  }
  private draw(epoch: number): Int32Array {
    const { seed, train } = this.member;
    if (!this.sampled) return this.shuffles.of(seed, epoch, train.length).map((i) => train[i]!);
    return sampleRows(this.sampled.labelled, this.shares(epoch), train.length, this.run, random(seed, `batches/${epoch}`));
  }
  private shares(epoch: number): number[] {
    const { sampling, labelled } = this.sampled!;
    const counts = labelled.map((rows) => rows.length);
    return taskShares(sampling, counts, epoch, this.epochs);
  }
}

/** A step before it is taken. */
interface Upcoming {
  readonly feed: StepFeed;
  /** How many of its rows have a label of each task, by the models' places; undefined for a model that takes no step. */
  readonly labels: readonly (readonly number[] | undefined)[];
  /** The same for the tasks that are weighed: those with a label in the further batches, too. */
  readonly weighed: readonly (readonly number[] | undefined)[];
  /** The models' learning rates. */
  readonly rates: readonly number[];
}

/** Smallest number of whole blocks that `rows` fit in. */
const roundedUp = (rows: number): number => EVALUATION_BLOCK * Math.ceil(rows / EVALUATION_BLOCK);

/**
 * Rows of a batch as it is computed, filled up where there are fewer: the batch size, or no more than all rows need. It follows from a
 * model's own rows, but hardly varies between splits, so that models of several splits are one stack.
 */
export function computedBatch(batchSize: number, rows: number): number {
  return Math.min(batchSize, roundedUp(rows));
}

/**
 * Trains a stack of models of one shape together. What a model becomes depends on it alone, not on its stack: its rows, draws and state are
 * those of its own steps, and the arithmetic of a model is the same in any stack.
 * @param given how tasks share and are balanced
 * @param network built for the tasks of every member
 * @param data resident rows; not disposed
 */
export async function trainStack(
  given: Method,
  network: Network,
  tasks: readonly Task[],
  inputShape: readonly number[],
  members: readonly Member[],
  data: ResidentData,
  options: TrainingOptions,
  onEpoch?: EpochListener,
): Promise<StackResult> {
  const method = withWhatItBalances(given, network);
  const { balancing } = method;
  const taskCount = tasks.length;
  const columnsTotal = data.resident.labels.shape[1]!;
  const inOrder = members.every(({ columns }) => columns.length === columnsTotal && columns.every((c, i) => c === i));
  const weighted = members.some(({ classWeights }) => classWeights !== undefined);
  const batch = computedBatch(options.batchSize, Math.max(...members.map(({ train }) => train.length)));
  const stepsOf = members.map(({ train }) => Math.ceil(train.length / batch));
  const stepsPerEpoch = Math.max(...stepsOf);
  const totalStepsOf = stepsOf.map((steps) => options.epochs * steps);
  const widths = tasks.map(cellsOf);
  const presences = members.map((member) => new Presence(member, widths, data.hasLabel, columnsTotal));
  const classes = totalClasses(tasks);
  const validationRows = Math.max(...members.map(({ validation }) => validation.length));
  const validates = validationRows > 0;
  const kind = stepKindOf(method);
  const { scale, groups } = method.update;
  const layers = balancing && groups === 'layer' ? layersOf(network.parameters.filter(({ role }) => role === 'shared')) : undefined;
  const layerTotal = layerCount({ layers });
  const headsPlan = headsPlanOf(method, kind);
  checkTaskBatches(method, kind, options.taskSampling);
  const wholeSteps = kind.kind === 'weighted' || kind.kind === 'rule';
  const unroll = wholeSteps ? unrollFor(stepsPerEpoch) : 1;
  const perModel =
    members.some(({ learningRate }) => learningRate !== members[0]!.learningRate) || stepsOf.some((n) => n !== stepsPerEpoch);
  const looked = Math.max(validationRows, ...members.map(({ predict }) => predict.length));
  const evaluationBatch = Math.min(512, roundedUp(looked > 0 ? looked : batch));

  const solver = balancing && balancing.needs !== 'jacobian' ? (balancing as WeightsMethod) : undefined;
  const parameterStep = parameterStepOf(options.optimizer);
  const shuffles = new Shuffles();
  const orders = members.map((member) => new Order(member, batch, options.epochs, shuffles, options.taskSampling));
  for (const [s, order] of orders.entries()) {
    const rarest = order.rarest();
    if (balancing && rarest && rarest.draws < 1)
      throw new RangeError(
        `Training ${members[s]!.label}: taskSampling would draw task "${tasks[rarest.task]!.name}" ${rarest.draws.toPrecision(2)} times an epoch on average, but ${balancing.info.name} balances the losses of all tasks; use a higher temperature, batches: "mixed" or a smaller batchSize`,
      );
  }
  const dropoutSeeds = members.map(({ seed }) => random(seed, 'dropout').uint32() | 0);
  // The best epoch of a single task is that of the mean.
  const perTask = validates && options.stopping === 'perTask' && taskCount > 1;
  const progress = members.map(
    ({ seed, serve = [...tasks.keys()] }) =>
      new MemberProgress(new RecentLosses(taskCount), solver && statesOf(solver, seed), perTask ? new TaskCheckpoints(serve) : undefined),
  );
  const likelihoodFactors = tasks.map((task) => kindOf(task).likelihoodFactor);

  /** Members in the executor, by their place in it. */
  let alive = members.map((_, s) => s);
  let { executor, dispose } = makeExecutor();
  let steps = 0;
  let interrupted = false;
  let rested = performance.now();
  const began = performance.now();
  try {
    executor.start(network.parameters.map(({ shape }, i) => stacked(sizeOf(shape), (s) => members[s]!.initial[i]!)));
    takeSnapshot(0);
    await trainEpochs();
    finish(alive);
    const { mode } = executor;
    return {
      seconds: (performance.now() - began) / 1000,
      steps,
      mode,
      members: progress.map((own) => own.result(validates, interrupted)),
    };
  } finally {
    dispose();
  }

  /** A method's state before the first step, of each layer. */
  function statesOf(own: WeightsMethod, seed: number): State[] {
    const draws = random(seed, 'balancing');
    return Array.from({ length: layerTotal }, () => own.init(taskCount, draws.uint32()));
  }
  /** An executor for the members that are alive. */
  function makeExecutor(): { executor: Executor; dispose: () => void } {
    const stack = alive.length;
    const plan: StackPlan = {
      shape: {
        network,
        tasks,
        stack,
        inputShape,
        weighted,
        totalSteps: alive.map((s) => totalStepsOf[s]!),
        ...(layers ? { layers } : {}),
        ...(inOrder ? {} : { columns: alive.map((s) => members[s]!.columns) }),
      },
      optimizer: options.optimizer,
      step: kind,
      after: balancing !== undefined && 'after' in balancing && balancing.after !== undefined,
      scale,
      heads: headsPlan,
      ...(options.clipNorm === undefined ? {} : { clipNorm: options.clipNorm }),
      batch,
      evaluationBatch,
      unroll,
      perModel,
      absences: perModel || alive.some((s) => presences[s]!.partial),
      keptGradients: KEPT_GRADIENTS,
    };
    const classWeights = tf.tensor2d(
      stacked(weighted ? classes : 1, (s) => members[s]!.classWeights ?? new Float32Array(weighted ? classes : 1).fill(1)),
      [stack, weighted ? classes : 1],
    );
    const resident = { ...data.resident, classWeights };
    const made = options.mode === 'auto' && canBuildGraphs() ? graphOrEager(plan, resident) : eagerExecutor(plan, resident);
    return {
      executor: made,
      dispose() {
        made.dispose();
        classWeights.dispose();
      },
    };
  }
  function stacked(size: number, of: (member: number) => Float32Array): Float32Array {
    const all = new Float32Array(alive.length * size);
    for (const [place, s] of alive.entries()) all.set(of(s), place * size);
    return all;
  }
  /** The part of a stacked array that belongs to a place. */
  function partOf(all: Float32Array, place: number): Float32Array {
    const size = all.length / alive.length;
    return all.subarray(place * size, (place + 1) * size);
  }

  function upcomingStep(epoch: number, k: number): Upcoming {
    const stack = alive.length;
    const labels: (readonly number[] | undefined)[] = [];
    const weighed: (readonly number[] | undefined)[] = [];
    const rates: number[] = [];
    const feed = {
      rows: new Int32Array(stack * batch),
      seeds: new Int32Array(stack * 2),
      scalars: new Float32Array(stack * STEP_SCALARS),
      weights: new Float32Array(stack * layerTotal * taskCount).fill(1),
      ...(headsPlan === 'apart' && { heads: new Float32Array(stack * taskCount) }),
      others: new Int32Array(kind.kind === 'gramian' && kind.cross ? 2 * stack * batch : 0),
    };
    for (const [place, s] of alive.entries()) {
      const member = members[s]!;
      const rows = feed.rows.subarray(place * batch, (place + 1) * batch);
      const count = orders[s]!.batch(epoch, k, data.padding, rows);
      const active = count > 0 && progress[s]!.training;
      // A model that has no batch left in this epoch waits before its next step.
      const now = epoch * stepsOf[s]! + Math.min(k, stepsOf[s]! - 1);
      const own = active ? presences[s]!.of(rows.subarray(0, count)) : undefined;
      labels.push(own);
      weighed.push(own);
      const rate = member.learningRate * (options.schedule ? options.schedule(now / totalStepsOf[s]!) : 1);
      rates.push(rate);
      const numbers = options.optimizer.scalars(now + 1, rate);
      const weights = partOf(feed.weights, place);
      if (member.taskWeights) weights.set(member.taskWeights);
      if (kind.kind === 'rule') for (let t = 0; t < taskCount; t++) weights[t] = own && own[t]! > 0 ? 1 : 0;
      const present = own ? own.filter((labelled) => labelled > 0).length : taskCount;
      feed.seeds.set([dropoutSeeds[s]!, now], place * 2);
      feed.scalars.set(
        [numbers.rate, numbers.epsilon, 1 - rate * options.optimizer.decoupledDecay, active ? 1 : 0, present / taskCount],
        place * STEP_SCALARS,
      );
      if (feed.others.length > 0) {
        const draws = random(member.seed, `others/${now}`);
        for (const other of [0, 1]) {
          const target = feed.others.subarray((other * stack + place) * batch, (other * stack + place + 1) * batch);
          for (let i = 0; i < count; i++) target[i] = orders[s]!.other(epoch, draws);
          target.fill(data.padding, count);
          if (!own) continue;
          // A task without a label there would count as one whose gradient is 0.
          const further = target.subarray(0, count);
          presences[s]!.complete(further, own, draws.below);
          const found = presences[s]!.of(further);
          weighed[place] = weighed[place]!.map((labelled, t) => (found[t]! > 0 ? labelled : 0));
        }
      }
    }
    return { feed, labels, weighed, rates };
  }

  /** Asks the balancing method of every model for its weights. */
  function solve({ feed, weighed, rates }: Upcoming, epoch: number, probed?: ProbeResult): void {
    if (!solver) return;
    for (const [place, s] of alive.entries()) {
      const own = progress[s]!;
      const counts = weighed[place];
      const present = counts?.map((count) => count > 0);
      const weights = partOf(feed.weights, place);
      const losses = probed ? Array.from(partOf(probed.losses, place)) : new Array<number>(taskCount).fill(1);
      if (present && !losses.every((loss, t) => !present[t] || Number.isFinite(loss))) fail(s, losses, epoch);
      if (!counts || !present || !own.training) {
        weights.fill(0);
        continue;
      }
      const step = feed.seeds[2 * place + 1]!;
      const gramians = probed && probed.gramian.length > 0 ? squaresOf(partOf(probed.gramian, place)) : undefined;
      const crossGramians = probed && probed.cross.length > 0 ? squaresOf(partOf(probed.cross, place)) : undefined;
      const input = {
        losses: probed ? own.recent.with(losses, counts, rowsIn(feed, place)) : losses,
        present,
        epoch,
        step,
        epochLosses: own.trainLosses,
        likelihoodFactors,
        learningRate: rates[place]!,
        parameterStep,
      };
      const results = own.states!.map((state, layer) => {
        const [gramian, crossGramian] = [gramians?.[layer], crossGramians?.[layer]];
        return solver.step({ ...input, ...(gramian ? { gramian } : {}), ...(crossGramian ? { crossGramian } : {}) }, state);
      });
      own.states = results.map(({ state }) => state);
      const factor = scale === 'sum' ? present.filter(Boolean).length : 1;
      for (const [layer, result] of results.entries())
        weights.set(
          result.weights.map((weight) => weight * factor),
          layer * taskCount,
        );
      feed.heads?.set(headWeightsOf(solver, results[0]!), place * taskCount);
      if (step % Math.max(1, Math.floor(totalStepsOf[s]! / 100)) === 0) {
        const values = present.map((_, t) => results.reduce((sum, result) => sum + result.weights[t]!, 0) / results.length);
        own.weights.push({ step, values });
        if (gramians) own.gradients.push({ step, gramian: sumOf(gramians) });
      }
    }
  }
  /** Sums `[blocks, tasks]` over the blocks. */
  function perTaskSums(values: Float32Array): number[] {
    return Array.from({ length: taskCount }, (_, t) => values.reduce((sum, value, i) => (i % taskCount === t ? sum + value : sum), 0));
  }
  function rowsIn({ rows }: StepFeed, place: number): number {
    const own = rows.subarray(place * batch, (place + 1) * batch);
    const end = own.indexOf(data.padding);
    return end < 0 ? batch : end;
  }
  /** A matrix `[tasks, tasks]` of each layer. */
  function squaresOf(values: Float32Array): number[][][] {
    const row = (i: number): number[] => Array.from(values.subarray(i * taskCount, (i + 1) * taskCount));
    return Array.from({ length: layerTotal }, (_, layer) => Array.from({ length: taskCount }, (__, i) => row(layer * taskCount + i)));
  }
  function sumOf(matrices: readonly (readonly (readonly number[])[])[]): number[][] {
    return matrices[0]!.map((row, i) => row.map((_, j) => matrices.reduce((sum, matrix) => sum + matrix[i]![j]!, 0)));
  }
  /** Tells methods that learn from them the losses after the step. */
  function learnFromNext({ feed, labels, rates }: Upcoming, before: ProbeResult, after: Float32Array, epoch: number): void {
    if (!solver?.after || after.length === 0) return;
    for (const [place, s] of alive.entries()) {
      const own = progress[s]!;
      const present = labels[place]?.map((count) => count > 0);
      const nextLosses = Array.from(partOf(after, place));
      if (!present || !own.training || !nextLosses.every((loss, t) => !present[t] || Number.isFinite(loss))) continue;
      const losses = Array.from(partOf(before.losses, place));
      const input = {
        losses,
        present,
        nextLosses,
        epoch,
        step: feed.seeds[2 * place + 1]!,
        epochLosses: own.trainLosses,
        likelihoodFactors,
        learningRate: rates[place]!,
        parameterStep,
      };
      own.states = own.states!.map((state) => solver.after!(input, state));
    }
  }
  function fail(s: number, losses: readonly number[], epoch: number, of = 'loss'): void {
    const wrong = losses.flatMap((loss, t) => (Number.isFinite(loss) ? [] : [`"${tasks[t]!.name}" (${loss})`]));
    diverged(s, epoch, `the ${of} of task ${wrong.join(', ')} is not finite`);
  }
  function diverged(s: number, epoch: number, what: string): void {
    progress[s]!.failure =
      `Training ${members[s]!.label} diverged in epoch ${epoch + 1}: ${what}; ` +
      'lower learningRate, set clipNorm, or look for extreme values in the inputs and labels';
  }
  /** Looks for a divergence that no loss told of, because there was no step after it. */
  function checkFinished(done: readonly number[], which: Which): void {
    const rows = new Int32Array(alive.length * evaluationBatch).fill(data.padding);
    for (const [place, s] of alive.entries()) rows.set(members[s]!.train.subarray(0, evaluationBatch), place * evaluationBatch);
    // With validation rows the parameters that are kept had finite losses.
    const last = validates ? undefined : executor.evaluate(which, rows);
    for (const s of done) {
      const { failure, trainLosses, parameters, outputs } = progress[s]!;
      if (failure !== undefined) continue;
      const epoch = Math.max(0, trainLosses.length - 1);
      const losses = last ? perTaskSums(partOf(last.sums, alive.indexOf(s))) : [];
      const what = notFinite(network.parameters, parameters, outputs);
      if (!losses.every(Number.isFinite)) fail(s, losses, epoch, 'loss after the last step');
      else if (what !== undefined) diverged(s, epoch, what);
    }
  }
  async function rest(): Promise<void> {
    if (performance.now() - rested < 40) return;
    await breathe();
    rested = performance.now();
    if (options.signal?.aborted) interrupted = true;
  }

  async function trainEpochs(): Promise<void> {
    let ahead: (Upcoming & { readonly probed: ProbeResult }) | undefined;
    for (let epoch = 0; epoch < options.epochs && !interrupted; epoch++) {
      const sums = new Float64Array(alive.length * taskCount);
      const counts = new Float64Array(sums.length);
      const add = (losses: Float32Array, taken: readonly Upcoming[]): void => {
        for (let i = 0; i < losses.length; i++) {
          const [place, t] = [Math.floor((i % sums.length) / taskCount), i % taskCount];
          if (!taken[Math.floor(i / sums.length)]!.labels[place]?.[t]) continue;
          sums[i % sums.length]! += losses[i]!;
          counts[i % sums.length]!++;
        }
      };
      for (let k = 0; k < stepsPerEpoch && !interrupted; ) {
        if (wholeSteps) {
          const taken: Upcoming[] = [];
          for (const end = Math.min(stepsPerEpoch, k + unroll); k < end; k++) {
            const upcoming = upcomingStep(epoch, k);
            solve(upcoming, epoch);
            taken.push(upcoming);
            steps++;
          }
          add(executor.steps(taken.map(({ feed }) => feed)), taken);
        } else {
          if (!ahead) {
            const first = upcomingStep(epoch, k);
            ahead = { ...first, probed: executor.probe(undefined, first.feed) };
          }
          const { probed } = ahead;
          add(probed.losses, [ahead]);
          solve(ahead, epoch, probed);
          steps++;
          k++;
          const last = epoch === options.epochs - 1 && k === stepsPerEpoch;
          const upcoming = last ? ahead : k < stepsPerEpoch ? upcomingStep(epoch, k) : upcomingStep(epoch + 1, 0);
          const next = executor.probe(ahead.feed, upcoming.feed);
          learnFromNext(ahead, probed, next.after, epoch);
          ahead = { ...upcoming, probed: next };
        }
        await rest();
      }
      if (counts.every((count) => count === 0)) break;
      endEpoch(epoch, sums, counts);
      const going = alive.filter((s) => !progress[s]!.stopped);
      if (going.length === 0) break;
      if (going.length <= alive.length / 2 && epoch + 1 < options.epochs) {
        compact(going);
        ahead = undefined;
      }
    }
  }

  /** Losses of the epoch, validation, early stopping. */
  function endEpoch(epoch: number, sums: Float64Array, counts: Float64Array): void {
    const validation = validates ? validationLosses() : undefined;
    const improved = new Float32Array(alive.length);
    const improvedTasks = new Map<number, readonly number[]>();
    for (const [place, s] of alive.entries()) {
      const own = progress[s]!;
      if (own.stopped) continue;
      const at = place * taskCount;
      const before = own.trainLosses.at(-1);
      const seen = Array.from({ length: taskCount }, (_, t) => counts[at + t]! > 0);
      const means = seen.map((drawn, t) => (drawn ? sums[at + t]! / counts[at + t]! : (before?.[t] ?? Number.NaN)));
      own.trainLosses.push(means);
      if (own.failure === undefined && means.some((mean, t) => seen[t] && !Number.isFinite(mean))) fail(s, means, epoch);
      if (own.failure !== undefined) own.stopped = true;
      else if (validation) {
        if (members[s]!.validation.length > 0) own.validationLosses.push(validation[place]!);
        const present = validation[place]!.filter((loss) => !Number.isNaN(loss));
        const score = present.reduce((a, b) => a + b, 0) / present.length;
        if (present.some((loss) => loss === Number.POSITIVE_INFINITY)) {
          fail(
            s,
            validation[place]!.map((loss) => (Number.isNaN(loss) ? 0 : loss)),
            epoch,
            'validation loss',
          );
          own.stopped = true;
          continue;
        }
        // Without a validation label nothing tells which epoch was best: the last one is.
        if (score < own.bestScore || present.length === 0) [own.bestScore, own.bestEpoch, improved[place]] = [score, epoch + 1, 1];
        const better = own.perTask?.improved(validation[place]!) ?? [];
        if (better.length > 0) improvedTasks.set(place, better);
        else if (options.patience !== undefined && epoch + 1 - own.latestBest() >= options.patience) own.stopped = true;
      }
    }
    if (improved.includes(1)) executor.keepBest(improved);
    if (improvedTasks.size > 0) {
      const values = executor.read('current');
      for (const [place, better] of improvedTasks) {
        const parameters = values.map((all) => partOf(all, place).slice());
        progress[alive[place]!]!.perTask!.keep(better, epoch + 1, parameters);
      }
    }
    takeSnapshot(epoch + 1);
    if (!onEpoch) return;
    const finite = alive.flatMap((s) => progress[s]!.trainLosses.at(-1)!).filter(Number.isFinite);
    onEpoch(epoch + 1, options.epochs, finite.reduce((a, b) => a + b, 0) / finite.length);
  }
  function takeSnapshot(epoch: number): void {
    if (!options.snapshots?.includes(epoch)) return;
    const values = executor.read('current');
    for (const [place, s] of alive.entries()) {
      // A model that stopped earlier is only carried along.
      if (progress[s]!.trainLosses.length === epoch)
        progress[s]!.snapshots.push({ epoch, parameters: values.map((all) => partOf(all, place).slice()) });
    }
  }

  /** Goes on with fewer members, so that those which stopped cost nothing more. */
  function compact(going: readonly number[]): void {
    const saved = executor.save();
    finish(alive.filter((s) => !going.includes(s)));
    const places = going.map((s) => alive.indexOf(s));
    const kept = saved.map((all) => {
      const size = all.length / alive.length;
      const part = new Float32Array(places.length * size);
      for (const [i, place] of places.entries()) part.set(all.subarray(place * size, (place + 1) * size), i * size);
      return part;
    });
    dispose();
    alive = [...going];
    ({ executor, dispose } = makeExecutor());
    executor.restore(kept);
  }

  /** Takes members' parameters and outputs out of the executor, which cannot go on after that. */
  function finish(done: readonly number[]): void {
    const which = validates ? 'best' : 'current';
    const values = executor.read(which);
    const outputs = outputsOf(which);
    for (const s of done) {
      const place = alive.indexOf(s);
      progress[s]!.parameters = values.map((all) => partOf(all, place).slice());
      progress[s]!.outputs = outputs[place]!;
    }
    checkFinished(done, which);
    if (perTask) outputsOfCheckpoints(done, values);
  }

  /** Replaces the outputs of each task by those at its own best epoch: every model's first checkpoint, then every model's second, ... */
  function outputsOfCheckpoints(done: readonly number[], values: readonly Float32Array[]): void {
    const width = totalOutputs(tasks);
    const offsets = tasks.map((_, t) => totalOutputs(tasks.slice(0, t)));
    const checkpoints = new Map(done.map((s) => [s, progress[s]!.checkpoints()!] as const));
    const most = Math.max(0, ...[...checkpoints.values()].map(({ length }) => length));
    for (let round = 0; round < most; round++) {
      executor.start(
        values.map((all, i) =>
          stacked(all.length / alive.length, (s) => checkpoints.get(s)?.[round]?.parameters[i] ?? partOf(all, alive.indexOf(s))),
        ),
      );
      const outputs = outputsOf('current');
      for (const [s, list] of checkpoints) {
        const from = outputs[alive.indexOf(s)]!;
        for (const t of list[round]?.tasks ?? []) {
          const end = offsets[t]! + tasks[t]!.outputs;
          for (let row = 0; row < from.length; row += width) {
            progress[s]!.outputs.set(from.subarray(row + offsets[t]!, row + end), row + offsets[t]!);
          }
        }
      }
    }
  }

  /** Each member's outputs on its `predict` rows. */
  function outputsOf(which: Which): Float32Array[] {
    const width = totalOutputs(tasks);
    const all = alive.map((s) => new Float32Array(members[s]!.predict.length * width));
    inChunks(
      (s) => members[s]!.predict,
      (rows, start) => {
        const { outputs } = executor.evaluate(which, rows);
        for (const place of alive.keys()) {
          const count = Math.min(evaluationBatch, all[place]!.length / width - start);
          // Other models of the stack may have more rows.
          if (count > 0) all[place]!.set(partOf(outputs, place).subarray(0, count * width), start * width);
        }
      },
    );
    return all;
  }

  /** Validation loss per member and task; NaN where the rows have no label, infinite where a loss is not finite. */
  function validationLosses(): number[][] {
    const sums = new Float64Array(alive.length * taskCount);
    const counts = new Float64Array(alive.length * taskCount);
    inChunks(
      (s) => members[s]!.validation,
      (rows) => {
        const part = executor.evaluate('current', rows);
        for (const place of alive.keys()) {
          const [ownSums, ownCounts] = [part.sums, part.counts].map((all) => perTaskSums(partOf(all, place))) as [number[], number[]];
          for (let t = 0; t < taskCount; t++) {
            sums[place * taskCount + t]! += ownSums[t]!;
            counts[place * taskCount + t]! += ownCounts[t]!;
          }
        }
      },
    );
    return alive.map((_, place) =>
      Array.from({ length: taskCount }, (__, t) => {
        const [sum, count] = [sums[place * taskCount + t]!, counts[place * taskCount + t]!];
        return count > 0 && !Number.isFinite(sum) ? Number.POSITIVE_INFINITY : sum / count;
      }),
    );
  }

  /** Goes over rows of every member, `evaluationBatch` at a time, filled up with padding. */
  function inChunks(rowsOf: (member: number) => Int32Array, visit: (rows: Int32Array, start: number) => void): void {
    const most = Math.max(...alive.map((s) => rowsOf(s).length));
    for (let start = 0; start < most; start += evaluationBatch) {
      const rows = new Int32Array(alive.length * evaluationBatch).fill(data.padding);
      for (const [place, s] of alive.entries()) rows.set(rowsOf(s).subarray(start, start + evaluationBatch), place * evaluationBatch);
      visit(rows, start);
    }
  }
}

/** What is known of one model while it trains. */
class MemberProgress {
  readonly trainLosses: number[][] = [];
  readonly validationLosses: number[][] = [];
  readonly weights: { readonly step: number; readonly values: readonly number[] }[] = [];
  readonly gradients: GradientRecord[] = [];
  readonly snapshots: Snapshot[] = [];
  failure: string | undefined;
  stopped = false;
  bestScore: number = Number.POSITIVE_INFINITY;
  bestEpoch = 0;
  parameters: Float32Array[] = [];
  outputs: Float32Array = new Float32Array(0);
  constructor(
    /** Losses as the balancing method reads them. */
    readonly recent: RecentLosses,
    /** The balancing method's state, of each layer. */
    public states: State[] | undefined,
    readonly perTask: TaskCheckpoints | undefined,
  ) {}

  /** Whether it takes steps: it may have stopped before the stack has. */
  get training(): boolean {
    return !this.stopped && this.failure === undefined;
  }

  /** The last epoch that was better than all before, by the mean loss or by that of some task. */
  latestBest(): number {
    return this.perTask?.latest(this.bestEpoch) ?? this.bestEpoch;
  }

  checkpoints(): Checkpoint[] | undefined {
    return this.perTask?.list({ epoch: this.bestEpoch, parameters: this.parameters });
  }

  result(validates: boolean, interrupted: boolean): TrainedMember {
    const { parameters, outputs, trainLosses, validationLosses, weights, gradients, snapshots, states, failure } = this;
    const checkpoints = this.checkpoints();
    return {
      parameters,
      outputs,
      trainLosses,
      validationLosses,
      bestEpoch: validates ? this.bestEpoch : trainLosses.length,
      ...(checkpoints === undefined ? {} : { checkpoints }),
      epochs: trainLosses.length,
      weights,
      gradients,
      snapshots,
      ...(states === undefined ? {} : { balancingState: states.length === 1 ? states[0]! : { layers: states } }),
      ...(failure === undefined ? {} : { failure }),
      interrupted: interrupted && !this.stopped,
    };
  }
}

const refused = new Set<string>();

/** A graph, or op-by-op execution where an op cannot be put into one; says so once per reason. */
function graphOrEager(plan: StackPlan, resident: Parameters<typeof graphExecutor>[1]): Executor {
  try {
    return graphExecutor(plan, resident);
  } catch (error) {
    const reason = (error as Error).message;
    if (!refused.has(reason)) {
      refused.add(reason);
      process.stderr.write(`taskloom: computing op by op (slower), because the step cannot become a graph: ${reason}\n`);
    }
    return eagerExecutor(plan, resident);
  }
}
