import * as tf from '@tensorflow/tfjs-core';
import { canBuildGraphs, GraphLoadError } from '../../backend/graph';
import { eagerExecutor } from '../executors/eager';
import type { Executor, Which } from '../executors/executor';
import { graphExecutor } from '../executors/graph';
import { totalClasses } from '../loss';
import type { StackPlan } from '../steps/plan';
import type { Resident } from '../steps/stack-shape';
import { partOf, sideBySide } from './parts';
import type { StackSetup } from './stack-setup';

/** 64 MiB of task gradients. */
const KEPT_GRADIENTS = 2 ** 24;
/** Reasons that were said. */
const refused = new Set<string>();

/** The models that are still trained, with the executor that holds them. */
export class Stack {
  /** Models in the executor, by their place in it. */
  alive: readonly number[];
  executor: Executor;
  /** Why steps ran op by op that another call may run as a graph; undefined where none did. */
  fallback: string | undefined;
  private classWeights: tf.Tensor;

  constructor(private readonly setup: StackSetup) {
    this.alive = setup.members.map((_, s) => s);
    this.classWeights = this.stackedClassWeights();
    this.executor = this.makeExecutor();
  }

  /** Starts from the models' initial parameters. */
  start(): void {
    const { members, network } = this.setup;
    this.executor.start(network.parameters.map((_, i) => sideBySide(members.map(({ initial }) => initial[i]!))));
  }

  /**
   * Goes on with fewer models, so that those which stopped cost nothing more.
   * @param saved what the executor saved
   */
  compact(going: readonly number[], saved: readonly Float32Array[]): void {
    const { alive } = this;
    const places = going.map((s) => alive.indexOf(s));
    const kept = saved.map((all) => sideBySide(places.map((place) => partOf(all, place, alive.length))));
    this.dispose();
    this.alive = going;
    this.classWeights = this.stackedClassWeights();
    this.executor = this.makeExecutor();
    this.executor.restore(kept);
  }

  /** Reads the parameters; returns what gives a copy of those of a place. */
  parameters(which: Which): (place: number) => Float32Array[] {
    const [values, stack] = [this.executor.read(which), this.alive.length];
    return (place) => values.map((all) => partOf(all, place, stack).slice());
  }

  dispose(): void {
    this.executor.dispose();
    this.classWeights.dispose();
  }

  private stackedClassWeights(): tf.Tensor {
    const { members, tasks } = this.setup;
    const weighted = members.some(({ classWeights }) => classWeights !== undefined);
    const width = weighted ? totalClasses(tasks) : 1;
    const ones = new Float32Array(width).fill(1);
    return tf.tensor2d(sideBySide(this.alive.map((s) => members[s]!.classWeights ?? ones)), [this.alive.length, width]);
  }

  private makeExecutor(): Executor {
    const { data, options } = this.setup;
    const resident = { ...data.resident, classWeights: this.classWeights };
    const plan = this.plan();
    return options.mode === 'auto' && canBuildGraphs() ? this.graphOrEager(plan, resident) : eagerExecutor(plan, resident);
  }

  /**
   * A graph, or op-by-op execution where an op cannot be put into one; says so once per reason. What cannot be recorded cannot be in any call;
   * what cannot be loaded may be in the next, whose last bits then differ.
   */
  private graphOrEager(plan: StackPlan, resident: Resident): Executor {
    try {
      return graphExecutor(plan, resident);
    } catch (error) {
      const reason = (error as Error).message;
      if (error instanceof GraphLoadError) this.fallback = reason;
      if (!refused.has(reason)) {
        refused.add(reason);
        process.stderr.write(`taskloom: computing op by op (slower), because the step cannot become a graph: ${reason}\n`);
      }
      return eagerExecutor(plan, resident);
    }
  }

  private plan(): StackPlan {
    const { alive, setup } = this;
    const { network, tasks, inputShape, members, data, options, batches, presences, layers } = setup;
    const columnsTotal = data.resident.labels.shape[1]!;
    const inOrder = members.every(({ columns }) => columns.length === columnsTotal && columns.every((c, i) => c === i));
    return {
      shape: {
        network,
        tasks,
        stack: alive.length,
        inputShape,
        weighted: members.some(({ classWeights }) => classWeights !== undefined),
        totalSteps: alive.map((s) => batches.totalSteps[s]!),
        ...(layers && { layers }),
        ...(!inOrder && { columns: alive.map((s) => members[s]!.columns) }),
      },
      optimizer: options.optimizer,
      step: setup.step,
      after: setup.solver?.after !== undefined,
      scale: setup.method.update.scale,
      heads: setup.heads,
      ...(options.clipNorm !== undefined && { clipNorm: options.clipNorm }),
      batch: batches.size,
      evaluationBatch: setup.evaluationBatch,
      unroll: setup.unroll,
      perModel: setup.perModel,
      absences: setup.perModel || alive.some((s) => presences[s]!.partial),
      keptGradients: KEPT_GRADIENTS,
    };
  }
}
