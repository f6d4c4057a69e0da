import * as tf from '@tensorflow/tfjs-core';
import { canBuildGraphs } from '../backend/graph';
import type { State, WeightsMethod } from '../balancing/balancing';
import type { Balancing, Method } from '../models/method';
import type { Network } from '../models/network';
import { random } from '../random/random';
import type { Task } from '../tasks/task';
import { eagerExecutor } from './eager-executor';
import type { Executor, StackPlan, StepFeed, StepKind, Which } from './executor';
import { graphExecutor } from './graph-executor';
import type { Optimizer } from './optimizer';
import type { ResidentData } from './prepare';

/** One model of a stack. */
export interface Member {
  /** Names the run in messages. */
  readonly label: string;
  readonly seed: number;
  /** Resident rows. */
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** Resident rows whose outputs are wanted after training. */
  readonly predict: Int32Array;
  /** Columns of the label matrix that the model learns. */
  readonly columns: readonly number[];
  /** Initial parameters, one model's values each. */
  readonly initial: readonly Float32Array[];
  readonly classWeights?: Float32Array;
  readonly learningRate: number;
}

/** How a stack is trained. */
export interface TrainingOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  /** Epochs without a better validation loss before a model stops; undefined: all epochs. */
  readonly patience?: number;
  /** Factor of the learning rate by the share of steps done, in [0, 1). */
  readonly schedule?: (share: number) => number;
  readonly clipNorm?: number;
  /** `auto`: graphs where the backend can build them. */
  readonly mode: 'auto' | 'eager';
  readonly signal?: AbortSignal;
}

/** Conflict between the tasks' gradients at one step of one model. */
export interface GradientRecord {
  readonly step: number;
  /** `[tasks, tasks]` products of the gradients. */
  readonly gramian: readonly (readonly number[])[];
}

/** One model's training. */
export interface TrainedMember {
  /** Final (with validation rows: best) parameters. */
  readonly parameters: readonly Float32Array[];
  /** Outputs on the member's `predict` rows, `[rows, outputs]`. */
  readonly outputs: Float32Array;
  /** Mean training loss per epoch and task. */
  readonly trainLosses: readonly (readonly number[])[];
  /** Validation loss per epoch and task; empty without validation rows. */
  readonly validationLosses: readonly (readonly number[])[];
  /** Epoch whose parameters were kept, from 1. */
  readonly bestEpoch: number;
  /** Epochs trained. */
  readonly epochs: number;
  /** Task weights used, a row per recorded step. */
  readonly weights: readonly { readonly step: number; readonly values: readonly number[] }[];
  readonly gradients: readonly GradientRecord[];
  /** The balancing method's state at the end. */
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

/** Weightings whose weights do not depend on the losses of the batch they weigh. */
const WEIGHTED_BEFORE_THE_BATCH: ReadonlySet<string> = new Set(['equal', 'fixed', 'rlw', 'dwa']);

/** The cheapest kind of step that gives a method what it needs. */
function stepKindOf(balancing: Balancing | undefined): StepKind {
  if (!balancing) return { kind: 'weighted' };
  if (balancing.needs === 'jacobian') return { kind: 'rule', rule: balancing.rule };
  if (balancing.needs === 'gramian') return { kind: 'gramian', cross: balancing.independentBatches };
  return WEIGHTED_BEFORE_THE_BATCH.has(balancing.info.name) ? { kind: 'weighted' } : { kind: 'losses' };
}

/** Largest of 1..8 that leaves the fewest steps over. */
function unrollFor(stepsPerEpoch: number): number {
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let k = Math.min(8, stepsPerEpoch); k >= 1; k--) {
    const left = stepsPerEpoch % k;
    // A call costs about as much as two more steps in an unrolled one.
    const calls = Math.floor(stepsPerEpoch / k) + left;
    if (calls < least) [best, least] = [k, calls];
  }
  return best;
}

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A model's rows of one epoch, in random order. */
class Order {
  private epoch = -1;
  private order: Int32Array = new Int32Array(0);
  constructor(private readonly member: Member) {}
  /** Copies batch `step` of `epoch` to `out`, filled up with `padding`; returns how many rows there were. */
  batch(epoch: number, step: number, size: number, padding: number, out: Int32Array): number {
    if (epoch !== this.epoch) {
      this.order = random(this.member.seed, `batches/${epoch}`).permutation(this.member.train.length);
      this.epoch = epoch;
    }
    const start = step * size;
    const count = Math.max(0, Math.min(size, this.order.length - start));
    for (let i = 0; i < count; i++) out[i] = this.member.train[this.order[start + i]!]!;
    out.fill(padding, count);
    return count;
  }
}

/**
 * Trains a stack of models of one shape together.
 * @param method how tasks share and are balanced
 * @param network built for the tasks of every member
 * @param data resident rows; not disposed
 */
export async function trainStack(
  method: Method,
  network: Network,
  tasks: readonly Task[],
  inputShape: readonly number[],
  members: readonly Member[],
  data: ResidentData,
  options: TrainingOptions,
  onEpoch?: EpochListener,
): Promise<StackResult> {
  const { balancing } = method;
  const stack = members.length;
  const taskCount = tasks.length;
  const columnsTotal = data.resident.labels.shape[1]!;
  const inOrder = members.every(({ columns }) => columns.length === columnsTotal && columns.every((c, i) => c === i));
  const weighted = members.some(({ classWeights }) => classWeights !== undefined);
  const batch = Math.min(options.batchSize, Math.max(...members.map(({ train }) => train.length)));
  const stepsOf = members.map(({ train }) => Math.ceil(train.length / batch));
  const stepsPerEpoch = Math.max(...stepsOf);
  const classes = tasks.reduce((n, task) => n + task.classes.length, 0);
  const validationRows = Math.max(...members.map(({ validation }) => validation.length));
  const kind = stepKindOf(balancing);
  const perModel =
    members.some(({ learningRate }) => learningRate !== members[0]!.learningRate) || stepsOf.some((n) => n !== stepsPerEpoch);
  const plan: StackPlan = {
    shape: { network, tasks, stack, inputShape, weighted, ...(inOrder ? {} : { columns: members.map(({ columns }) => columns) }) },
    optimizer: options.optimizer,
    step: kind,
    matchMean: method.update.scale === 'matchMean',
    weightHeads: balancing?.info.kind === 'weighting',
    ...(options.clipNorm === undefined ? {} : { clipNorm: options.clipNorm }),
    batch,
    evaluationBatch: Math.min(512, Math.max(1, validationRows, ...members.map(({ predict }) => predict.length))),
    unroll: kind.kind === 'weighted' || kind.kind === 'rule' ? unrollFor(stepsPerEpoch) : 1,
    perModel,
  };
  const classWeights = tf.tensor2d(
    weighted ? members.flatMap(({ classWeights: w }) => [...(w ?? new Float32Array(classes).fill(1))]) : new Float32Array(stack),
    [stack, weighted ? classes : 1],
  );
  const resident = { ...data.resident, classWeights };
  const executor = options.mode === 'auto' && canBuildGraphs() ? graphOrEager(plan, resident) : eagerExecutor(plan, resident);
  try {
    executor.start(
      network.parameters.map(({ shape }, i) => {
        const size = shape.reduce((a, b) => a * b, 1);
        const all = new Float32Array(stack * size);
        for (const [s, member] of members.entries()) all.set(member.initial[i]!, s * size);
        return all;
      }),
    );
    return await loop();
  } finally {
    executor.dispose();
    classWeights.dispose();
  }

  async function loop(): Promise<StackResult> {
    const orders = members.map((member) => new Order(member));
    const dropoutSeeds = members.map(({ seed }) => random(seed, 'dropout').uint32() | 0);
    const solver = balancing && balancing.needs !== 'jacobian' ? (balancing as WeightsMethod) : undefined;
    const states: (State | undefined)[] = members.map(({ seed }) => solver?.init(taskCount, random(seed, 'balancing').uint32()));
    const trainLosses: number[][][] = members.map(() => []);
    const validationLosses: number[][][] = members.map(() => []);
    const weightRecords: { step: number; values: number[] }[][] = members.map(() => []);
    const gradientRecords: GradientRecord[][] = members.map(() => []);
    const failures: (string | undefined)[] = members.map(() => undefined);
    const stopped = members.map(() => false);
    const bestScore = members.map(() => Number.POSITIVE_INFINITY);
    const bestEpoch = members.map(() => 0);
    const lastEpoch = members.map(() => 0);
    const modelSteps = members.map(() => 0);
    const kinds = tasks.map((task) => task.kind);
    const totalSteps = options.epochs * stepsPerEpoch;
    const recordEvery = Math.max(1, Math.floor(totalSteps / 100));
    const validates = validationRows > 0;
    let step = 0;
    let interrupted = false;
    let rested = performance.now();
    let seconds = 0;
    let began = performance.now();

    const nextFeed = (epoch: number, k: number): StepFeed => {
      const feed = {
        rows: new Int32Array(stack * batch),
        seeds: new Int32Array(stack * 2),
        scalars: new Float32Array(stack * 4),
        weights: new Float32Array(stack * taskCount).fill(1),
      };
      const factor = options.schedule ? options.schedule((epoch * stepsPerEpoch + k) / totalSteps) : 1;
      for (const [s, member] of members.entries()) {
        const count = orders[s]!.batch(epoch, k, batch, data.padding, feed.rows.subarray(s * batch, (s + 1) * batch));
        const active = count > 0 && failures[s] === undefined;
        if (active) modelSteps[s]!++;
        const rate = member.learningRate * factor;
        const numbers = options.optimizer.scalars(Math.max(1, modelSteps[s]!), rate);
        feed.seeds.set([dropoutSeeds[s]!, epoch * stepsPerEpoch + k], s * 2);
        feed.scalars.set([numbers.rate, numbers.epsilon, 1 - rate * options.optimizer.decoupledDecay, active ? 1 : 0], s * 4);
      }
      return feed;
    };
    /** Asks the balancing method of every model for its weights. */
    const solve = (feed: StepFeed, epoch: number, losses: Float32Array | undefined, gramian: Float32Array): void => {
      if (!solver) return;
      for (let s = 0; s < stack; s++) {
        if (failures[s] !== undefined) continue;
        const own = losses ? Array.from(losses.subarray(s * taskCount, (s + 1) * taskCount)) : new Array<number>(taskCount).fill(1);
        if (!own.every(Number.isFinite)) {
          fail(s, own, epoch);
          feed.weights.fill(0, s * taskCount, (s + 1) * taskCount);
          continue;
        }
        const products = gramian.length > 0 ? matrixOf(gramian, s) : undefined;
        const result = solver.step(
          {
            losses: own,
            ...(products ? { gramian: products } : {}),
            epoch,
            step,
            epochLosses: trainLosses[s]!,
            kinds,
            learningRate: members[s]!.learningRate,
          },
          states[s]!,
        );
        states[s] = result.state;
        feed.weights.set(result.weights, s * taskCount);
        if (step % recordEvery === 0) {
          weightRecords[s]!.push({ step, values: [...result.weights] });
          if (products) gradientRecords[s]!.push({ step, gramian: products });
        }
      }
    };
    const matrixOf = (gramian: Float32Array, s: number): number[][] =>
      Array.from({ length: taskCount }, (_, i) =>
        Array.from(gramian.subarray((s * taskCount + i) * taskCount, (s * taskCount + i + 1) * taskCount)),
      );
    const fail = (s: number, losses: readonly number[], epoch: number): void => {
      const wrong = losses.flatMap((loss, t) => (Number.isFinite(loss) ? [] : [`"${tasks[t]!.name}" (${loss})`]));
      failures[s] =
        `Training ${members[s]!.label} diverged in epoch ${epoch + 1}: the loss of task ${wrong.join(', ')} is not finite; ` +
        'lower learningRate, set clipNorm, or look for extreme values in the inputs and labels';
    };
    const rest = async (): Promise<void> => {
      if (performance.now() - rested < 40) return;
      await breathe();
      rested = performance.now();
      if (options.signal?.aborted) interrupted = true;
    };

    let ahead: { feed: StepFeed; losses: Float32Array; gramian: Float32Array } | undefined;
    for (let epoch = 0; epoch < options.epochs && !interrupted && stopped.some((s) => !s); epoch++) {
      const sums = new Float64Array(stack * taskCount);
      const add = (losses: Float32Array): void => {
        for (let i = 0; i < losses.length; i++) sums[i % sums.length]! += losses[i]!;
      };
      let counted = 0;
      if (kind.kind === 'weighted' || kind.kind === 'rule') {
        for (let k = 0; k < stepsPerEpoch && !interrupted; ) {
          const feeds: StepFeed[] = [];
          for (const end = Math.min(stepsPerEpoch, k + plan.unroll); k < end; k++) {
            const feed = nextFeed(epoch, k);
            solve(feed, epoch, undefined, new Float32Array(0));
            feeds.push(feed);
            step++;
          }
          add(executor.steps(feeds));
          counted += feeds.length;
          await rest();
        }
      } else {
        for (let k = 0; k < stepsPerEpoch && !interrupted; k++) {
          if (!ahead) {
            const feed = nextFeed(epoch, k);
            ahead = { feed, ...executor.probe(undefined, feed) };
          }
          const { feed, losses, gramian } = ahead;
          add(losses);
          counted++;
          solve(feed, epoch, losses, gramian);
          step++;
          const last = epoch === options.epochs - 1 && k === stepsPerEpoch - 1;
          const [nextEpoch, nextStep] = k + 1 < stepsPerEpoch ? [epoch, k + 1] : [epoch + 1, 0];
          const upcoming = last ? feed : nextFeed(nextEpoch, nextStep);
          const result = executor.probe(feed, upcoming);
          if (solver?.after) {
            for (let s = 0; s < stack; s++) {
              const slice = (all: Float32Array): number[] => Array.from(all.subarray(s * taskCount, (s + 1) * taskCount));
              const nextLosses = slice(result.after);
              if (failures[s] !== undefined || !nextLosses.every(Number.isFinite)) continue;
              states[s] = solver.after(
                {
                  losses: slice(losses),
                  nextLosses,
                  epoch,
                  step: step - 1,
                  epochLosses: trainLosses[s]!,
                  kinds,
                  learningRate: members[s]!.learningRate,
                },
                states[s]!,
              );
            }
          }
          ahead = { feed: upcoming, losses: result.losses, gramian: result.gramian };
          await rest();
        }
      }
      if (counted === 0) break;
      for (let s = 0; s < stack; s++) {
        if (stopped[s]) continue;
        const means = Array.from({ length: taskCount }, (_, t) => sums[s * taskCount + t]! / Math.min(counted, stepsOf[s]!));
        trainLosses[s]!.push(means);
        lastEpoch[s] = epoch + 1;
        if (failures[s] === undefined && !means.every(Number.isFinite)) fail(s, means, epoch);
        if (failures[s] !== undefined) stopped[s] = true;
      }
      if (validates) {
        const losses = validationLoss();
        const improved = new Float32Array(stack);
        for (let s = 0; s < stack; s++) {
          if (stopped[s]) continue;
          validationLosses[s]!.push(losses[s]!);
          const present = losses[s]!.filter((loss) => !Number.isNaN(loss));
          const score = present.reduce((a, b) => a + b, 0) / present.length;
          if (score < bestScore[s]!) {
            [bestScore[s], bestEpoch[s], improved[s]] = [score, epoch + 1, 1];
          } else if (options.patience !== undefined && epoch + 1 - bestEpoch[s]! >= options.patience) stopped[s] = true;
        }
        if (improved.includes(1)) executor.keepBest(improved);
      }
      seconds += (performance.now() - began) / 1000;
      began = performance.now();
      if (onEpoch) {
        const finite = trainLosses.map((list) => list[list.length - 1]?.reduce((a, b) => a + b, 0) ?? Number.NaN).filter(Number.isFinite);
        onEpoch(epoch + 1, options.epochs, finite.reduce((a, b) => a + b, 0) / (finite.length * taskCount));
      }
    }
    seconds += (performance.now() - began) / 1000;
    const which = validates ? 'best' : 'current';
    const values = executor.read(which);
    const outputs = outputsOf(which);
    return {
      seconds,
      steps: step,
      mode: executor.mode,
      members: members.map((_, s) => ({
        parameters: values.map((all, i) => {
          const size = network.parameters[i]!.shape.reduce((a, b) => a * b, 1);
          return all.slice(s * size, (s + 1) * size);
        }),
        outputs: outputs[s]!,
        trainLosses: trainLosses[s]!,
        validationLosses: validationLosses[s]!,
        bestEpoch: validates ? bestEpoch[s]! : lastEpoch[s]!,
        epochs: lastEpoch[s]!,
        weights: weightRecords[s]!,
        gradients: gradientRecords[s]!,
        ...(states[s] === undefined ? {} : { balancingState: states[s]! }),
        ...(failures[s] === undefined ? {} : { failure: failures[s]! }),
        interrupted: interrupted && !stopped[s],
      })),
    };
  }

  /** Each member's outputs on its `predict` rows. */
  function outputsOf(which: Which): Float32Array[] {
    const width = tasks.reduce((n, task) => n + task.outputs, 0);
    const all = members.map(({ predict }) => new Float32Array(predict.length * width));
    const most = Math.max(...members.map(({ predict }) => predict.length));
    const size = plan.evaluationBatch;
    for (let start = 0; start < most; start += size) {
      const rows = new Int32Array(stack * size).fill(data.padding);
      for (const [s, { predict }] of members.entries()) rows.set(predict.subarray(start, start + size), s * size);
      const { outputs } = executor.evaluate(which, rows);
      for (const [s, { predict }] of members.entries()) {
        const count = Math.max(0, Math.min(size, predict.length - start));
        all[s]!.set(outputs.subarray(s * size * width, (s * size + count) * width), start * width);
      }
    }
    return all;
  }

  /** Validation loss per member and task; NaN where the rows have no label. */
  function validationLoss(): number[][] {
    const sums = new Float64Array(stack * taskCount);
    const counts = new Float64Array(stack * taskCount);
    for (let start = 0; start < validationRows; start += plan.evaluationBatch) {
      const rows = new Int32Array(stack * plan.evaluationBatch).fill(data.padding);
      for (const [s, { validation }] of members.entries()) {
        rows.set(validation.subarray(start, start + plan.evaluationBatch), s * plan.evaluationBatch);
      }
      const part = executor.evaluate('current', rows);
      for (let i = 0; i < sums.length; i++) {
        sums[i]! += part.sums[i]!;
        counts[i]! += part.counts[i]!;
      }
    }
    return members.map((_, s) => Array.from({ length: taskCount }, (_, t) => sums[s * taskCount + t]! / counts[s * taskCount + t]!));
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
