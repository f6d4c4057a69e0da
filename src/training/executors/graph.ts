import { availableParallelism } from 'node:os';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Graph, GraphBuilder, type Ref } from '../../backend/graph';
import { inferenceContext } from '../../models/forward-context';
import { sizeOf } from '../../models/network/features';
import { countParameters } from '../../models/network/network';
import { STEP_SCALARS, type StackPlan, weightCount } from '../steps/plan';
import { byName, gather, type Resident } from '../steps/stack-shape';
import type { Diagnosis, Evaluated, Executor, ProbeResult, StepFeed, Which } from './executor';
import { type StackPrograms, type StepPlaces, stackPrograms } from './programs';
import { leavesOf, mapLeaves, type Tree, treeOf } from './trees';

type Values = Float32Array | Int32Array;
type Feed = readonly [Ref, Tensor];

/** A part of the stack that the graph computes side by side with the others. */
interface Lane {
  readonly first: number;
  readonly stack: number;
  readonly programs: StackPrograms;
}

/** Multiply-adds of a step from which a lane of its own pays; found by measurement. */
const LANE_WORK = 8e6;

/** Models per lane: TensorFlow runs the ops of independent lanes at the same time, which beats splitting each small op. */
export function laneSizes({ shape, batch, step }: StackPlan, cores: number): number[] {
  const { stack, network, inputShape, tasks } = shape;
  const perRow = countParameters(network.parameters) * sizeOf(inputShape.slice(0, -1));
  // A Gramian is waited for at every step, so that its lanes pay later.
  const copies = step.kind === 'rule' ? tasks.length : step.kind === 'gramian' ? Math.max(1, tasks.length / 4) : 1;
  const lanes = Math.max(1, Math.min(cores, stack, Math.floor((stack * batch * perRow * copies) / LANE_WORK)));
  return Array.from({ length: lanes }, (_, i) => Math.floor((stack + i) / lanes));
}

/** Entries `[outer, stack, ...]` of one lane. */
function partOf<T extends Values>(all: T, lane: Lane, stack: number, outer = 1): T {
  const [from, to] = [lane.first, lane.first + lane.stack].map((s) => (s * all.length) / outer / stack) as [number, number];
  if (outer === 1) return all.subarray(from, to) as T;
  const whole = all.length / outer;
  const part = all.slice(0, outer * (to - from)) as T;
  for (let k = 0; k < outer; k++) part.set(all.subarray(k * whole + from, k * whole + to), k * (to - from));
  return part;
}

/** Arrays of one type, one after the other. */
function inTurn<T extends Values>(parts: readonly T[]): T {
  if (parts.length === 1) return parts[0]!;
  const size = parts.reduce((sum, p) => sum + p.length, 0);
  const all = new (parts[0]!.constructor as new (length: number) => T)(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Puts the lanes' `[outer, stack of the lane, ...]` together. */
function joinLanes(parts: readonly Float32Array[], outer = 1): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const part = (p: Float32Array, k: number): Float32Array => p.subarray((k * p.length) / outer, ((k + 1) * p.length) / outer);
  return inTurn(Array.from({ length: outer }, (_, k) => parts.map((p) => part(p, k))).flat());
}

/** `stackPrograms`; the tensors that it records with are freed also where the user's own code throws. */
function recordedPrograms(...args: Parameters<typeof stackPrograms>): ReturnType<typeof stackPrograms> {
  tf.engine().startScope('programs');
  try {
    return stackPrograms(...args);
  } finally {
    tf.engine().endScope();
  }
}

/** What a program is fed and what it is asked for, of one lane. */
interface Call<Outputs> {
  readonly feeds: readonly Feed[];
  readonly outputs: Outputs;
}

class GraphExecutor implements Executor {
  readonly mode = 'graph' as const;
  private readonly owned: Tensor[] = [];
  private readonly lanes: readonly Lane[];
  private readonly graph: Graph;

  constructor(
    private readonly plan: StackPlan,
    private readonly data: Resident,
    cores: number,
  ) {
    const builder = new GraphBuilder();
    const sizes = laneSizes(plan, cores);
    this.lanes = sizes.map((size, i) => {
      const first = sizes.slice(0, i).reduce((a, b) => a + b, 0);
      return { first, stack: size, programs: this.programsOf(builder, first, size) };
    });
    this.graph = builder.build();
  }

  start(parameters: readonly Float32Array[]): void {
    this.set('starting', parameters);
  }

  steps(feeds: readonly StepFeed[]): Float32Array {
    const { unroll } = this.lanes[0]!.programs;
    const parts: Float32Array[] = [];
    for (let k = 0; k < feeds.length; ) {
      const whole = k + unroll <= feeds.length;
      const now = feeds.slice(k, whole ? k + unroll : k + 1);
      const found = this.run((lane) => {
        const { inputs, losses } = (whole ? lane.programs.many : lane.programs.single)!;
        return { feeds: this.stepFeeds(lane, inputs, now), outputs: { losses } };
      });
      parts.push(this.join(found, now.length).losses);
      k += now.length;
    }
    return inTurn(parts);
  }

  probe(finished: StepFeed | undefined, next: StepFeed): ProbeResult {
    const { batch } = this.plan;
    const perLane = this.run((lane) => {
      const program = lane.programs.probing!;
      const feeds = [
        this.fed(lane, program.next.rows, next.rows, [lane.stack, batch]),
        this.fed(lane, program.next.seeds, next.seeds, [lane.stack, 2]),
        ...(program.others ? [this.fed(lane, program.others, next.others, [2, lane.stack, batch], 2)] : []),
      ];
      if (!finished) return { feeds, outputs: program.look };
      return { feeds: [...this.stepFeeds(lane, program.done, [finished]), ...feeds], outputs: program.outputs };
    });
    const none = new Float32Array(0);
    const { losses, gramian = none, cross = none, after = none } = this.join(perLane);
    return { losses, gramian, cross, after };
  }

  evaluate(which: Which, rows: Int32Array): Evaluated {
    return this.join(
      this.run((lane) => {
        const program = lane.programs.evaluating[which];
        return { feeds: [this.fed(lane, program.rows, rows, [lane.stack, this.plan.evaluationBatch])], outputs: program.outputs };
      }),
    );
  }

  keepBest(improved: Float32Array): void {
    this.run((lane) => {
      const { keeping } = lane.programs;
      return { feeds: [this.fed(lane, keeping.improved, improved, [lane.stack])], outputs: keeping.done };
    }, false);
  }

  read(which: Which): Float32Array[] {
    return [...this.join(this.run(({ programs }) => ({ feeds: [], outputs: programs.parameters[which] }), false))];
  }

  save(): Float32Array[] {
    return [...this.join(this.run(({ programs }) => ({ feeds: [], outputs: programs.saved }), false))];
  }

  restore(values: readonly Float32Array[]): void {
    this.set('restoring', values);
  }

  diagnose(which: Which, rows: Int32Array): Diagnosis {
    const { shape, evaluationBatch } = this.plan;
    const { network, stack } = shape;
    if (!network.diagnose) return {};
    const look = network.diagnose;
    const values = this.read(which);
    return tf.tidy(() => {
      const tensors = network.parameters.map((parameter, i) => tf.tensor(values[i]!, [stack, ...parameter.shape]));
      const { x } = gather(shape, this.data, tf.tensor2d(rows, [stack, evaluationBatch], 'int32'));
      const seen = look(byName(network.parameters, tensors), x, inferenceContext);
      return Object.fromEntries(
        Object.entries(seen).map(([name, t]) => [name, { shape: t.shape, values: Float32Array.from(t.dataSync()) }]),
      );
    });
  }

  dispose(): void {
    this.graph.dispose();
    tf.dispose(this.owned);
  }

  private programsOf(builder: GraphBuilder, first: number, size: number): StackPrograms {
    const { plan, data } = this;
    const { stack, columns, totalSteps } = plan.shape;
    if (size === stack) return recordedPrograms(builder, plan, data);
    const classWeights = tf.slice(data.classWeights as tf.Tensor2D, [first, 0], [size, -1]);
    this.owned.push(classWeights);
    const own = <T>(perModel: readonly T[]): T[] => perModel.slice(first, first + size);
    const shape = { ...plan.shape, stack: size, totalSteps: own(totalSteps), ...(columns ? { columns: own(columns) } : {}) };
    return recordedPrograms(builder, { ...plan, shape }, { ...data, classWeights });
  }

  /** Feeds, runs and reads all lanes by one call, and frees what was fed; returns the values of each lane's outputs. */
  private run<Outputs>(of: (lane: Lane) => Call<Outputs>, withData = true): Tree<Outputs, Float32Array>[] {
    const calls = this.lanes.map(of);
    const own = calls.flatMap(({ feeds }) => feeds);
    const resident = withData ? this.lanes.flatMap(({ programs }) => programs.residentFeeds) : [];
    const wanted = calls.map(({ outputs }) => leavesOf<Ref>(outputs));
    const results = this.graph.run([...resident, ...own], wanted.flat());
    const values = results.map((t) => t.dataSync() as Float32Array);
    tf.dispose(results);
    tf.dispose(own.map(([, t]) => t));
    return calls.map(({ outputs }, i) => treeOf(outputs, values.splice(0, wanted[i]!.length)));
  }

  /** Every output of all lanes together, `[outer, stack, ...]` each. */
  private join<Values>(perLane: readonly Values[], outer = 1): Values {
    const leaves = perLane.map((values) => leavesOf<Float32Array>(values));
    let next = 0;
    return mapLeaves(perLane[0]!, () => {
      const at = next++;
      return joinLanes(
        leaves.map((own) => own[at]!),
        outer,
      );
    }) as Values;
  }

  private fed(lane: Lane, ref: Ref, values: Values, shape: readonly number[], outer = 1): Feed {
    return [ref, tensorOf(partOf(values, lane, this.plan.shape.stack, outer), shape)];
  }

  /** One lane's feeds of some steps. */
  private stepFeeds(lane: Lane, inputs: StepPlaces, feeds: readonly StepFeed[]): Feed[] {
    const { shape, batch } = this.plan;
    const widths = { rows: batch, seeds: 2, scalars: STEP_SCALARS, weights: weightCount(this.plan), heads: shape.tasks.length };
    return (Object.keys(widths) as (keyof typeof widths)[]).flatMap((name): Feed[] => {
      const ref = inputs[name];
      if (ref === undefined) return [];
      const parts = feeds.map((feed) => partOf(feed[name] as Values, lane, shape.stack));
      return [[ref, tensorOf(inTurn(parts), [feeds.length, lane.stack, widths[name]])]];
    });
  }

  private set(which: 'starting' | 'restoring', values: readonly Float32Array[]): void {
    this.run((lane) => {
      const program = lane.programs[which];
      return { feeds: program.values.map((ref, i) => this.fed(lane, ref, values[i]!, program.shapes[i]!)), outputs: program.done };
    }, false);
  }
}

function tensorOf(values: Values, shape: readonly number[]): Tensor {
  return tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32');
}

/** Runs a stack's steps as one TensorFlow graph, split into lanes where that uses the cores better. */
export function graphExecutor(plan: StackPlan, data: Resident, cores: number = availableParallelism()): Executor {
  return new GraphExecutor(plan, data, cores);
}
